//! Behaviour tests, one module per subject. They use the public interface only.

mod architecture;
mod audit;
mod data;
mod games;
mod words;

mod acceptance;
mod fairness;
mod ledger;
mod recordings;
mod scenarios;
mod session;
mod settlements;
mod trades;
