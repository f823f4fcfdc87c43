//! What the site is told to do wrong: orders, as values and as the words of a line.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::model::sol::Sol;

/// An enum of which every variant is a word.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$of])* $variant,)*
        }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word that names it in a command.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            pub(in crate::demo::demo_site) fn of(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }
    };
}

mod exchange_fault;
mod page;

pub(super) use exchange_fault::BACK;
pub use exchange_fault::ExchangeFault;
pub use page::{ControlFault, PageAction, PageControl, PageFault};

words! {
    /// What goes wrong with some orders of players.
    OrderFault {
        /// Carried out once, acknowledged twice.
        DoubleAck = "double-ack",
        /// Refused, and acknowledged as refused.
        Refuse = "refuse",
        /// Neither carried out nor acknowledged.
        LoseOrder = "lose-order",
        /// Carried out and told, but not acknowledged.
        LoseAck = "lose-ack",
        /// Carried out, but the trade is not broadcast; a sidebet is not told.
        LoseTrade = "lose-trade",
        /// Carried out, but the player is not told the new balance.
        LoseUpdate = "lose-update",
    }
}

words! {
    /// What is open or switched on in every account for as long as it is on.
    AccountOption {
        /// A short position is open.
        Short = "short",
        /// A position with leverage is open.
        Leverage = "leverage",
        /// Orders are placed with play money.
        Practice = "practice",
        /// Orders are placed in another coin than SOL.
        Coin = "coin",
        /// There is a bonus, which is staked before money is.
        Bonus = "bonus",
        /// The site sells by itself.
        Autosell = "autosell",
        /// The site buys by itself.
        Autobuy = "autobuy",
        /// Amounts have the noise of sums of doubles.
        Noise = "noise",
        /// Cash is told as text.
        Text = "text",
        /// Cash is told as a word that is not an amount.
        Nonsense = "nonsense",
    }
}

/// Something to do wrong. Its `Display` is the line that reads back as it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SiteCommand {
    /// Least and most milliseconds until an order is carried out and acknowledged.
    Latency(u64, u64),
    /// Milliseconds by which acknowledgements come after everything else.
    LateAck(u64),
    /// The next N orders of players meet with a fault; none with 0.
    Next(OrderFault, u32),
    /// With the next N orders of players that it concerns, or payouts, the exchange does this; with
    /// none at 0.
    Cheat(ExchangeFault, u32),
    /// The balance of every account changes by itself, and the players are told.
    Drift(Sol),
    /// Logs everybody out: orders are refused, and nobody can log in.
    Logout,
    /// Players can log in again.
    Login,
    /// Something is open or switched on in every account, or not; the players are told.
    AccountOption(AccountOption, bool),
    /// Something is wrong with the page, or not.
    PageFault(PageFault, bool),
    /// Something is wrong with a control, or not.
    ControlFault(ControlFault, PageControl, bool),
    /// A control has another text; its own with an empty one.
    Text(PageControl, String),
    /// The page does something.
    Do(PageAction),
}

impl fmt::Display for SiteCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = |on: &bool| if *on { "on" } else { "off" };
        match self {
            Self::Latency(from, to) => write!(f, "latency {from} {to}"),
            Self::LateAck(ms) => write!(f, "late-ack {ms}"),
            Self::Next(fault, times) => write!(f, "{} {times}", fault.word()),
            Self::Cheat(fault, times) => write!(f, "{} {times}", fault.word()),
            Self::Drift(by) => write!(f, "drift {by}"),
            Self::Logout => f.write_str("logout"),
            Self::Login => f.write_str("login"),
            Self::AccountOption(option, on) => write!(f, "account {} {}", option.word(), state(on)),
            Self::PageFault(switch, on) => write!(f, "{} {}", switch.word(), state(on)),
            Self::ControlFault(flaw, part, on) => {
                write!(f, "{} {} {}", flaw.word(), part.word(), state(on))
            }
            Self::Text(part, text) => write!(f, "text {} {text}", part.word()),
            Self::Do(PageAction::Alert(text)) => write!(f, "alert {text}"),
            Self::Do(PageAction::Hang(ms)) => write!(f, "hang {ms}"),
            Self::Do(PageAction::Reload) => f.write_str("reload"),
            Self::Do(PageAction::DropSocket) => f.write_str("drop-socket"),
        }
    }
}

/// Everything that can be ordered, for helps and complaints.
pub const GRAMMAR: &str = "\
latency FROM TO, late-ack MS, drift SOL, logout, login;
double-ack N, refuse N, lose-order N, lose-ack N, lose-trade N, lose-update N;
with the next N orders: stake-tenfold, stake-tenth, stake-lamport, sell-all, sell-tenth, bet-for-buy,
buy-for-bet, buy-for-sell, fill-worse, fill-slipped, fill-hidden, fill-stale, fill-backdated,
fill-ahead, debit-more, lots-less, twice, twice-silent, leverage, practice, bonus, other-player,
other-account, other-game, short-told, window-short, window-long, window-stated, payout-four, payout-less,
payout-lost, payout-missing, garbled, negative, ack-only, refuse-done, refuse-then-do, ack-other,
late-effect, unasked, unasked-sale, unasked-bet, debit-later, ack-first, balance-first, noise;
short, swap, move, cover, stuck-clear, halve-wrong, comma, reload-on-order, each on or off;
account STATE, on or off: short, leverage, practice, coin, bonus, autosell, autobuy, noise, text, nonsense;
swap-15, swap-40, swap-100, relabel, blink, rename, steal-focus, zoom, scroll, transform, tiny, away,
faint, clip, pointer-none, inert, busy, shadow, nested, frame-over, modal, each on or off;
editable, readonly, reformat, grouping, append, maxlength, each on or off;
amount-late, amount-at-press, percent-late, label-late, cover-late, frame-late, swap-late,
scroll-late, disable-late, capture, each on or off;
deaf, on-press, send-late, send-twice, slow-handler, submit, leave, back, confirm, alert-on-order,
unload, popup, new-tab, reload-loop, second-socket, worker, each on or off;
disable CONTROL, numb CONTROL, twin CONTROL, hide CONTROL, ghost CONTROL, each on or off;
text CONTROL WORDS;
alert WORDS, hang MS, reload, drop-socket;
a CONTROL is buy, sell, short, sidebet, clear, plus0001, plus001, plus01, plus1, half, double, max,
percent10, percent25, percent50 or percent100";

impl FromStr for SiteCommand {
    type Err = String;

    /// Reads a line. What is left out is `on`, or 1.
    fn from_str(line: &str) -> Result<Self, String> {
        let line = line.trim();
        let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        let number = |text: &str| text.parse::<u64>().ok();
        let order = match first {
            "latency" => rest
                .split_once(' ')
                .and_then(|(from, to)| Some((number(from)?, number(to.trim())?)))
                .filter(|(from, to)| from <= to)
                .map(|(from, to)| Self::Latency(from, to)),
            "late-ack" => number(rest).map(Self::LateAck),
            "drift" => rest.parse().ok().map(Self::Drift),
            "logout" if rest.is_empty() => Some(Self::Logout),
            "login" if rest.is_empty() => Some(Self::Login),
            "text" => {
                let (part, text) = rest.split_once(' ').unwrap_or((rest, ""));
                PageControl::of(part).map(|part| Self::Text(part, text.trim().to_owned()))
            }
            "alert" => Some(Self::Do(PageAction::Alert(rest.to_owned()))),
            "hang" => number(rest).map(|ms| Self::Do(PageAction::Hang(ms))),
            "reload" if rest.is_empty() => Some(Self::Do(PageAction::Reload)),
            "drop-socket" if rest.is_empty() => Some(Self::Do(PageAction::DropSocket)),
            word => named(word, rest),
        };
        order.ok_or_else(|| format!("unknown command `{line}`; this site takes:\n{GRAMMAR}"))
    }
}

/// The orders that begin with one of many words.
fn named(word: &str, rest: &str) -> Option<SiteCommand> {
    let state = |text: &str| match text {
        "" | "on" => Some(true),
        "off" => Some(false),
        _ => None,
    };
    let times = || if rest.is_empty() { Some(1) } else { rest.parse().ok() };
    if let Some(fault) = OrderFault::of(word) {
        return times().map(|times| SiteCommand::Next(fault, times));
    }
    if let Some(fault) = ExchangeFault::of(word) {
        return times().map(|times| SiteCommand::Cheat(fault, times));
    }
    if let Some(switch) = PageFault::of(word) {
        return state(rest).map(|on| SiteCommand::PageFault(switch, on));
    }
    let (part, on) = rest.split_once(' ').unwrap_or((rest, ""));
    if word == "account" {
        return Some(SiteCommand::AccountOption(AccountOption::of(part)?, state(on.trim())?));
    }
    Some(SiteCommand::ControlFault(
        ControlFault::of(word)?,
        PageControl::of(part)?,
        state(on.trim())?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_reads_back_from_its_line() {
        let mut orders = vec![
            SiteCommand::Latency(150, 220),
            SiteCommand::LateAck(2_000),
            SiteCommand::Drift(Sol::milli(-5)),
            SiteCommand::Logout,
            SiteCommand::Login,
            SiteCommand::Text(PageControl::Buy, "BUY NOW".to_owned()),
            SiteCommand::Text(PageControl::Sell, String::new()),
            SiteCommand::Do(PageAction::Alert("stop it".to_owned())),
            SiteCommand::Do(PageAction::Hang(5)),
            SiteCommand::Do(PageAction::Reload),
            SiteCommand::Do(PageAction::DropSocket),
        ];
        orders.extend(OrderFault::ALL.iter().map(|&fault| SiteCommand::Next(fault, 3)));
        let account = |&option| SiteCommand::AccountOption(option, true);
        orders.extend(AccountOption::ALL.iter().map(account));
        orders.extend(ExchangeFault::ALL.iter().map(|&fault| SiteCommand::Cheat(fault, 3)));
        orders.extend(PageFault::ALL.iter().map(|&switch| SiteCommand::PageFault(switch, false)));
        for &part in PageControl::ALL {
            orders.extend(
                ControlFault::ALL.iter().map(|&flaw| SiteCommand::ControlFault(flaw, part, true)),
            );
        }
        for order in orders {
            assert_eq!(order.to_string().parse(), Ok(order.clone()), "{order}");
            let word = order.to_string();
            let word = word.split(' ').next().unwrap();
            assert!(GRAMMAR.contains(word), "{word} is not in the grammar");
        }
    }

    #[test]
    fn what_is_left_out_is_on_or_once() {
        assert_eq!("swap".parse(), Ok(SiteCommand::PageFault(PageFault::Swap, true)));
        assert_eq!("refuse".parse(), Ok(SiteCommand::Next(OrderFault::Refuse, 1)));
        assert_eq!(
            "twin buy".parse(),
            Ok(SiteCommand::ControlFault(ControlFault::Twin, PageControl::Buy, true))
        );
    }

    #[test]
    fn what_is_not_an_order_is_refused_with_all_that_are() {
        for line in ["", "explode", "swap maybe", "disable everything", "drift much", "latency 9 1"]
        {
            assert!(line.parse::<SiteCommand>().unwrap_err().contains("lose-ack N"), "{line}");
        }
    }
}
