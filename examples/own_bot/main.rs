//! The whole command line of Replayer with a bot of your own.
//!
//! `replayer new NAME` writes this, the bot and its scenario as a crate with a bot of that name.

mod dip;

use replayer::prelude::*;

fn main() -> std::process::ExitCode {
    replayer::cli::main(Strategies::standard().with::<dip::Dip>())
}
