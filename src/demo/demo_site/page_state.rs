//! What is wrong with the page: kept by the server, so that it outlives the page.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::command::{ControlFault, PageControl, PageFault};

/// Everything that is wrong with the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct PageState {
    switches: BTreeSet<PageFault>,
    flaws: BTreeSet<(ControlFault, PageControl)>,
    texts: BTreeMap<&'static str, String>,
}

impl PageState {
    pub(super) fn switch(&mut self, switch: PageFault, on: bool) {
        if on {
            self.switches.insert(switch);
        } else {
            self.switches.remove(&switch);
        }
    }

    pub(super) fn mark(&mut self, flaw: ControlFault, part: PageControl, on: bool) {
        if on {
            self.flaws.insert((flaw, part));
        } else {
            self.flaws.remove(&(flaw, part));
        }
    }

    pub(super) fn write(&mut self, part: PageControl, text: String) {
        if text.is_empty() {
            self.texts.remove(part.word());
        } else {
            self.texts.insert(part.word(), text);
        }
    }
}
