//! Stub.
pub mod game;
pub mod naming;
pub mod seed;
