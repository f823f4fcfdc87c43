//! What happens to a session from outside: to its page, its site and its switch.

use std::path::Path;

use futures_util::SinkExt;
use replayer::demo::demo_site::DemoSiteHandle;
use replayer::demo::feed_server::ServerCommand;
use replayer::live::browser::ArmSwitch;
use replayer::live::browser::kill::{Question, ask};
use rustix::process::Signal;
use serde_json::json;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use super::cases::slowed;
use crate::browser::devtools::{Tab, close, open, port_of, tabs};
use crate::browser::processes::{signal, with_argument};
use crate::demo_site::visitor::block_on;
use crate::waiting::pause;

/// What happens.
#[derive(Debug, Clone)]
pub(super) enum OutsideAction {
    /// The site is told to do something wrong, or right.
    Order(&'static str),
    /// The feed under it is.
    Feed(ServerCommand),
    /// Somebody throws the switch in this process.
    Kill,
    /// Somebody does so by the socket.
    KillBySocket,
    /// The page crashes.
    Crash,
    /// The tab is closed.
    Close,
    /// The page goes to another site.
    Navigate,
    /// The page is loaded as somebody else's.
    SomebodyElse,
}

/// A session as it is seen from outside.
pub(super) struct Outside<'a> {
    pub(super) site: &'a DemoSiteHandle,
    pub(super) switch: &'a ArmSwitch,
    pub(super) profile: &'a Path,
    pub(super) socket: &'a Path,
    /// How many times as slow the machine is.
    pub(super) slowness: f64,
}

impl Outside<'_> {
    pub(super) fn perform(&self, action: &OutsideAction) {
        match action {
            OutsideAction::Order(words) => {
                let words = slowed(words, self.slowness);
                assert!(self.site.order(&words.parse().unwrap()), "{words}");
            }
            OutsideAction::Feed(order) => {
                assert!(self.site.feed().order(order.clone()), "{order:?}");
                if let ServerCommand::Restart(gone) = order {
                    // Nobody is answered meanwhile.
                    pause(*gone * 2);
                }
            }
            OutsideAction::Kill => self.switch.disarm("a person said so"),
            OutsideAction::KillBySocket => {
                let reason = Some("enough".to_owned());
                ask(self.socket, &Question::Kill { reason }).unwrap();
            }
            OutsideAction::Crash => {
                let renderers = with_argument("--type=renderer");
                let ours = with_argument(self.profile.to_str().unwrap()).into_iter();
                ours.filter(|pid| renderers.contains(pid))
                    .for_each(|pid| signal(pid, Signal::KILL));
            }
            OutsideAction::Close => {
                let (port, tab) = self.tab();
                // Another one first, as a browser with a window ends with its last tab.
                open(port, "about:blank#other");
                close(port, &tab.id);
            }
            OutsideAction::Navigate => self.go("data:text/html,elsewhere"),
            OutsideAction::SomebodyElse => self.go(&format!("{}/?account=other", self.site.url())),
        }
    }

    /// The tab at the site.
    fn tab(&self) -> (u16, Tab) {
        let port = port_of(&self.profile.join("data")).unwrap();
        let at_site = |tab: &Tab| tab.url.starts_with(&self.site.url());
        (port, tabs(port).into_iter().find(at_site).expect("a tab at the site"))
    }

    /// Sends the page somewhere, as its owner would by the address bar.
    fn go(&self, url: &str) {
        let (port, tab) = self.tab();
        let address = format!("ws://127.0.0.1:{port}/devtools/page/{}", tab.id);
        block_on(async {
            let (mut socket, _) = connect_async(address).await.unwrap();
            let go = json!({ "id": 1, "method": "Page.navigate", "params": { "url": url } });
            socket.send(Message::text(go.to_string())).await.unwrap();
            // Until it is answered.
            futures_util::StreamExt::next(&mut socket).await.unwrap().unwrap();
        });
    }
}
