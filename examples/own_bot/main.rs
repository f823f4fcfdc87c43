//! The whole command line of Replayer with a bot of your own.
//!
//! ```text
//! cargo run --release --example own_bot -- run examples/own_bot/dip.ron
//! ```

mod dip;

use std::process::ExitCode;

use replayer::engine::strategy::Strategies;

fn main() -> ExitCode {
    replayer::cli::main(Strategies::standard().with::<dip::Dip>())
}
