//! The layouts of recordings.

use serde::Serialize;

/// The program that wrote a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// `game_*.jsonl` with `type` on every line (docs/spec/recordings.md#historical-layout).
    Historical,
    /// `RecorderSink`: `_metadata` around bare tick objects
    /// (docs/spec/recordings.md#recorder-sink-layout).
    Sink,
    /// The unified recorder's `*.game.json`: one document, prices only
    /// (docs/spec/recordings.md#document-layout).
    Unified,
    /// The demo recorder: player actions without ticks
    /// (docs/spec/recordings.md#demonstration-layout).
    Demo,
    /// Our recording of a feed (docs/recording-format.md).
    Feed,
    /// A raw capture: the finished games in its events (docs/recording-format.md#captures).
    Capture,
    /// Columns of ticks that `replayer export` wrote (docs/columns.md).
    Columns,
}
