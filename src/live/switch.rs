//! The switch that permits clicks: once off, it stays off.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Longest time between two looks at whether to stop, where no world is played.
pub(super) const LOOK: Duration = Duration::from_millis(50);

/// Whether anything may be clicked. Its clones are the same switch; off, it stays off: it takes a
/// person to start a new session.
#[derive(Debug, Clone, Default)]
pub struct ArmSwitch(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    off: AtomicBool,
    why: Mutex<Option<String>>,
}

impl ArmSwitch {
    /// A switch that is on.
    #[must_use]
    pub fn on() -> Self {
        Self::default()
    }

    /// Whether clicking is permitted. Asked before every single press.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.0.off.load(Ordering::SeqCst)
    }

    /// Forbids any further click, from any thread. The first reason is kept.
    pub fn disarm(&self, why: &str) {
        self.0.off.store(true, Ordering::SeqCst);
        let mut kept = self.0.why.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get_or_insert_with(|| why.to_owned());
    }

    /// Why it is off.
    #[must_use]
    pub fn why(&self) -> Option<String> {
        self.0.why.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_that_is_off_stays_off_and_keeps_its_first_reason() {
        let switch = ArmSwitch::on();
        let other = switch.clone();
        assert!(switch.is_on() && switch.why().is_none());
        other.disarm("a person said so");
        switch.disarm("the account drifted");
        assert!(!switch.is_on() && !other.is_on());
        assert_eq!(switch.why().as_deref(), Some("a person said so"));
    }
}
