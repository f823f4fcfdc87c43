//! How much of a campaign is played: in the gate a small share, and all of it by `.ci/campaign`.

use proptest::test_runner::Config;

/// How many times something is done: as usual, or as often as a variable says (`docs/campaigns.md`).
pub(crate) fn count(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |count| count.parse().unwrap())
}

/// How many inputs a property is tried with: as usual, or as many as `PROPTEST_CASES` says.
pub(crate) fn cases(usual: u32) -> Config {
    let said = Config::default();
    let is_said = std::env::var_os("PROPTEST_CASES").is_some();
    Config { cases: if is_said { said.cases } else { usual }, ..said }
}
