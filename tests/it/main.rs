//! Behaviour tests, one module per subject. They use the public interface only.

mod data;
mod scenarios;
