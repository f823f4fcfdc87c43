//! Stub.
/// x
#[derive(Debug, Clone, Copy)]
pub struct ServerSeed(pub u64);
