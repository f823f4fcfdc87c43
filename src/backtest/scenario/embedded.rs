//! The scenarios that ship inside the program: those that need no outside file.

/// Each by the name it is run by.
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

/// The text of one.
pub(super) fn text(name: &str) -> Option<&'static str> {
    SCENARIOS.iter().find(|(known, _)| *known == name).map(|&(_, text)| text)
}

/// The names of all.
pub fn names() -> impl Iterator<Item = &'static str> {
    SCENARIOS.iter().map(|&(name, _)| name)
}
