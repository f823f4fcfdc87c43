//! The `replayer` binary: the library's command line.

use std::process::ExitCode;

use replayer::engine::strategy::Strategies;

fn main() -> ExitCode {
    replayer::cli::main(Strategies::standard())
}
