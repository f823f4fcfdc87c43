//! What a hostile exchange makes of an order, and of what it tells.

use serde_json::{Map, Value};

use crate::demo::demo_site::command::{BACK, ExchangeFault};
use crate::demo::demo_site::payload::json;
use crate::demo::feed_server::script::CueFrame;
use crate::model::game::Game;
use crate::model::order::{Action, Portion};
use crate::model::price::Price;
use crate::model::quote::{Quote, Tick};
use crate::model::sol::Sol;

/// A stake that nobody ordered.
pub(super) const UNASKED: Sol = Sol::milli(10);
/// How many ticks old a stale price is.
const STALE: Tick = 5;
/// A game that was never on.
const GAME: &str = "20300101-00000000000000aa";

/// The order that is booked in place of the one that was given.
pub(super) fn booked(fault: ExchangeFault, action: Action) -> Action {
    use ExchangeFault as Fault;
    let scaled = |stake: Sol| match fault {
        Fault::StakeTenfold => stake.times(10).unwrap_or(stake),
        Fault::StakeTenth => Sol::from_lamports(stake.lamports() / 10).unwrap_or(stake),
        Fault::StakeLamport => stake.plus(Sol::from_lamports_const(1)).unwrap_or(stake),
        _ => stake,
    };
    match (fault, action) {
        (Fault::BetForBuy, Action::Buy { stake }) => Action::Sidebet { stake },
        (Fault::BuyForBet, Action::Sidebet { stake }) => Action::Buy { stake },
        (Fault::BuyForSell, Action::Sell { .. }) => Action::Buy { stake: UNASKED },
        (Fault::SellAll, Action::Sell { .. }) => Action::SELL_ALL,
        (Fault::SellTenth, Action::Sell { .. }) => Action::sell(Portion::BUTTONS[0]),
        (_, Action::Buy { stake }) => Action::Buy { stake: scaled(stake) },
        (_, Action::Sidebet { stake }) => Action::Sidebet { stake: scaled(stake) },
        (_, sale) => sale,
    }
}

/// The quote at which it is booked.
pub(super) fn quote(fault: ExchangeFault, action: Action, game: &Game) -> Quote {
    use ExchangeFault as Fault;
    let quote = game.quote();
    let is_buy = matches!(action, Action::Buy { .. });
    let worse = |share: f64| {
        let raw = quote.price.get();
        Price::new(if is_buy { raw * share } else { raw / share }).unwrap_or(quote.price)
    };
    let before = |ticks: Tick| game.path.price(quote.tick.saturating_sub(ticks));
    let price = match fault {
        Fault::FillWorse | Fault::FillHidden => worse(1.5),
        Fault::FillSlipped => worse(1.005),
        Fault::FillStale => before(STALE),
        Fault::FillBackdated => before(BACK),
        _ => quote.price,
    };
    Quote { price, ..quote }
}

/// How a trade or a sidebet is told.
pub(super) fn told(fault: ExchangeFault, frame: CueFrame, price: Price) -> CueFrame {
    let Ok(Value::Object(mut fields)) = serde_json::from_str(frame.payload.get()) else {
        return frame;
    };
    retell(fault, &mut fields, price);
    CueFrame { payload: json(&fields), ..frame }
}

fn retell(fault: ExchangeFault, fields: &mut Map<String, Value>, price: Price) {
    use ExchangeFault as Fault;
    let amount = if fields.contains_key("amount") { "amount" } else { "betAmount" };
    let (coin, is_bet) = match fields.contains_key("coinAddress") {
        true => ("coinAddress", true),
        false => ("coin", false),
    };
    let number = |fields: &Map<String, Value>, key: &str| {
        fields.get(key).and_then(Value::as_f64).unwrap_or_default()
    };
    let tick = |fields: &Map<String, Value>, key: &str| {
        fields.get(key).and_then(Value::as_u64).unwrap_or_default()
    };
    let mut set = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
    match fault {
        Fault::Leverage => set("leverage", 5.into()),
        Fault::Practice => set(coin, "0xPractice".into()),
        Fault::OtherPlayer | Fault::OtherAccount => {
            set("playerId", "did:demo:somebody".into());
            set("username", "somebody".into());
        }
        Fault::OtherGame => set("gameId", GAME.into()),
        Fault::Short => set("type", "short_open".into()),
        Fault::PayoutFour => set("xPayout", 4.into()),
        Fault::Garbled => set(amount, "a lot".into()),
        Fault::FillHidden => set("price", price.get().into()),
        Fault::Bonus => {
            let half = number(fields, amount) / 2.0;
            fields.insert("bonusPortion".to_owned(), half.into());
            fields.insert("realPortion".to_owned(), half.into());
        }
        Fault::Negative => {
            let negative = -number(fields, amount);
            fields.insert(amount.to_owned(), negative.into());
        }
        Fault::WindowShort | Fault::WindowLong => {
            let window = if fault == Fault::WindowShort { 20 } else { 80 };
            let end = tick(fields, "startTick") + window;
            fields.insert("endTick".to_owned(), end.into());
        }
        Fault::FillAhead | Fault::FillBackdated => {
            let by = u64::from(BACK);
            let moved = |tick: u64| match fault {
                Fault::FillAhead => tick + 1_000,
                _ => tick.saturating_sub(by),
            };
            let keys: &[&str] = if is_bet { &["startTick", "endTick"] } else { &["tickIndex"] };
            for key in keys {
                let moved = moved(tick(fields, key));
                fields.insert((*key).to_owned(), moved.into());
            }
        }
        Fault::Noise => noisy(fields, &["amount", "qty", "betAmount", "realPortion"]),
        _ => {}
    }
}

/// How an account is told.
pub(super) fn account(fault: ExchangeFault, frame: CueFrame) -> CueFrame {
    let Ok(Value::Object(mut fields)) = serde_json::from_str(frame.payload.get()) else {
        return frame;
    };
    match fault {
        ExchangeFault::Noise => noisy(&mut fields, &["cash", "positionQty"]),
        ExchangeFault::WindowStated => {
            if let Some(Value::Object(bet)) = fields.get_mut("sideBet") {
                let end = bet.get("end").and_then(Value::as_u64).unwrap_or_default();
                bet.insert("end".to_owned(), end.saturating_sub(20).into());
            }
        }
        _ => {}
    }
    CueFrame { payload: json(&fields), ..frame }
}

/// Amounts as doubles that miss them by a bit.
fn noisy(fields: &mut Map<String, Value>, keys: &[&str]) {
    for key in keys {
        if let Some(number) = fields.get(*key).and_then(Value::as_f64).filter(|it| *it > 0.0) {
            fields.insert((*key).to_owned(), number.next_up().into());
        }
    }
}
