//! A site of our own: one page, whose script opens a WebSocket and speaks Socket.IO by hand.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use tokio_tungstenite::tungstenite::{Message, WebSocket, accept};

use super::PATIENCE;

/// The page. Its button tells the server that it was clicked, and whether by hand.
const PAGE: &str = r#"<!doctype html><title>a site</title>
<button id="buy" style="position:absolute;left:100px;top:60px;width:80px;height:40px">BUY</button>
<script>
    let socket;
    const say = (name, what) => socket.send("42" + JSON.stringify([name, what]));
    const open = () => {
        const query = "?EIO=4&transport=websocket&token=secret";
        socket = new WebSocket("ws://" + location.host + "/socket.io/" + query);
        socket.onmessage = ({ data }) => {
            if (data[0] === "0") socket.send("40");
            if (data === "2") socket.send("3");
            if (data.startsWith("42[\"do\"")) eval(JSON.parse(data.slice(2))[1].script);
        };
        socket.onclose = () => setTimeout(open, 100);
    };
    if (!location.search.includes("silent")) open();
    document.getElementById("buy").onclick = (event) => say("clicked", event.isTrusted);
    const secret = "of the page";
</script>"#;

/// What happened at the site.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Visit {
    /// A page was asked for.
    Page(String),
    /// A socket was opened: its number.
    Opened(u32),
    /// A text came over it.
    Said(u32, String),
    /// It is gone.
    Closed(u32),
}

type Sockets = Arc<Mutex<BTreeMap<u32, WebSocket<TcpStream>>>>;

pub(super) struct TestSite {
    port: u16,
    visits: Receiver<Visit>,
    sockets: Sockets,
}

impl TestSite {
    pub(super) fn start() -> Self {
        Self::at(0)
    }

    /// A site at a port.
    pub(super) fn at(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, visits) = channel();
        let sockets = Sockets::default();
        let shared = Arc::clone(&sockets);
        thread::spawn(move || {
            for (number, stream) in (1..).zip(listener.incoming().map_while(Result::ok)) {
                let (tell, sockets) = (tell.clone(), Arc::clone(&shared));
                thread::spawn(move || serve(stream, number, &tell, &sockets));
            }
        });
        Self { port, visits, sockets }
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// The next thing that is of interest; others are passed over.
    pub(super) fn wait<T>(&self, mut wanted: impl FnMut(Visit) -> Option<T>) -> T {
        loop {
            let visit = self.visits.recv_timeout(PATIENCE).expect("something happens at the site");
            if let Some(found) = wanted(visit) {
                return found;
            }
        }
    }

    /// Waits for the next socket of a page.
    pub(super) fn opened(&self) -> u32 {
        self.wait(|visit| if let Visit::Opened(number) = visit { Some(number) } else { None })
    }

    /// Waits for an event of a name that the page says; returns the rest of the text.
    pub(super) fn said(&self, name: &str) -> String {
        let head = format!("42[\"{name}\",");
        self.wait(|visit| match visit {
            Visit::Said(_, text) => text.strip_prefix(&head).map(str::to_owned),
            _ => None,
        })
    }

    /// Says a text to the page, over one of its sockets.
    pub(super) fn say(&self, socket: u32, text: impl Into<String>) {
        let mut sockets = self.sockets.lock().unwrap();
        let socket = sockets.get_mut(&socket).expect("the socket is open");
        socket.send(Message::text(text.into())).unwrap();
    }

    /// Has the page run a script of its own.
    pub(super) fn order(&self, socket: u32, script: &str) {
        self.say(socket, format!("42{}", serde_json::json!(["do", { "script": script }])));
    }

    /// Tears a socket.
    pub(super) fn cut(&self, socket: u32) {
        let sockets = self.sockets.lock().unwrap();
        sockets[&socket].get_ref().shutdown(Shutdown::Both).unwrap();
    }
}

/// An event of the game, numbered.
pub(super) fn game(n: u32) -> String {
    format!("42[\"gameStateUpdate\",{{\"n\":{n}}}]")
}

fn serve(mut stream: TcpStream, number: u32, tell: &Sender<Visit>, sockets: &Sockets) {
    let mut head = [0; 4_096];
    let Ok(read) = stream.peek(&mut head) else { return };
    let head = String::from_utf8_lossy(&head[..read]).into_owned();
    if head.to_ascii_lowercase().contains("upgrade: websocket") {
        return converse(stream, number, tell, sockets);
    }
    let _ = stream.read(&mut [0; 4_096]);
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let (kind, body) = if path == "/favicon.ico" { ("image/png", "") } else { ("text/html", PAGE) };
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n{body}"
    );
    let _ = tell.send(Visit::Page(path));
}

fn converse(stream: TcpStream, number: u32, tell: &Sender<Visit>, sockets: &Sockets) {
    let reading = stream.try_clone().unwrap();
    let Ok(mut socket) = accept(stream) else { return };
    let greeting = r#"0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#;
    if socket.send(Message::text(greeting)).is_err() {
        return;
    }
    let role = tokio_tungstenite::tungstenite::protocol::Role::Server;
    let mut incoming = WebSocket::from_raw_socket(reading, role, None);
    sockets.lock().unwrap().insert(number, socket);
    while let Ok(message) = incoming.read() {
        let Message::Text(text) = message else { continue };
        if text == "40" {
            let mut sockets = sockets.lock().unwrap();
            let socket = sockets.get_mut(&number).unwrap();
            let _ = socket.send(Message::text(r#"40{"sid":"y"}"#));
            let _ = socket.send(Message::text(game(0)));
            let _ = tell.send(Visit::Opened(number));
        } else {
            let _ = tell.send(Visit::Said(number, text.to_string()));
        }
    }
    let _ = tell.send(Visit::Closed(number));
}
