//! Behaviour tests, one module per subject. They use the public interface only.

mod data;
mod games;
mod words;

mod acceptance;
mod settlements;
mod trades;
