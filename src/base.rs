//! The foundation of every room: errors, files, texts, documents, secrets, threads.

pub mod address;
pub mod clock;
pub mod container;
pub mod decimals;
pub mod document;
pub mod error;
pub mod files;
pub mod hex;
pub mod lines;
pub mod params;
pub mod printable;
#[cfg(any(feature = "demo", feature = "live"))]
pub mod runtime;
#[cfg(feature = "live")]
pub mod secrets;
