//! A player without a browser: the frames of the page, over a plain WebSocket.

use std::io::{Read, Write};
use std::net::TcpStream;

use futures_util::{SinkExt, StreamExt};
use replayer::feed::socketio::Packet;
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::waiting::PATIENCE;

/// What a visitor hears.
#[derive(Debug, Clone)]
pub(crate) enum Heard {
    Event(String, Value),
    Ack(u64, Value),
}

pub(crate) struct Visitor {
    socket: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
    next: u64,
}

/// Runs a test that waits.
pub(crate) fn block_on<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}

impl Visitor {
    /// Connects and enters, without logging in.
    pub(crate) async fn enter(url: &str) -> Self {
        Self::try_enter(url).await.expect("the site lets everybody in")
    }

    pub(crate) async fn try_enter(url: &str) -> Option<Self> {
        let address = url.replace("http:", "ws:");
        let address = format!("{address}/socket.io/?EIO=4&transport=websocket");
        let (socket, _) = timeout(PATIENCE, connect_async(address)).await.unwrap().ok()?;
        let mut visitor = Self { socket, next: 0 };
        visitor.send("40".to_owned()).await;
        // What is said before the answer ends the connection.
        loop {
            let message = timeout(PATIENCE, visitor.socket.next()).await.unwrap();
            let Some(Ok(Message::Text(text))) = message else { return None };
            match Packet::parse(&text).unwrap() {
                Packet::Ping(_) => visitor.send("3".to_owned()).await,
                Packet::Connect { .. } => return Some(visitor),
                _ => {}
            }
        }
    }

    /// Connects and logs in; the first balance is heard already.
    pub(crate) async fn log_in(url: &str, account: &str) -> Self {
        let mut visitor = Self::enter(url).await;
        let (_, answer) = visitor.ask("authenticate", json!({ "account": account })).await;
        assert_eq!(answer["success"], true);
        visitor
    }

    async fn send(&mut self, text: String) {
        timeout(PATIENCE, self.socket.send(Message::text(text))).await.unwrap().unwrap();
    }

    /// Says an event as the page does, with a trace before the payload; the number of its answer.
    pub(crate) async fn say(&mut self, event: &str, payload: Value) -> u64 {
        let id = self.next;
        self.next += 1;
        let args = json!([event, { "__trace": true, "traceparent": "00-0-0-01" }, payload]);
        self.send(format!("42{id}{args}")).await;
        id
    }

    /// The next thing that is heard; `None` when the connection is gone.
    pub(crate) async fn next(&mut self) -> Option<Heard> {
        loop {
            let message = timeout(PATIENCE, self.socket.next()).await.expect("something is said");
            let Some(Ok(Message::Text(text))) = message else { return None };
            let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            match Packet::parse(&text).unwrap() {
                Packet::Ping(_) => self.send("3".to_owned()).await,
                Packet::Event(event) => {
                    let payload =
                        event.payload().map_or(Value::Null, |payload| json(payload.get()));
                    return Some(Heard::Event(event.name.into_owned(), payload));
                }
                Packet::Ack(ack) => {
                    let payload = ack.args.first().map_or(Value::Null, |arg| json(arg.get()));
                    return Some(Heard::Ack(ack.id, payload));
                }
                _ => {}
            }
        }
    }

    /// The next event of a name; others are passed over.
    pub(crate) async fn hear_event(&mut self, name: &str) -> Value {
        loop {
            match self.next().await.expect("a connection") {
                Heard::Event(event, payload) if event == name => return payload,
                _ => {}
            }
        }
    }

    /// Waits until the game can be traded in.
    pub(crate) async fn hear_active(&mut self) {
        while self.hear_event("gameStateUpdate").await["active"] != true {}
    }

    /// Says an event; its answer, and the names of the player's own events before it.
    pub(crate) async fn ask(&mut self, event: &str, payload: Value) -> (Vec<String>, Value) {
        let id = self.say(event, payload).await;
        self.answer(id).await
    }

    /// The answer to what was said, and the names of the player's own events before it.
    pub(crate) async fn answer(&mut self, id: u64) -> (Vec<String>, Value) {
        let mut before = Vec::new();
        loop {
            match self.next().await.expect("a connection") {
                Heard::Ack(of, answer) if of == id => return (before, answer),
                Heard::Event(name, payload) if is_own(&name, &payload) => before.push(name),
                _ => {}
            }
        }
    }
}

/// True for what is said to a player, or about a player of this site.
pub(crate) fn is_own(name: &str, payload: &Value) -> bool {
    let of_player = payload["playerId"].as_str().is_some_and(|id| id.starts_with("did:demo:"));
    name == "playerUpdate" || of_player
}

/// A page of the site: its status and its body.
pub(crate) fn get(url: &str, path: &str) -> (u16, String) {
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// What the server keeps of an account.
pub(crate) fn account(url: &str, name: &str) -> Value {
    account_at(url, "account", name).expect("somebody of that name was here")
}

/// The same without its lists of orders and postings, which grow: for who looks again and again.
/// `None` until somebody of that name was there.
pub(crate) fn counts(url: &str, name: &str) -> Option<Value> {
    account_at(url, "counts", name)
}

fn account_at(url: &str, page: &str, name: &str) -> Option<Value> {
    let (status, body) = get(url, &format!("/{page}?account={name}"));
    (status == 200).then(|| serde_json::from_str(&body).unwrap())
}
