//! The whole command line of Replayer with a strategy of another shape: a system that reads more
//! than one bot.
//!
//! ```text
//! cargo run --release --example raw_system -- run examples/raw_system/copycat.ron
//! ```

mod copycat;

use std::process::ExitCode;

use replayer::engine::strategy::Strategies;

fn main() -> ExitCode {
    replayer::cli::main(Strategies::standard().with_kind(Box::new(copycat::Copycat)))
}
