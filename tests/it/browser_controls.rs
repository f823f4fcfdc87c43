//! The controls of the demo site, found and pressed in a real browser.

use std::time::Duration;

use replayer::demo::demo_site::{DemoSiteHandle, SiteCommand};
use replayer::demo::feed_server;
use replayer::live::browser::amount::{Press, plan};
use replayer::live::browser::controls::{Control, ControlProblem, Panel, Profile, SURVEY, Survey};
use replayer::model::sol::Sol;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::demo_site::site;
use crate::demo_site::visitor::account;
use crate::page::browser::{Opened, look_at};
use crate::waiting::PATIENCE;

/// Looks at the controls once, again where the page is loaded meanwhile.
async fn survey(page: &Opened) -> Panel {
    let profile = Profile::rugs_fun();
    let since = Instant::now();
    loop {
        if let Some(answer) = page.call(SURVEY, &profile.question()).await {
            let survey: Survey = serde_json::from_value(answer).unwrap();
            assert_eq!(survey.bad, [0; 0], "selectors that the browser does not know");
            return Panel::of(&profile, &survey);
        }
        assert!(since.elapsed() < PATIENCE, "the page is gone");
    }
}

/// Looks until the controls are as they should be.
async fn until(page: &Opened, what: &str, ready: impl Fn(&Panel) -> bool) -> Panel {
    let since = Instant::now();
    loop {
        let panel = survey(page).await;
        if ready(&panel) {
            return panel;
        }
        assert!(since.elapsed() < PATIENCE, "{what}: {}", serde_json::to_string(&panel).unwrap());
        sleep(Duration::from_millis(20)).await;
    }
}

async fn press(page: &Opened, panel: &Panel, control: Control) {
    let spot = panel.spot(control).unwrap_or_else(|why| panic!("{control}: {why}"));
    page.click(spot.x, spot.y).await;
}

fn order(site: &DemoSiteHandle, words: &str) {
    assert!(site.order(&words.parse::<SiteCommand>().unwrap()), "{words}");
}

const fn button(press: Press) -> Control {
    match press {
        Press::Clear => Control::Clear,
        Press::Plus1 => Control::Plus1,
        Press::Plus01 => Control::Plus01,
        Press::Plus001 => Control::Plus001,
        Press::Plus0001 => Control::Plus0001,
        Press::Double => Control::Double,
        Press::Halve => Control::Half,
    }
}

fn sol(text: &str) -> Sol {
    text.parse().unwrap()
}

#[test]
fn every_control_is_found_and_pressed_and_read_and_does_what_it_says() {
    let site = site(1_000, 4.0);
    let url = &site.url();
    look_at(url, |page| async move {
        let panel = until(&page, "logged in", |panel| panel.balance() == Ok(sol("10"))).await;
        for finding in &panel.findings {
            let control = finding.control;
            assert!(finding.problem.is_none() || control == Control::Short, "{finding:?}");
            assert!(finding.confidence > 0.7 || control == Control::Short, "{finding:?}");
        }
        assert_eq!(panel.finding(Control::Short).unwrap().problem, Some(ControlProblem::Missing));
        assert_eq!((panel.amount(), panel.percent()), (Ok(Sol::ZERO), Some(100)));
        assert_eq!(panel.position(), Ok(Sol::ZERO));

        // Amounts, each from the one before, by the fewest presses, read back.
        let mut shown = None;
        for wanted in ["0.005", "0.003", "0.015", "0.25", "1.234", "0.02"] {
            for step in plan(shown, sol(wanted)).unwrap() {
                press(&page, &panel, button(step)).await;
            }
            assert_eq!(survey(&page).await.amount(), Ok(sol(wanted)));
            shown = Some(sol(wanted));
        }
        press(&page, &panel, Control::Percent25).await;
        assert_eq!(survey(&page).await.percent(), Some(25));

        // A buy of a presale or a game, whichever is on; at the rug it is sold by itself.
        let since = Instant::now();
        let carried_out = |kind: &str| {
            let kept = account(url, "demo");
            let postings = kept["postings"].as_array().unwrap().clone();
            postings.into_iter().find(|posting| posting["kind"] == kind)
        };
        while carried_out("buy").is_none() {
            let panel = survey(&page).await;
            press(&page, &panel, Control::Buy).await;
            assert!(since.elapsed() < PATIENCE);
            sleep(Duration::from_millis(300)).await;
        }
        assert_eq!(carried_out("buy").unwrap()["delta"], "-0.020000000");
        while carried_out("sidebet_stake").is_none() {
            press(&page, &survey(&page).await, Control::Sidebet).await;
            assert!(since.elapsed() < PATIENCE * 2);
            sleep(Duration::from_millis(300)).await;
        }
        assert_eq!(carried_out("sidebet_stake").unwrap()["delta"], "-0.020000000");
    });
}

#[test]
fn a_page_that_misbehaves_is_refused_with_the_reason_and_never_mistaken() {
    let site = &site(1_000, 1.0);
    look_at(&site.url(), |page| async move {
        until(&page, "logged in", |panel| panel.balance().is_ok()).await;
        let refused = async |words: &str,
                             control: Control,
                             problem: fn(&ControlProblem) -> bool| {
            order(site, words);
            until(&page, words, |panel| panel.found(control).is_err_and(|why| problem(&why))).await;
            let off = words.rsplit_once(" on").map_or(words, |(begin, _)| begin);
            order(site, &format!("{off} off"));
            until(&page, "as before", |panel| panel.found(control).is_ok()).await;
        };
        refused("disable buy on", Control::Buy, |why| *why == ControlProblem::Disabled).await;
        refused("disable sidebet on", Control::Sidebet, |why| *why == ControlProblem::Disabled)
            .await;
        refused("hide sell on", Control::Sell, |why| *why == ControlProblem::Hidden).await;
        let twin = |why: &ControlProblem| matches!(why, ControlProblem::Ambiguous { .. });
        refused("twin buy on", Control::Buy, twin).await;
        refused("twin plus001 on", Control::Plus001, twin).await;
        refused("twin sidebet on", Control::Sidebet, twin).await;
        let covered = |why: &ControlProblem| matches!(why, ControlProblem::Covered { .. });
        refused("cover on", Control::Sell, covered).await;
        refused("move on", Control::Buy, |why| *why == ControlProblem::Moving).await;

        // Swapped, with SHORT between: the labels decide.
        order(site, "short on");
        order(site, "swap on");
        let swapped = |panel: &Panel| {
            let left = |control| panel.spot(control).map_or(f64::NAN, |spot| spot.x);
            left(Control::Sell) < left(Control::Short) && left(Control::Short) < left(Control::Buy)
        };
        let panel = until(&page, "swapped", swapped).await;
        assert!(panel.found(Control::Buy).unwrap().text.starts_with("BUY"));
        assert_eq!(panel.found(Control::Sell).unwrap().text, "SELL");
        assert_eq!(panel.found(Control::Short).unwrap().text, "SHORT");

        // Other words are other controls.
        order(site, "text sell SELL ALL NOW");
        order(site, "text buy CONFIRM");
        let gone = |panel: &Panel| panel.found(Control::Buy) == Err(ControlProblem::Missing);
        until(&page, "renamed", gone).await;
        order(site, "text buy");
        until(&page, "named again", |panel| panel.found(Control::Buy).is_ok()).await;

        // Numbers with a comma are not read; what the field shows is read, whatever was pressed.
        order(site, "comma on");
        until(&page, "comma", |panel| panel.amount().is_err() && panel.balance().is_err()).await;
        order(site, "comma off");
        let panel = until(&page, "point", |panel| panel.amount().is_ok()).await;
        order(site, "halve-wrong on");
        obeyed(site, &page, "stuck-clear on").await;
        let done = |panel: &Panel| panel.amount() == Ok(sol("0.006"));
        press(&page, &panel, Control::Plus001).await;
        press(&page, &panel, Control::Half).await;
        until(&page, "halved wrongly", done).await;
        press(&page, &panel, Control::Clear).await;
        assert_eq!(survey(&page).await.amount(), Ok(sol("0.006")));

        // Out of the window, logged out, loaded again.
        page.resize(1280, 300).await;
        let out = |panel: &Panel| panel.found(Control::Buy) == Err(ControlProblem::OutOfView);
        until(&page, "a low window", out).await;
        page.resize(1280, 900).await;
        order(site, "logout");
        until(&page, "logged out", |panel| panel.balance().is_err()).await;
        order(site, "login");
        order(site, "reload");
        // The amount is the page's alone, and gone with it.
        let again = |panel: &Panel| panel.balance().is_ok() && panel.amount() == Ok(Sol::ZERO);
        until(&page, "loaded again", again).await;
        assert!(
            page.complaints().iter().all(|said| !said.starts_with("thrown")),
            "{:?}",
            page.complaints()
        );
    });
}

/// Waits until the page heard of an order that shows nowhere: of one after it, that does.
async fn obeyed(site: &DemoSiteHandle, page: &Opened, words: &str) {
    order(site, words);
    order(site, "text max EVERYTHING");
    let renamed = |panel: &Panel| panel.found(Control::Max) == Err(ControlProblem::Missing);
    until(page, words, renamed).await;
    order(site, "text max");
    until(page, words, |panel| panel.found(Control::Max).is_ok()).await;
}

/// Waits until the server's account is as it should be.
async fn kept(url: &str, what: &str, ready: impl Fn(&Value) -> bool) {
    let since = Instant::now();
    loop {
        let account = account(url, "demo");
        if ready(&account) {
            return;
        }
        assert!(since.elapsed() < PATIENCE, "{what}: {account}");
        sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn a_page_that_stops_hangs_or_is_loaded_again_in_the_middle_of_an_order_keeps_its_account() {
    let site = &site(1_000, 1.0);
    let url = &site.url();
    look_at(url, |page| async move {
        let buys = |account: &Value| {
            let postings = account["postings"].as_array().unwrap().iter();
            postings.filter(|posting| posting["kind"] == "buy").count()
        };
        let panel = until(&page, "logged in", |panel| panel.balance().is_ok()).await;
        press(&page, &panel, Control::Plus001).await;
        kept(url, "the presale", |account| account["phase"] != "cooldown").await;

        // A button that does nothing looks like any other, and the account stays as it was.
        obeyed(site, &page, "numb buy on").await;
        press(&page, &panel, Control::Plus001).await;
        press(&page, &panel, Control::Buy).await;
        press(&page, &panel, Control::Plus001).await;
        let pressed = |panel: &Panel| panel.amount() == Ok(sol("0.03"));
        until(&page, "pressed", pressed).await;
        assert_eq!(buys(&account(url, "demo")), 0);
        order(site, "numb buy off");

        let said = page.dialog_after(|| order(site, "alert hello")).await;
        assert_eq!(said, "hello");
        order(site, "hang 400");
        until(&page, "answers again", pressed).await;

        // The socket is lost, by the page and by the server; the page comes back by itself.
        order(site, "drop-socket");
        assert!(site.feed().order(feed_server::ServerCommand::Restart(Duration::from_millis(200))));
        order(site, "drift -1");
        let drifted = |panel: &Panel| panel.balance() == Ok(sol("9"));
        let panel = until(&page, "connected again", drifted).await;

        // Loaded again as soon as the order is sent: carried out once, and the page is empty.
        obeyed(site, &page, "reload-on-order on").await;
        let loads = account(url, "demo")["loads"].as_u64();
        let tradable =
            |account: &Value| account["phase"] == "active" || account["phase"] == "presale";
        kept(url, "a game", tradable).await;
        press(&page, &panel, Control::Buy).await;
        kept(url, "loaded again", |account| account["loads"].as_u64() > loads).await;
        kept(url, "bought", |account| buys(account) == 1 || account["refused"] == 1).await;
        until(&page, "empty", |panel| panel.amount() == Ok(Sol::ZERO)).await;
        assert!(buys(&account(url, "demo")) <= 1);
    });
}
