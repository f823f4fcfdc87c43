//! Which controls the orders of a session need, and what follows when one of them cannot be used. Pure.
//!
//! A bot never buys what it cannot sell: an entry needs the controls of its exit, too. When one is
//! lost, entries stop at once and exits go on; when it is back, entries go on; when patience is over,
//! a person must look.

use std::time::{Duration, Instant};

use super::controls::{Control, ControlProblem, Panel};
use crate::engine::strategy::OrderKinds;

/// What an amount is entered with; the field itself is read back.
const AMOUNT: [Control; 8] = [
    Control::AmountField,
    Control::Clear,
    Control::Plus0001,
    Control::Plus001,
    Control::Plus01,
    Control::Plus1,
    Control::Half,
    Control::Double,
];

/// What a position is sold with. Every percentage: which one is chosen is read from all of them.
const EXIT: [Control; 5] = [
    Control::Sell,
    Control::Percent10,
    Control::Percent25,
    Control::Percent50,
    Control::Percent100,
];

/// A control that is needed and cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// The control that is needed.
    pub control: Control,
    /// Why it cannot be used.
    pub why: String,
}

/// The controls that orders of these kinds need, those of their exits included.
pub(super) fn needed(kinds: OrderKinds) -> Vec<Control> {
    let mut controls = Vec::new();
    if kinds.trades {
        controls.push(Control::Buy);
        controls.extend(EXIT);
    }
    if kinds.sidebets {
        controls.push(Control::Sidebet);
    }
    if kinds.trades || kinds.sidebets {
        controls.extend(AMOUNT);
    }
    controls
}

/// The controls that orders of these kinds need and that cannot be used.
///
/// A button that is disabled is there: the site enables it when there is something to do. There is
/// something to sell while a position is held in a game that goes on.
pub(super) fn unfit(panel: &Panel, kinds: OrderKinds, is_holding: bool) -> Vec<Unfit> {
    let panel = panel.clone().judged();
    let mut unfit = Vec::new();
    for control in needed(kinds) {
        match panel.found(control) {
            Ok(_) => {}
            Err(ControlProblem::Disabled) if !(is_holding && EXIT.contains(&control)) => {}
            Err(problem) => unfit.push(Unfit { control, why: problem.to_string() }),
        }
    }
    unfit
}

/// What cannot be used, in a line.
#[must_use]
pub fn in_words(unfit: &[Unfit]) -> String {
    let words = unfit.iter().map(|Unfit { control, why }| format!("{control}: {why}"));
    words.collect::<Vec<_>>().join("; ")
}

/// Whether entries are open, from what is seen again and again.
#[derive(Debug, Default)]
pub(super) struct EntryWatch {
    /// Everything was as it must be at least once: until then nothing was lost.
    was_sound: bool,
    /// What stands against entries, and since when.
    lost: Option<(String, Instant)>,
}

/// A change of whether entries are open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryChange {
    /// No more stakes are placed, for this reason; sales go on.
    Stopped(String),
    /// Stakes are placed again.
    Resumed,
}

impl EntryWatch {
    /// Takes what stands against entries now; says what has changed by it, once.
    pub(super) fn see(&mut self, against: Option<String>, now: Instant) -> Option<EntryChange> {
        match (against, &mut self.lost) {
            (None, lost) => {
                self.was_sound = true;
                lost.take().map(|_| EntryChange::Resumed)
            }
            (Some(_), None) if !self.was_sound => None,
            (Some(why), None) => {
                self.lost = Some((why.clone(), now));
                Some(EntryChange::Stopped(why))
            }
            (Some(why), Some((told, _))) => {
                *told = why;
                None
            }
        }
    }

    /// Whether everything is as it must be, as far as was seen.
    pub(super) const fn is_sound(&self) -> bool {
        self.was_sound && self.lost.is_none()
    }

    /// Whether a stake may be placed.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn permit(&self) -> Result<(), String> {
        match &self.lost {
            Some((why, _)) => Err(format!("entries have stopped: {why}")),
            None if self.was_sound => Ok(()),
            None => Err("the controls of the page were not all found yet".to_owned()),
        }
    }

    /// Why a person must look, when what was lost was not back in time.
    pub(super) fn overdue(&self, now: Instant, patience: Duration) -> Option<String> {
        let (why, since) = self.lost.as_ref()?;
        let lasted = now.saturating_duration_since(*since);
        let seconds = patience.as_secs_f64();
        (lasted >= patience).then(|| format!("entries were stopped for {seconds} s: {why}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::browser::controls::{ControlFinding, Found};

    fn found(control: Control) -> Found {
        let value = (control == Control::AmountField).then(|| "0.030".to_owned());
        let pressed = Some(control == Control::Percent100);
        let (tag, rectangle) = ("button".to_owned(), [0.0; 4]);
        let (text, label) = (String::new(), String::new());
        Found { element: 0, tag, text, label, value, pressed, rectangle }
    }

    /// A page on which everything is as it must be, but for what is changed.
    fn page(change: impl Fn(&mut ControlFinding)) -> Panel {
        let findings = Control::ALL.into_iter().map(|control| {
            let found = Some(found(control));
            let mut finding = ControlFinding { control, confidence: 1.0, found, problem: None };
            change(&mut finding);
            finding
        });
        Panel { findings: findings.collect() }
    }

    fn with(control: Control, problem: ControlProblem) -> Panel {
        page(|finding| {
            if finding.control == control {
                finding.problem = Some(problem.clone());
            }
        })
    }

    fn controls(panel: &Panel, kinds: OrderKinds, is_holding: bool) -> Vec<Control> {
        unfit(panel, kinds, is_holding).into_iter().map(|one| one.control).collect()
    }

    #[test]
    fn a_bot_needs_what_it_enters_with_and_what_it_leaves_with_and_nothing_else() {
        use Control::{Buy, Max, Percent10, Percent100, Plus0001, Sell, Short, Sidebet};
        let (trades, bets) = (needed(OrderKinds::TRADES), needed(OrderKinds::SIDEBETS));
        for control in [Buy, Sell, Percent10, Percent100, Plus0001] {
            assert!(trades.contains(&control), "{control}");
        }
        assert!(!trades.contains(&Sidebet) && bets.contains(&Sidebet) && bets.contains(&Plus0001));
        assert!(!bets.contains(&Sell) && !bets.contains(&Percent100));
        let all = needed(OrderKinds::ALL);
        assert!(!all.contains(&Max) && !all.contains(&Short));
        assert!(needed(OrderKinds { trades: false, sidebets: false }).is_empty());
    }

    #[test]
    fn what_is_needed_and_cannot_be_used_is_named_and_the_rest_is_not_looked_at() {
        assert_eq!(controls(&page(|_| {}), OrderKinds::ALL, true), []);
        for control in needed(OrderKinds::ALL) {
            let hidden = with(control, ControlProblem::Hidden);
            assert_eq!(controls(&hidden, OrderKinds::ALL, false), [control], "{control}");
        }
        let no_sale = with(Control::Sell, ControlProblem::Missing);
        assert_eq!(controls(&no_sale, OrderKinds::SIDEBETS, false), []);
        let said = in_words(&unfit(&no_sale, OrderKinds::TRADES, false));
        assert_eq!(said, "Sell: no element of the page has its label");
        let unknown = Panel { findings: Vec::new() };
        let all = needed(OrderKinds::ALL);
        assert_eq!(controls(&unknown, OrderKinds::ALL, false), all);
    }

    #[test]
    fn a_disabled_button_is_there_unless_there_is_something_to_sell_with_it() {
        for control in needed(OrderKinds::ALL) {
            let disabled = with(control, ControlProblem::Disabled);
            assert_eq!(controls(&disabled, OrderKinds::ALL, false), [], "{control}");
            let held = controls(&disabled, OrderKinds::ALL, true);
            assert_eq!(held.contains(&control), EXIT.contains(&control), "{control}");
        }
    }

    #[test]
    fn a_field_and_a_share_that_cannot_be_read_are_unfit_and_an_empty_field_is_not() {
        let says = |value: &str| {
            let panel = page(|finding| {
                if finding.control == Control::AmountField
                    && let Some(found) = &mut finding.found
                {
                    found.value = Some(value.to_owned());
                }
            });
            controls(&panel, OrderKinds::ALL, false)
        };
        assert_eq!(says(""), []);
        assert_eq!(says("0.000"), []);
        for comma in ["0,030", "1'000", "5x"] {
            assert_eq!(says(comma), [Control::AmountField], "{comma}");
        }
        let percents = Control::PERCENTS.map(|(control, _)| control);
        // All are chosen, none is, or nobody can say: of none, one is chosen before a sale.
        for (chosen, unfit) in [(Some(true), &percents[..]), (Some(false), &[]), (None, &percents)]
        {
            let panel = page(|finding| {
                if let Some(found) = &mut finding.found {
                    found.pressed = chosen;
                }
            });
            assert_eq!(controls(&panel, OrderKinds::ALL, false), unfit);
            assert_eq!(controls(&panel, OrderKinds::SIDEBETS, false), []);
        }
    }

    #[test]
    fn entries_stop_once_when_something_is_lost_and_go_on_once_when_it_is_back() {
        let begun = crate::base::clock::Clock::now();
        let after = |s: u64| begun + Duration::from_secs(s);
        let lost = || Some("Sell: it is not shown".to_owned());
        let mut watch = EntryWatch::default();
        // What was never there was not lost: arming says so.
        assert_eq!(watch.see(lost(), after(0)), None);
        assert!(watch.permit().is_err() && !watch.is_sound());
        assert_eq!(watch.overdue(after(100), Duration::from_secs(5)), None);
        assert_eq!(watch.see(None, after(1)), None);
        assert!(watch.permit().is_ok() && watch.is_sound());
        let stopped = EntryChange::Stopped("Sell: it is not shown".to_owned());
        assert_eq!(watch.see(lost(), after(2)), Some(stopped));
        assert_eq!(watch.see(Some("Sell: it moves".to_owned()), after(3)), None);
        assert_eq!(watch.permit(), Err("entries have stopped: Sell: it moves".to_owned()));
        assert_eq!(watch.overdue(after(6), Duration::from_secs(5)), None);
        assert_eq!(watch.see(None, after(6)), Some(EntryChange::Resumed));
        assert_eq!(watch.see(None, after(7)), None);
        assert!(watch.permit().is_ok());
    }

    #[test]
    fn patience_begins_with_the_loss_and_ends_with_the_return() {
        let begun = crate::base::clock::Clock::now();
        let after = |s: u64| begun + Duration::from_secs(s);
        let lost = || Some("Sell: it is not shown".to_owned());
        let (mut watch, patience) = (EntryWatch::default(), Duration::from_secs(5));
        watch.see(None, after(0));
        watch.see(lost(), after(1));
        watch.see(lost(), after(4));
        assert_eq!(watch.overdue(after(5), patience), None);
        let why = watch.overdue(after(6), patience).unwrap();
        assert_eq!(why, "entries were stopped for 5 s: Sell: it is not shown");
        watch.see(None, after(7));
        watch.see(lost(), after(8));
        assert_eq!(watch.overdue(after(12), patience), None);
    }
}
