//! How to reproduce the figures, and how to verify that they are the same.

use maud::{Markup, html};
use serde_json::Value;

use super::super::folder::RunToDraw;
use super::super::layout::{Page, facts};
use crate::base::printable;

/// Adds the section to the page.
pub(super) fn section(page: &mut Page, run: &RunToDraw, command: Option<&str>) {
    let manifest = &run.manifest;
    let body = html! {
        p {
            "The same scenario over the same inputs gives the same bytes, on any machine and any number \
             of threads. Save the scenario below as " code { "scenario.ron" }
            @if !manifest.inputs.files.is_empty() { " where its paths lead to the same files" }
            " and run:"
        }
        pre.command tabindex="0" { code { "replayer run scenario.ron --out again" } }
        p { "The digest of the games must be" }
        pre.command tabindex="0" { code { (manifest.digest) } }
        (facts(&[
            ("Program", html! { "replayer " (manifest.replayer) }),
            ("Seed", html! { (manifest.seed) }),
            ("Random streams", html! { (manifest.streams) }),
            ("Bankroll", value(&manifest.bankroll)),
            ("Rules", value(&manifest.rules)),
        ]))
        details.data {
            summary { "The scenario as it was run" }
            pre tabindex="0" { code { (printable::lines(&run.scenario)) } }
        }
        @if let Some(command) = command {
            p.note { "This page: " code { (command) } }
        }
    };
    page.section("reproduce", "How to reproduce it", &body);
}

/// A value of the manifest in the notation of scenarios.
fn value(value: &Value) -> Markup {
    match value {
        Value::Object(fields) => html! {
            @for (at, (name, field)) in fields.iter().enumerate() {
                @if at > 0 { ", " }
                span.pair { (name.replace('_', " ")) "\u{a0}" (self::value(field)) }
            }
        },
        Value::Array(items) => html! {
            @for (at, item) in items.iter().enumerate() { @if at > 0 { ", " } (self::value(item)) }
        },
        Value::String(text) => html! { (trimmed(text)) },
        other => html! { (other.to_string()) },
    }
}

/// An amount without trailing zeros; other text unchanged.
fn trimmed(text: &str) -> &str {
    let amount = text.contains('.') && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    if amount { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}
