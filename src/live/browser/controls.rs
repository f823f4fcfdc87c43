//! The controls of a page: which element is which, how sure that is, and what the fields say.
//!
//! ```text
//! profile (RON) ── question ──> survey.js in the page ── answer ──> survey
//!     └───────────────────────── scoring ───────────────────────────> panel: a finding per control
//!                              guard.js in the page <── what is clicked, and what must stay as it is
//! ```
//!
//! A wrong button is worse than no click (docs/spec/browser.md#controls). So a control must bear
//! its label, whatever else speaks for it; two that are about as likely are none; and one that is
//! hidden, disabled, covered or moving is refused, with the reason. Pure: the holder of the page
//! calls [`SURVEY`] with [`Profile::question`] and gives the answer to [`Panel::of`].

mod claim;
mod finding;
mod guard;
mod label;
mod profile;
mod reading;
mod score;
mod survey;

use std::fmt;

use serde::{Serialize, Serializer};

pub use finding::{ControlFinding, ControlProblem, Found, Panel, Spot};
pub use guard::{GUARD, GuardReport, Stopped};
pub use label::Label;
pub use profile::{Candidates, Hint, Profile, Sign, VERSION};
pub use reading::{Unreadable, read_amount};
pub use survey::{Element, Survey};

/// The function that looks at a page: takes the question, returns a promise of the answer.
pub const SURVEY: &str = include_str!("controls/survey.js");

/// Something on the page that is pressed or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Control {
    /// BUY: buys with the amount in the field.
    Buy,
    /// SELL: sells the chosen portion.
    Sell,
    /// SHORT, which the site shows to some only.
    Short,
    /// SIDEBET: bets the amount in the field.
    Sidebet,
    /// X: clears the amount.
    Clear,
    /// +0.001: adds 0.001 SOL to the amount.
    Plus0001,
    /// +0.01: adds 0.01 SOL to the amount.
    Plus001,
    /// +0.1: adds 0.1 SOL to the amount.
    Plus01,
    /// +1: adds 1 SOL to the amount.
    Plus1,
    /// 1/2: halves the amount.
    Half,
    /// X2: doubles the amount.
    Double,
    /// MAX: sets the largest amount.
    Max,
    /// 10%: chooses 10 % of the position.
    Percent10,
    /// 25%: chooses 25 % of the position.
    Percent25,
    /// 50%: chooses 50 % of the position.
    Percent50,
    /// 100%: chooses the whole position.
    Percent100,
    /// The field with the amount.
    AmountField,
    /// The balance, as text.
    Balance,
    /// What is held, as text.
    Position,
}

impl Control {
    /// Every control, in the order of declaration.
    pub const ALL: [Self; 19] = [
        Self::Buy,
        Self::Sell,
        Self::Short,
        Self::Sidebet,
        Self::Clear,
        Self::Plus0001,
        Self::Plus001,
        Self::Plus01,
        Self::Plus1,
        Self::Half,
        Self::Double,
        Self::Max,
        Self::Percent10,
        Self::Percent25,
        Self::Percent50,
        Self::Percent100,
        Self::AmountField,
        Self::Balance,
        Self::Position,
    ];

    /// The buttons for a share of the position, and their percents.
    pub const PERCENTS: [(Self, u16); 4] = [
        (Self::Percent10, 10),
        (Self::Percent25, 25),
        (Self::Percent50, 50),
        (Self::Percent100, 100),
    ];

    /// Its name in profiles and reports, stable across versions.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Buy => "Buy",
            Self::Sell => "Sell",
            Self::Short => "Short",
            Self::Sidebet => "Sidebet",
            Self::Clear => "Clear",
            Self::Plus0001 => "Plus0001",
            Self::Plus001 => "Plus001",
            Self::Plus01 => "Plus01",
            Self::Plus1 => "Plus1",
            Self::Half => "Half",
            Self::Double => "Double",
            Self::Max => "Max",
            Self::Percent10 => "Percent10",
            Self::Percent25 => "Percent25",
            Self::Percent50 => "Percent50",
            Self::Percent100 => "Percent100",
            Self::AmountField => "AmountField",
            Self::Balance => "Balance",
            Self::Position => "Position",
        }
    }

    /// The control of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|control| control.name() == name)
    }

    /// True for one that is read and never pressed.
    #[must_use]
    pub const fn is_read(self) -> bool {
        matches!(self, Self::AmountField | Self::Balance | Self::Position)
    }

    /// True for one whose absence is not a fault of the page.
    #[must_use]
    pub const fn may_be_absent(self) -> bool {
        matches!(self, Self::Short)
    }
}

impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Control {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
