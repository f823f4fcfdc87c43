//! The `replayer` binary: the library's command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    replayer::cli::main()
}
