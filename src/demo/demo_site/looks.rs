//! What is wrong with the page: kept by the server, so that it outlives the page.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::order::{Flaw, Part, Switch};

/// Everything that is wrong with the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Looks {
    switches: BTreeSet<Switch>,
    flaws: BTreeSet<(Flaw, Part)>,
    texts: BTreeMap<&'static str, String>,
}

impl Looks {
    pub(super) fn switch(&mut self, switch: Switch, on: bool) {
        if on {
            self.switches.insert(switch);
        } else {
            self.switches.remove(&switch);
        }
    }

    pub(super) fn mark(&mut self, flaw: Flaw, part: Part, on: bool) {
        if on {
            self.flaws.insert((flaw, part));
        } else {
            self.flaws.remove(&(flaw, part));
        }
    }

    pub(super) fn write(&mut self, part: Part, text: String) {
        if text.is_empty() {
            self.texts.remove(part.word());
        } else {
            self.texts.insert(part.word(), text);
        }
    }
}
