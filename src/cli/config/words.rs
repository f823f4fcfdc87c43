//! Settings as text: tables, TOML and explanations.

use crate::cli::layout;
use crate::cli::settings::{Key, Layer, Loaded, Settings};

/// Every setting with its value and source.
pub(super) fn table(loaded: &Loaded) -> String {
    let mut table = layout::table(&["setting", "value", "unit", "from"]);
    for key in Settings::keys() {
        let (value, layer) = loaded.value(key.name);
        table.add_row([key.name, shown(value), key.unit, &layer.to_string()]);
    }
    layout::right(&mut table, 1..2);
    table.to_string()
}

/// A configuration file with the values that are set; all others are comments.
pub(super) fn toml(loaded: &Loaded) -> String {
    let mut lines =
        vec!["# Settings of Replayer: `replayer config explain KEY` explains one.".to_owned()];
    let mut section = "";
    for key in Settings::keys() {
        if key.section() != section {
            section = key.section();
            lines.extend([String::new(), format!("[{section}]")]);
        }
        let (value, layer) = loaded.value(key.name);
        let comment = if *layer == Layer::Default { "# " } else { "" };
        let unit = if key.unit.is_empty() { String::new() } else { format!(" ({})", key.unit) };
        lines.push(format!("# {}{unit}", key.about));
        let written = if key.quoted { format!("{value:?}") } else { value.to_owned() };
        lines.push(format!("{comment}{} = {written}", key.short()));
    }
    lines.join("\n")
}

/// A setting in full: meaning, value, default, allowed values, variable and flag.
pub(super) fn explain(key: &Key, loaded: &Loaded) -> String {
    let (value, layer) = loaded.value(key.name);
    let measured = |value: &str| match (value.is_empty(), key.unit) {
        (true, _) | (_, "") => shown(value).to_owned(),
        (_, unit) => format!("{value} {unit}"),
    };
    let mut lines = vec![
        key.name.to_owned(),
        layout::hanging("  ", key.about),
        format!("  value     {}, from {layer}", measured(value)),
        format!("  default   {}", measured(&key.default)),
    ];
    if !key.range.is_empty() {
        lines.push(format!("  allowed   {}", key.range));
    }
    lines.push(format!("  variable  {}", key.variable()));
    lines.push(format!("  flag      --set {}=VALUE", key.name));
    lines.join("\n")
}

fn shown(value: &str) -> &str {
    if value.is_empty() { "not set" } else { value }
}
