//! Everything that the server can be told to do wrong, as a client sees it.

use std::time::Duration;

use replayer::demo::demo_site::command::GRAMMAR;
use replayer::demo::demo_site::{DemoSiteHandle, SiteCommand as Wrong, start};
use replayer::demo::feed_server::ServerCommand;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::visitor::{Heard, Visitor, account, block_on, get, is_own};
use super::{quick, site};
use crate::waiting::PATIENCE;

fn order(site: &DemoSiteHandle, words: &str) {
    assert!(site.order(&words.parse::<Wrong>().unwrap()), "{words}");
}

/// Waits until the server's account is as it should be.
async fn wait_for(url: &str, ready: impl Fn(&Value) -> bool) -> Value {
    let since = Instant::now();
    loop {
        let kept = account(url, "demo");
        if ready(&kept) {
            return kept;
        }
        assert!(since.elapsed() < PATIENCE, "{kept}");
        sleep(Duration::from_millis(5)).await;
    }
}

/// A site in a long game, and a player who is logged in, past the presale.
async fn playing() -> (DemoSiteHandle, Visitor) {
    // The first game of this seed is long: 20 times as fast, it lasts for seconds.
    let site = site(50, 20.0);
    let mut visitor = Visitor::log_in(&site.url(), "demo").await;
    visitor.hear_active().await;
    (site, visitor)
}

/// What a player heard of an order.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    answers: Vec<bool>,
    own: Vec<String>,
    /// What the server took from the balance for it.
    paid: bool,
}

/// Buys under an order, and says what was heard of it when all was said.
fn buy_under(words: &str) -> Told {
    block_on(async {
        let (site, mut visitor) = playing().await;
        order(&site, words);
        // What is told of it says that it holds.
        visitor.hear_event("demo/page_state").await;
        let id = visitor.say("buyOrder", json!({ "amount": 0.01 })).await;
        let done = |kept: &Value| {
            ["carriedOut", "refused", "lost"].iter().any(|what| kept[what].as_u64() > Some(0))
        };
        let kept = wait_for(&site.url(), done).await;
        // What is said from here on is said after everything that belongs to the order.
        let fence = visitor.say("ping", json!({ "lastPing": 1 })).await;
        let mut told = Told { answers: vec![], own: vec![], paid: kept["carriedOut"] == 1 };
        loop {
            match visitor.next().await.expect("a connection") {
                Heard::Ack(of, _) if of == fence => return told,
                Heard::Ack(of, answer) if of == id => told.answers.push(answer["success"] == true),
                Heard::Event(name, payload) if is_own(&name, &payload) => told.own.push(name),
                _ => {}
            }
        }
    })
}

fn told(answers: &[bool], own: &[&str], paid: bool) -> Told {
    let own = own.iter().map(|&name| name.to_owned()).collect();
    Told { answers: answers.to_vec(), own, paid }
}

const TRADE: &str = "standard/newTrade";
const UPDATE: &str = "playerUpdate";

#[test]
fn an_order_is_told_to_all_then_to_its_player_and_acknowledged_last() {
    block_on(async {
        let (_site, mut visitor) = playing().await;
        let (before, answer) = visitor.ask("buyOrder", json!({ "amount": 0.01 })).await;
        assert_eq!((before, answer), (vec![TRADE.into(), UPDATE.into()], json!({"success": true})));
        let sidebet = json!({ "amount": 0.001, "coinAddress": "So1", "xPayout": 5 });
        let (before, answer) = visitor.ask("requestSidebet", sidebet).await;
        assert_eq!(before, ["currentSidebet", UPDATE]);
        assert_eq!(answer["message"], "Side bet placed");
        assert_eq!(answer["sidebet"]["betAmount"], 0.001);
        let (before, answer) = visitor.ask("sellOrder", json!({ "percentage": 100 })).await;
        assert_eq!((before, answer), (vec![TRADE.into(), UPDATE.into()], json!({"success": true})));
    });
}

#[test]
fn an_answer_is_said_twice_or_not_at_all_when_told_so() {
    assert_eq!(buy_under("latency 0 0"), told(&[true], &[TRADE, UPDATE], true));
    assert_eq!(buy_under("double-ack 1"), told(&[true, true], &[TRADE, UPDATE], true));
    assert_eq!(buy_under("lose-ack 1"), told(&[], &[TRADE, UPDATE], true));
}

#[test]
fn a_trade_or_a_balance_is_not_told_when_told_so() {
    assert_eq!(buy_under("lose-trade 1"), told(&[true], &[UPDATE], true));
    assert_eq!(buy_under("lose-update 1"), told(&[true], &[TRADE], true));
}

#[test]
fn an_order_is_refused_or_lost_without_a_trace_when_told_so() {
    assert_eq!(buy_under("refuse 1"), told(&[false], &[], false));
    assert_eq!(buy_under("lose-order 1"), told(&[], &[], false));
}

#[test]
fn an_exchange_books_and_answers_something_else_when_told_so() {
    assert_eq!(buy_under("refuse-done 1"), told(&[false], &[TRADE, UPDATE], true));
    assert_eq!(buy_under("twice 1"), told(&[true], &[TRADE, TRADE, UPDATE], true));
    assert_eq!(buy_under("twice-silent 1"), told(&[true], &[TRADE, UPDATE], true));
    assert_eq!(buy_under("balance-first 1"), told(&[true], &[UPDATE, TRADE], true));
    assert_eq!(buy_under("ack-other 1"), told(&[], &[], true));
    block_on(async {
        let (site, mut visitor) = playing().await;
        for (words, stake, field, wanted) in [
            ("stake-tenfold 1", 0.01, "amount", json!(0.1)),
            ("leverage 1", 0.01, "leverage", json!(5)),
            ("practice 1", 0.01, "coin", json!("0xPractice")),
            ("other-player 1", 0.01, "playerId", json!("did:demo:somebody")),
        ] {
            order(&site, words);
            visitor.hear_event("demo/page_state").await;
            visitor.say("buyOrder", json!({ "amount": stake })).await;
            // Trades of those who are not there are told, too.
            let mut trade = Value::Null;
            while !is_own(TRADE, &trade) {
                trade = visitor.hear_event(TRADE).await;
            }
            assert_eq!(trade[field], wanted, "{words}");
        }
        // Of what was booked, all is booked: the telling alone is otherwise.
        let kept = wait_for(&site.url(), |kept| kept["carriedOut"] == 4).await;
        assert_eq!(kept["cash"], "9.870000000");
    });
}

#[test]
fn an_answer_is_late_when_told_so_while_the_trade_is_not() {
    block_on(async {
        let (site, mut visitor) = playing().await;
        order(&site, "late-ack 3000");
        visitor.hear_event("demo/page_state").await;
        let since = Instant::now();
        let id = visitor.say("buyOrder", json!({ "amount": 0.01 })).await;
        visitor.hear_event(UPDATE).await;
        // What is said behind the trade is answered before it.
        let later = visitor.say("ping", json!({ "lastPing": 1 })).await;
        let (mut answered, mut answers) = (Vec::new(), 0);
        while answers < 2 {
            if let Heard::Ack(of, _) = visitor.next().await.expect("a connection") {
                answered.push(of);
                answers += 1;
            }
        }
        assert_eq!(answered, [later, id]);
        assert!(since.elapsed() >= Duration::from_millis(3_000), "{:?}", since.elapsed());
    });
}

#[test]
fn an_order_takes_as_long_as_the_site_was_configured_to_take() {
    block_on(async {
        let mut config = quick(50, 20.0);
        config.latency = Duration::from_millis(300)..=Duration::from_millis(350);
        let site = start(config).unwrap();
        let mut visitor = Visitor::log_in(&site.url(), "demo").await;
        visitor.hear_active().await;
        let since = Instant::now();
        visitor.ask("buyOrder", json!({ "amount": 0.01 })).await;
        assert!(since.elapsed() >= Duration::from_millis(300), "{:?}", since.elapsed());
    });
}

#[test]
fn a_balance_drifts_by_itself_and_the_player_is_told() {
    block_on(async {
        let (site, mut visitor) = playing().await;
        order(&site, "drift -0.5");
        assert_eq!(visitor.hear_event(UPDATE).await["cash"], 9.5);
        assert_eq!(account(&site.url(), "demo")["cash"], "9.500000000");
        // The ledger of the server is in order all the same: games go on.
        let (_, answer) = visitor.ask("buyOrder", json!({ "amount": 0.01 })).await;
        assert_eq!(answer["success"], true);
    });
}

#[test]
fn who_is_logged_out_is_nobody_until_he_logs_in_again() {
    block_on(async {
        let (site, mut visitor) = playing().await;
        order(&site, "logout");
        assert_eq!(visitor.hear_event("usernameStatus").await["hasUsername"], false);
        let nobody = visitor.hear_event(UPDATE).await;
        assert_eq!((&nobody["authenticated"], &nobody["id"]), (&json!(false), &Value::Null));
        let (_, answer) = visitor.ask("buyOrder", json!({ "amount": 0.01 })).await;
        assert_eq!(answer, json!({ "success": false, "error": "not authenticated" }));
        let (_, answer) = visitor.ask("authenticate", json!({ "account": "demo" })).await;
        assert_eq!(answer["success"], false);
        order(&site, "login");
        visitor.hear_event("demo/page_state").await;
        let (_, answer) = visitor.ask("authenticate", json!({ "account": "demo" })).await;
        assert_eq!(answer["success"], true);
    });
}

#[test]
fn an_account_outlives_its_connection_and_a_restart_of_the_server() {
    block_on(async {
        let (site, mut visitor) = playing().await;
        visitor.ask("buyOrder", json!({ "amount": 0.25 })).await;
        assert!(site.feed().order(ServerCommand::Restart(Duration::from_secs(2))));
        while visitor.next().await.is_some() {}
        let mut tries = 0;
        let mut again = loop {
            tries += 1;
            if let Some(again) = Visitor::try_enter(&site.url()).await {
                break again;
            }
            sleep(Duration::from_millis(20)).await;
        };
        assert!(tries > 1, "the server was never away");
        again.say("authenticate", json!({ "account": "demo" })).await;
        let update = again.hear_event(UPDATE).await;
        // Bought before; if the game is over by now, sold at its rug.
        assert!(update["cash"].as_f64() < Some(10.0), "{update}");
    });
}

#[test]
fn accounts_are_separate_and_an_order_of_a_stranger_is_refused() {
    block_on(async {
        let (site, mut visitor) = playing().await;
        let mut other = Visitor::log_in(&site.url(), "other").await;
        visitor.ask("buyOrder", json!({ "amount": 1 })).await;
        assert_eq!(other.hear_event(TRADE).await["playerId"], "did:demo:demo");
        assert_eq!(account(&site.url(), "other")["cash"], "10.000000000");
        let mut stranger = Visitor::enter(&site.url()).await;
        let (_, answer) = stranger.ask("buyOrder", json!({ "amount": 1 })).await;
        assert_eq!(answer["success"], false);
    });
}

#[test]
fn orders_against_the_rules_are_refused_with_the_reason() {
    block_on(async {
        let (_site, mut visitor) = playing().await;
        for (event, payload, why) in [
            ("buyOrder", json!({ "amount": 0.0001 }), "below minimum"),
            ("buyOrder", json!({ "amount": 5.001 }), "exceeds maximum"),
            ("buyOrder", json!({ "amount": "1" }), "cannot be understood"),
            ("buyOrder", json!({ "amount": 0.000_000_000_1 }), "cannot be understood"),
            ("buyOrder", json!({}), "cannot be understood"),
            ("sellOrder", json!({ "percentage": 100 }), "no position to sell"),
            ("sellOrder", json!({ "percentage": 101 }), "cannot be understood"),
            ("requestSidebet", json!({ "amount": 0.1, "xPayout": 6 }), "cannot be understood"),
        ] {
            let (own, answer) = visitor.ask(event, payload.clone()).await;
            let error = answer["error"].as_str().unwrap_or_default();
            assert!(own.is_empty() && error.contains(why), "{payload}: {answer}");
        }
    });
}

#[test]
fn what_is_wrong_with_the_page_is_told_and_outlives_it() {
    block_on(async {
        let (site, mut visitor) = playing().await;
        order(&site, "disable buy");
        let page_state = visitor.hear_event("demo/page_state").await;
        assert_eq!(page_state["flaws"], json!([["disable", "buy"]]));
        order(&site, "text sell DUMP IT");
        assert_eq!(visitor.hear_event("demo/page_state").await["texts"]["sell"], "DUMP IT");
        order(&site, "hang 5");
        assert_eq!(visitor.hear_event("demo/do").await["what"], "hang");
        let (_, page) = get(&site.url(), "/");
        assert!(page.contains(r#""flaws":[["disable","buy"]]"#), "{page}");
        assert!(GRAMMAR.contains("disable"));
    });
}

#[test]
fn a_page_has_other_class_names_at_every_load_and_unknown_paths_have_none() {
    let site = site(2, 1.0);
    let class = |page: &str| {
        let at = page.find("_buttonsRow_").unwrap();
        page[at..].split(['"', ' ', '.', ',']).next().unwrap().to_owned()
    };
    let first = class(&get(&site.url(), "/").1);
    assert_ne!(first, class(&get(&site.url(), "/").1));
    assert_eq!(get(&site.url(), "/nowhere").0, 404);
    assert_eq!(get(&site.url(), "/account?account=never").0, 404);
    assert_eq!(get(&site.url(), "/?account=%3Cscript%3E").0, 400);
}
