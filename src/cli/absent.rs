//! Commands that this build lacks: each is an error that names the feature it needs.

use std::ffi::OsString;

use crate::base::error::Error;

/// A command that this build lacks.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Play a live feed on paper: needs the feature `live`
    #[cfg(not(feature = "live"))]
    Live(Words),
    /// Disarm a live session: needs the feature `browser`
    #[cfg(not(feature = "browser"))]
    Kill(Words),
    /// Record a live feed: needs the feature `live`
    #[cfg(not(feature = "live"))]
    Record(Words),
    /// Play games over Socket.IO as the site does: needs the feature `demo`
    #[cfg(not(feature = "demo"))]
    FeedServer(Words),
    /// Serve a site in the style of the game: needs the feature `demo`
    #[cfg(not(feature = "demo"))]
    DemoSite(Words),
    /// Look at the page of a live session: needs the feature `browser`
    #[cfg(not(feature = "browser"))]
    Browser(Words),
    /// Make a page of runs or of a sweep: needs the feature `report`
    #[cfg(not(feature = "report"))]
    Report(Words),
    /// Keep credentials encrypted on the disk: needs the feature `live`
    #[cfg(not(feature = "live"))]
    Secret(Words),
}

// The arguments of the command, unread. No doc comment: it would become the help of each.
#[derive(Debug, clap::Args)]
pub(super) struct Words {
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<OsString>,
}

impl Command {
    /// The error that names the feature.
    pub(super) fn not_built(&self) -> Error {
        let (command, words, feature) = match self {
            #[cfg(not(feature = "live"))]
            Self::Live(words) => ("live", words, "live"),
            #[cfg(not(feature = "browser"))]
            Self::Kill(words) => ("kill", words, "browser"),
            #[cfg(not(feature = "live"))]
            Self::Record(words) => ("record", words, "live"),
            #[cfg(not(feature = "demo"))]
            Self::FeedServer(words) => ("feed-server", words, "demo"),
            #[cfg(not(feature = "demo"))]
            Self::DemoSite(words) => ("demo-site", words, "demo"),
            #[cfg(not(feature = "browser"))]
            Self::Browser(words) => ("browser", words, "browser"),
            #[cfg(not(feature = "report"))]
            Self::Report(words) => ("report", words, "report"),
            #[cfg(not(feature = "live"))]
            Self::Secret(words) => ("secret", words, "live"),
        };
        if words.words.iter().any(|word| word == "--browser") {
            return Error::not_built(&format!("`replayer {command} --browser`"), "browser");
        }
        Error::not_built(&format!("`replayer {command}`"), feature)
    }
}
