//! The built-in scenarios: those that need no other file.

/// The built-in scenarios by name.
const SCENARIOS: [(&str, &str); 8] = [
    ("quickstart", include_str!("../../../scenarios/quickstart.ron")),
    ("one-life", include_str!("../../../scenarios/one-life.ron")),
    ("latency", include_str!("../../../scenarios/latency.ron")),
    ("sweep-conservative", include_str!("../../../scenarios/sweep-conservative.ron")),
    ("crowd", include_str!("../../../scenarios/crowd.ron")),
    ("sidebets", include_str!("../../../scenarios/sidebets.ron")),
    ("ruin", include_str!("../../../scenarios/ruin.ron")),
    ("momentum", include_str!("../../../scenarios/momentum.ron")),
];

/// The text of a built-in scenario.
pub(super) fn text(name: &str) -> Option<&'static str> {
    SCENARIOS.iter().find(|(known, _)| *known == name).map(|&(_, text)| text)
}

/// The names of all built-in scenarios.
pub fn names() -> impl Iterator<Item = &'static str> {
    SCENARIOS.iter().map(|&(name, _)| name)
}
