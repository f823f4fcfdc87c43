//! Accounts: to the lamport what an independent computation makes of the same orders.

use std::collections::BTreeMap;

use replayer::games::fair::game::{Course, FairGame};
use replayer::games::fair::generated::generated;
use serde_json::{Value, json};

use super::visitor::{Heard, Visitor, account, block_on};
use super::{SEED, site};
use crate::campaign::count;

/// A number as a ratio: digits, and decimals among them.
fn ratio(text: &str) -> (u128, u32) {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let mantissa: u128 = format!("{whole}{rest}").parse().unwrap();
    let exponent: i32 = exponent.parse().unwrap();
    let scale = i32::try_from(rest.len()).unwrap() - exponent;
    (mantissa, u32::try_from(scale).unwrap())
}

/// Billionths of a number that has no more than nine decimals.
fn billionths(number: &Value) -> u128 {
    let (mantissa, scale) = ratio(&number.to_string());
    assert!(scale <= 9, "{number} is finer than a lamport");
    mantissa * 10_u128.pow(9 - scale)
}

/// An account computed from what was ordered and where the price was, and from nothing else.
struct Shadow {
    cash: u128,
    held: u128,
    /// The stake of the open sidebet and its last tick.
    bet: Option<(u128, u64)>,
    /// What was ordered and not told yet: a percentage for sales.
    percent: u128,
    prices: BTreeMap<String, Vec<f64>>,
}

impl Shadow {
    fn trade(&mut self, trade: &Value) {
        let prices = &self.prices[trade["gameId"].as_str().unwrap()];
        let tick = usize::try_from(trade["tickIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(trade["price"].as_f64(), Some(prices[tick]), "{trade}");
        let (mantissa, scale) = ratio(&trade["price"].to_string());
        let (qty, amount) = (billionths(&trade["qty"]), billionths(&trade["amount"]));
        if trade["type"] == "buy" {
            assert_eq!(qty, amount * 10_u128.pow(scale) / mantissa, "{trade}");
            self.cash -= amount;
            self.held += qty;
        } else {
            let forced = tick == prices.len() - 1;
            let part = if forced { self.held } else { self.held * self.percent / 100 };
            assert_eq!(qty, part, "{trade}");
            assert_eq!(amount, part * mantissa / 10_u128.pow(scale), "{trade}");
            self.cash += amount;
            self.held -= part;
        }
    }

    fn place(&mut self, bet: &Value) {
        let (start, end) = (bet["startTick"].as_u64().unwrap(), bet["endTick"].as_u64().unwrap());
        assert_eq!(end, start + 40);
        let stake = billionths(&bet["betAmount"]);
        assert!(self.bet.replace((stake, end)).is_none(), "{bet}");
        self.cash -= stake;
    }

    fn settle(&mut self, result: &Value) {
        let (stake, end) = self.bet.take().expect("a sidebet is open");
        let rug = self.prices[result["gameId"].as_str().unwrap()].len() as u64 - 1;
        let payout = if rug <= end { stake * 5 } else { 0 };
        assert_eq!(billionths(&result["payout"]), payout, "{result}");
        self.cash += payout;
    }
}

#[test]
fn an_account_is_to_the_lamport_what_its_orders_make_of_the_prices_of_many_games() {
    // As many as are played through.
    let wanted = count("REPLAYER_GAMES", 40);
    let courses = (0..wanted).map(|index| {
        let (seed, id) = generated(SEED, index);
        (id.to_string(), Course::of(FairGame::new(&seed, &id)).prices().to_vec())
    });
    let mut shadow =
        Shadow { cash: 10_000_000_000, held: 0, bet: None, percent: 0, prices: courses.collect() };
    let site = site(wanted + 50, 400.0);
    let (mut trades, mut bets, mut refused, mut settled) = (0_u64, 0, 0, 0);
    let (mut games, mut game) = (0, String::new());
    block_on(async {
        let mut visitor = Visitor::log_in(&site.url(), "shadow").await;
        let (mut asked, mut turn) = (None, 0_u64);
        while games <= wanted {
            match visitor.next().await.expect("a connection") {
                Heard::Event(name, payload) => match name.as_str() {
                    "standard/newTrade" if payload["playerId"] == "did:demo:shadow" => {
                        trades += 1;
                        shadow.trade(&payload);
                    }
                    "currentSidebet" => {
                        bets += 1;
                        shadow.place(&payload);
                    }
                    "currentSidebetResult" => {
                        settled += 1;
                        shadow.settle(&payload);
                    }
                    "playerUpdate" => {
                        assert_eq!(billionths(&payload["cash"]), shadow.cash, "{payload}");
                        assert_eq!(billionths(&payload["positionQty"]), shadow.held, "{payload}");
                    }
                    "gameStateUpdate" => {
                        if payload["gameId"] != game.as_str() {
                            game = payload["gameId"].as_str().unwrap().to_owned();
                            games += 1;
                        }
                        // Enough: the account is looked at between two games.
                        if asked.is_some() || games > wanted {
                            continue;
                        }
                        turn += 1;
                        let milli = |most: u64| (1 + turn * 7_919 % most) as f64 / 1_000.0;
                        let (event, order) = match turn % 5 {
                            0 => ("requestSidebet", json!({ "amount": milli(20), "xPayout": 5 })),
                            1 | 3 => ("buyOrder", json!({ "amount": milli(50) })),
                            _ => {
                                let percent = [10_u64, 25, 50, 100][(turn / 5 % 4) as usize];
                                shadow.percent = percent.into();
                                ("sellOrder", json!({ "percentage": percent }))
                            }
                        };
                        asked = Some(visitor.say(event, order).await);
                    }
                    _ => {}
                },
                Heard::Ack(id, answer) => {
                    assert_eq!(Some(id), asked.take());
                    refused += u64::from(answer["success"] != true);
                }
            }
        }
        let kept = account(&site.url(), "shadow");
        let cash: String = kept["cash"].as_str().unwrap().replace('.', "");
        assert_eq!(cash.parse::<u128>().unwrap(), shadow.cash, "{kept}");
        assert_eq!((shadow.held, shadow.bet), (0, None));
    });
    let enough = trades > 8 * wanted && bets > wanted / 3 && refused > wanted / 3;
    assert!(enough, "{trades} {bets} {refused} in {wanted} games");
    assert_eq!(bets, settled);
}
