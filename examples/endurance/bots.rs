//! Bots as in any paper session. Shared by the examples that put a load on one.

/// Four bots on a feed.
pub(crate) const SCENARIO: &str = "Scenario(name: \"paper\", seed: 1, source: Feed(url: \"http://127.0.0.1:1\"), \
                        bankroll: Compounding(100), bots: [\
                        (id: \"conservative\", strategy: Conservative()), \
                        (id: \"aggressive\", strategy: Aggressive()), \
                        (id: \"sidebet\", strategy: Sidebet()), \
                        (id: \"foundational\", strategy: Foundational())])";
