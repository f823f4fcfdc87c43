//! The terminal: a letter and Enter.

use std::io::{self, BufRead, IsTerminal};
use std::thread;

use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;

use super::words::Question;
use crate::base::error::{Error, ErrorKind};
use crate::live::browser::ArmSwitch;

/// Switches off as soon as `k`, `kill` or `q` is entered on the terminal, on a thread that ends with
/// the process. Does nothing where stdin is not a terminal: a pipe that ends is not a command. In the
/// background it does nothing either: the system stops who reads the terminal from there.
///
/// # Errors
/// When the system gives no thread.
pub fn on_the_terminal(switch: &ArmSwitch) -> Result<(), Error> {
    if io::stdin().is_terminal() && is_in_front() {
        let switch = switch.clone();
        thread::Builder::new()
            .name("kill-switch".to_owned())
            .spawn(move || listen(io::stdin().lock(), &switch))
            .map_err(|error| {
                Error::new(ErrorKind::Io, "could not start a thread").caused_by(error)
            })?;
    }
    Ok(())
}

fn is_in_front() -> bool {
    tcgetpgrp(io::stdin()).is_ok_and(|front| front == getpgrp())
}

/// Reads lines until one of them switches off, or there are no more.
fn listen(lines: impl BufRead, switch: &ArmSwitch) {
    for line in lines.lines().map_while(Result::ok) {
        let kill = match line.trim() {
            "k" | "K" | "q" | "Q" => Some(Question::Kill { reason: None }),
            line => Question::of(line).filter(|question| *question != Question::Status),
        };
        if let Some(kill) = kill {
            kill.carry_out(switch, "on the terminal");
            return;
        }
        tracing::info!("k and Enter ends all clicking");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_and_enter_switch_off_and_anything_else_does_not() {
        for (typed, why) in [
            ("k\n", "killed on the terminal"),
            ("\nwhat\n q \n", "killed on the terminal"),
            ("kill too hot\n", "killed on the terminal: too hot"),
        ] {
            let switch = ArmSwitch::on();
            listen(typed.as_bytes(), &switch);
            assert_eq!(switch.why().as_deref(), Some(why));
        }
        let switch = ArmSwitch::on();
        listen("status\nkilling\n\nyes".as_bytes(), &switch);
        assert!(switch.is_on());
    }
}
