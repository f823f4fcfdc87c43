//! Stub.
/// x
pub fn generated(seed: u64, index: u64) -> (super::seed::ServerSeed, crate::model::ids::GameId) {
    (
        super::seed::ServerSeed(seed ^ index.wrapping_mul(0x9E3779B97F4A7C15)),
        crate::model::ids::GameId::new(&format!("{index:08}-{seed:016x}")).unwrap(),
    )
}
