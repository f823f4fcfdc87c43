//! What is open or switched on in an account, with which a bot cannot simply begin. Pure.
//!
//! Fields as in docs/spec/protocol.md#own-account. What nobody has seen of them is read as *set*: it
//! is looked at by a person rather than traded over.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::numbers::{is_set, price, quantity, shown, sol};
use crate::model::price::Price;
use crate::model::quantity::Quantity;
use crate::model::sol::Sol;

/// The coin of real money, and what the site calls it (docs/spec/protocol.md#players-and-coins).
const SOLANA: [&str; 3] = ["So11111111111111111111111111111111111111112", "solana", "SOL"];
/// The coin of practice.
const PRACTICE: &str = "0xPractice";
/// Most signs of a coin's name that are told.
const NAME_SIGNS: usize = 20;

/// Something that is open or switched on.
#[derive(Debug, Clone, PartialEq)]
pub enum AccountState {
    /// A position is held, at this average cost where the site says one.
    Position {
        /// The quantity that is held.
        quantity: Quantity,
        /// Average cost per unit.
        average: Option<Price>,
    },
    /// A sidebet is open, with this stake where the site says one.
    Sidebet(Option<Sol>),
    /// A short position is open.
    Short,
    /// Positions with leverage are open.
    Leveraged,
    /// Orders are placed with this leverage.
    Leverage(String),
    /// Orders are placed with play money.
    Practice,
    /// Orders are placed in this coin.
    Coin(String),
    /// There is this much of a bonus, which is staked before money is.
    Bonus(String),
    /// The site sells by itself at this price.
    Autosell(String),
    /// The site buys by itself.
    Autobuy,
}

impl AccountState {
    /// Whether it is a state that a bot's own orders bring about.
    #[must_use]
    pub const fn is_ordered(&self) -> bool {
        matches!(self, Self::Position { .. } | Self::Sidebet(_))
    }

    /// What a person does about it.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Position { .. } => "sell it",
            Self::Sidebet(_) => "wait until its window is over",
            Self::Short => "close the short position",
            Self::Leveraged => "close the positions with leverage",
            Self::Leverage(_) => "set the leverage to 1x",
            Self::Practice | Self::Coin(_) => "choose SOL in the page",
            Self::Bonus(_) => "use the bonus up, or give it up",
            Self::Autosell(_) => "switch autosell off",
            Self::Autobuy => "switch autobuy off",
        }
    }
}

impl fmt::Display for AccountState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Position { quantity, average } => {
                write!(f, "an open position of {}", quantity.to_decimal().normalize())?;
                average.map_or(Ok(()), |average| write!(f, " at {}x on average", average.get()))
            }
            Self::Sidebet(Some(stake)) => write!(f, "an open sidebet of {stake} SOL"),
            Self::Sidebet(None) => f.write_str("an open sidebet"),
            Self::Short => f.write_str("an open short position"),
            Self::Leveraged => f.write_str("open positions with leverage"),
            Self::Leverage(times) => write!(f, "a leverage of {times}, not of 1"),
            Self::Practice => f.write_str("practice mode: orders are placed with play money"),
            Self::Coin(name) => write!(f, "another coin than SOL is chosen: {name}"),
            Self::Bonus(amount) => write!(f, "a bonus balance of {amount} SOL"),
            Self::Autosell(at) => write!(f, "autosell is on, at {at}x"),
            Self::Autobuy => f.write_str("autobuy is on"),
        }
    }
}

/// The fields of an account's update that speak of states.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StateFields<'a> {
    #[serde(borrow)]
    position_qty: Option<&'a RawValue>,
    #[serde(borrow)]
    avg_cost: Option<&'a RawValue>,
    #[serde(borrow)]
    bonus_balance: Option<&'a RawValue>,
    #[serde(borrow)]
    selected_coin: Option<&'a RawValue>,
    #[serde(borrow)]
    side_bet: Option<&'a RawValue>,
    #[serde(borrow)]
    sidebets: Option<&'a RawValue>,
    #[serde(borrow)]
    short_position: Option<&'a RawValue>,
    #[serde(borrow)]
    leveraged_positions: Option<&'a RawValue>,
    #[serde(borrow)]
    leverage: Option<&'a RawValue>,
    #[serde(borrow)]
    autobuys_enabled: Option<&'a RawValue>,
    #[serde(borrow)]
    autosell_price: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bet<'a> {
    #[serde(borrow)]
    bet_amount: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Coin {
    address: Option<String>,
    ticker: Option<String>,
}

/// Every state of an account, from the payload of its update. A field that is not there says nothing.
pub(super) fn read(payload: &str) -> Vec<AccountState> {
    let Ok(fields) = serde_json::from_str::<StateFields<'_>>(payload) else { return Vec::new() };
    let set = |field: Option<&RawValue>| field.is_some_and(is_set);
    let told = |field: Option<&RawValue>| {
        field.filter(|raw| is_set(raw)).map(|raw| shown(raw).trim_matches(['`', '"']).to_owned())
    };
    let mut states = Vec::new();
    if let Some(quantity) = fields.position_qty.and_then(|raw| quantity(raw).ok())
        && !quantity.is_zero()
    {
        let average = fields.avg_cost.and_then(price);
        states.push(AccountState::Position { quantity, average });
    }
    if set(fields.side_bet) || set(fields.sidebets) {
        let bet = fields.side_bet.and_then(|raw| serde_json::from_str::<Bet<'_>>(raw.get()).ok());
        let stake = bet.and_then(|bet| bet.bet_amount).and_then(|raw| sol(raw).ok());
        states.push(AccountState::Sidebet(stake));
    }
    if set(fields.short_position) {
        states.push(AccountState::Short);
    }
    if set(fields.leveraged_positions) {
        states.push(AccountState::Leveraged);
    }
    if let Some(times) = told(fields.leverage).filter(|times| times.parse() != Ok(1.0)) {
        states.push(AccountState::Leverage(times));
    }
    states.extend(fields.selected_coin.filter(|raw| is_set(raw)).and_then(coin));
    states.extend(told(fields.bonus_balance).map(AccountState::Bonus));
    states.extend(told(fields.autosell_price).map(AccountState::Autosell));
    if set(fields.autobuys_enabled) {
        states.push(AccountState::Autobuy);
    }
    states
}

/// What the chosen coin is, unless it is SOL.
fn coin(raw: &RawValue) -> Option<AccountState> {
    let named = |name: &str| {
        let plain = name.chars().filter(char::is_ascii_alphanumeric);
        AccountState::Coin(plain.take(NAME_SIGNS).collect())
    };
    let (address, ticker) = match serde_json::from_str::<Coin>(raw.get()) {
        Ok(Coin { address, ticker }) => (address, ticker),
        Err(_) => (serde_json::from_str(raw.get()).ok(), None),
    };
    match (address.as_deref(), ticker.as_deref()) {
        (Some(address), _) if SOLANA.contains(&address) => None,
        (None, Some(ticker)) if SOLANA.contains(&ticker) => None,
        (Some(PRACTICE), _) => Some(AccountState::Practice),
        (address, ticker) => Some(named(ticker.or(address).unwrap_or("unknown"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The update that was captured, with some fields changed.
    fn states(changed: &str) -> Vec<String> {
        let usual = r#""id":"did:example:0001","cash":1.25,"authenticated":true"#;
        read(&format!("{{{usual}{changed}}}")).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_account_at_rest_has_no_states() {
        let captured = r#","bonusBalance":0,"positionQty":0,"avgCost":0,"selectedCoin":null,
            "sideBet":null,"sidebets":[],"shortPosition":null,"leveragedPositions":[],
            "autobuysEnabled":false,"autosellPrice":null"#;
        assert_eq!(states(captured), [""; 0]);
        assert_eq!(states(""), [""; 0]);
        assert_eq!(states(r#","leverage":1,"autosellPrice":0,"bonusBalance":"0""#), [""; 0]);
        for coin in [r#""SOL""#, r#"{"address":"So11111111111111111111111111111111111111112"}"#] {
            assert_eq!(states(&format!(r#","selectedCoin":{coin}"#)), [""; 0], "{coin}");
        }
        assert!(read("[]").is_empty() && read("nonsense").is_empty());
    }

    #[test]
    fn whatever_is_open_or_switched_on_is_told_with_what_it_is() {
        for (changed, wanted) in [
            (r#","positionQty":0.05,"avgCost":1.5"#, "an open position of 0.05 at 1.5x on average"),
            (r#","positionQty":"0.05""#, "an open position of 0.05"),
            (r#","sideBet":{"betAmount":0.01,"end":60}"#, "an open sidebet of 0.010000000 SOL"),
            (r#","sidebets":[{"betAmount":0.01}]"#, "an open sidebet"),
            (r#","shortPosition":{"amount":0.01}"#, "an open short position"),
            (r#","leveragedPositions":[{}]"#, "open positions with leverage"),
            (r#","leverage":5"#, "a leverage of 5, not of 1"),
            (
                r#","selectedCoin":{"address":"0xPractice","ticker":"FREE"}"#,
                "practice mode: orders are placed with play money",
            ),
            (
                r#","selectedCoin":{"address":"Rug1","ticker":"RU\u001bGS"}"#,
                "another coin than SOL is chosen: RUGS",
            ),
            (r#","selectedCoin":7"#, "another coin than SOL is chosen: unknown"),
            (r#","bonusBalance":0.5"#, "a bonus balance of 0.5 SOL"),
            (r#","autosellPrice":2.5"#, "autosell is on, at 2.5x"),
            (r#","autobuysEnabled":true"#, "autobuy is on"),
        ] {
            assert_eq!(states(changed), [wanted], "{changed}");
        }
    }

    #[test]
    fn only_a_position_and_a_sidebet_come_from_a_bots_own_orders() {
        let all = read(
            r#"{"positionQty":1,"sideBet":{"end":40},"shortPosition":1,"leveragedPositions":[1],
                "leverage":2,"selectedCoin":"x","bonusBalance":1,"autosellPrice":2,
                "autobuysEnabled":true}"#,
        );
        let ordered: Vec<bool> = all.iter().map(AccountState::is_ordered).collect();
        assert_eq!(ordered[..2], [true, true]);
        assert!(ordered.len() == 9 && !ordered[2..].contains(&true), "{all:?}");
    }
}
