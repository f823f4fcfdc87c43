//! What stands in for a browser: it answers what is asked over the debugging port, and is itself
//! the page of a demo site, with its controls and its socket. A session joins it as it would join
//! Chromium, in a hundredth of the time; and the page can send an order in ways in which no page of
//! ours does.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Instant;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, accept_async, connect_async};

use crate::waiting::now;

/// The coin of real money.
const COIN: &str = "So11111111111111111111111111111111111111112";
/// Buttons, in a row: each 40 pixels wide. What stands on it, and what it is in the profile beside
/// its label.
const BUTTONS: [(&str, &str); 16] = [
    ("BUY", ""),
    ("SELL", ""),
    ("SIDEBET", ".bet-button"),
    ("X", "[class*='_clearButton_']"),
    ("+0.001", ""),
    ("+0.01", ""),
    ("+0.1", ""),
    ("+1", ""),
    ("1/2", ""),
    ("X2", ""),
    ("MAX", ""),
    ("10%", ""),
    ("25%", ""),
    ("50%", ""),
    ("100%", ""),
    ("", ""),
];
const WIDTH: usize = 40;

/// The way in which the page sends an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Over its socket, with a number.
    Socket,
    /// By another connection, which nobody hears.
    Http,
    /// By another connection, ten times as much.
    HttpTenfold,
    /// Over its socket, and without a number.
    NoNumber,
    /// Over its socket under a name that nobody knows, and by another connection.
    OtherName,
    /// Ten times as much.
    Tenfold,
    /// A sale of another percentage.
    OtherPercentage,
    /// In the practice coin.
    Practice,
    /// Over its socket, two times.
    Twice,
    /// Over its socket, with leverage.
    Leverage,
    /// Something else: a short.
    Short,
}

/// An order that the page sent.
#[derive(Debug, Clone)]
pub(crate) struct SentOrder {
    pub(crate) at: Instant,
    /// What the button and the field said.
    pub(crate) what: String,
    /// What it stakes, in thousandths.
    pub(crate) stake: u64,
}

/// What the page did and heard.
#[derive(Debug, Clone, Default)]
pub(crate) struct PageLog {
    pub(crate) orders: Vec<SentOrder>,
    /// When something was heard of the account.
    pub(crate) told: Vec<Instant>,
}

/// A browser that is not one, with a page at a site.
pub(crate) struct StandIn {
    pub(crate) address: SocketAddr,
    log: Arc<Mutex<PageLog>>,
    over: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl StandIn {
    /// Opens a page at a site, which sends the order of a number, from 1, in a way.
    pub(crate) fn open(site: &str, (number, way): (usize, Way)) -> Self {
        let (over, ended) = oneshot::channel::<()>();
        let log = Arc::<Mutex<PageLog>>::default();
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        let page = Page {
            site: site.to_owned(),
            address,
            number,
            way,
            log: Arc::clone(&log),
            socket: None,
            hidden: None,
            thousandths: 0,
            percent: 100,
            next: 0,
        };
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    _ = ended => {}
                    () = page.serve(listener) => {}
                }
            });
        });
        Self { address, log, over: Some(over), thread: Some(thread) }
    }

    pub(crate) fn log(&self) -> PageLog {
        self.log.lock().unwrap().clone()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        drop(self.over.take());
        let _ = self.thread.take().unwrap().join();
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

struct Page {
    site: String,
    address: SocketAddr,
    number: usize,
    way: Way,
    log: Arc<Mutex<PageLog>>,
    socket: Option<Socket>,
    /// The other connection.
    hidden: Option<Socket>,
    /// What is in the field.
    thousandths: u64,
    percent: u64,
    /// The number of the next acknowledgement.
    next: u64,
}

/// The next text of a connection; never, where there is none.
async fn heard(socket: &mut Option<Socket>) -> Option<String> {
    match socket {
        None => std::future::pending().await,
        Some(open) => match open.next().await {
            Some(Ok(Message::Text(text))) => Some(text.to_string()),
            Some(Ok(_)) => Some(String::new()),
            _ => {
                *socket = None;
                None
            }
        },
    }
}

fn event(method: &str, params: Value) -> Message {
    let event = json!({ "method": method, "params": params, "sessionId": "S" });
    Message::text(event.to_string())
}

fn framed(method: &str, text: &str) -> Message {
    let response = json!({ "opcode": 1, "mask": false, "payloadData": text });
    event(method, json!({ "requestId": "1", "timestamp": 0.0, "response": response }))
}

impl Page {
    /// Answers who asks for a browser, one after the other.
    async fn serve(mut self, listener: TcpListener) {
        loop {
            let Ok((mut stream, _)) = listener.accept().await else { return };
            let mut head = [0; 512];
            let read = stream.peek(&mut head).await.unwrap_or_default();
            if !head[..read].starts_with(b"GET /json/version") {
                self.attended(stream).await;
                continue;
            }
            let _ = stream.read(&mut head).await;
            let address = self.address;
            let body = json!({
                "Browser": "Chrome/156.0.0.0",
                "Protocol-Version": "1.3",
                "webSocketDebuggerUrl": format!("ws://{address}/devtools/browser/stand-in"),
            })
            .to_string();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n\
                 {body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    }

    /// Does what a session asks for, until it goes.
    async fn attended(&mut self, stream: TcpStream) {
        let Ok(mut devtools) = accept_async(stream).await else { return };
        loop {
            let mut out = Vec::new();
            tokio::select! {
                command = devtools.next() => match command {
                    Some(Ok(Message::Text(text))) => {
                        let command: Value = serde_json::from_str(&text).unwrap();
                        let result = self.obey(&command, &mut out).await;
                        let answer = json!({ "id": command["id"], "result": result,
                            "sessionId": command["sessionId"] });
                        let mut answer = answer;
                        if answer["sessionId"].is_null() {
                            answer.as_object_mut().unwrap().remove("sessionId");
                        }
                        out.push(Message::text(answer.to_string()));
                    }
                    Some(Ok(_)) => {}
                    _ => return,
                },
                text = heard(&mut self.socket) => match text {
                    Some(text) => self.hear(&text, &mut out).await,
                    None => {
                        out.push(event("Network.webSocketClosed", json!({ "requestId": "1" })));
                    }
                },
                text = heard(&mut self.hidden) => {
                    if let Some(text) = text {
                        greet(&mut self.hidden, &text).await;
                    }
                }
            }
            for message in out {
                if devtools.send(message).await.is_err() {
                    return;
                }
            }
        }
    }

    async fn obey(&mut self, command: &Value, out: &mut Vec<Message>) -> Value {
        let params = &command["params"];
        match command["method"].as_str().unwrap() {
            "Target.getTargets" => json!({ "targetInfos": [
                { "targetId": "T", "type": "page", "url": format!("{}/", self.site) }
            ] }),
            "Target.attachToTarget" => json!({ "sessionId": "S" }),
            "Page.getFrameTree" => json!({ "frameTree": { "frame": {
                "id": "F", "loaderId": "L", "url": format!("{}/", self.site)
            } } }),
            "Network.enable" => {
                self.connect(out).await;
                json!({})
            }
            "Page.createIsolatedWorld" => json!({ "executionContextId": 1 }),
            "Runtime.evaluate" => json!({ "result": { "type": "object", "objectId": "W" } }),
            "Runtime.callFunctionOn" => {
                let value = match params["functionDeclaration"].as_str() {
                    Some(function) if function.contains("question.selectors") => {
                        self.survey(&params["arguments"][0]["value"]["selectors"])
                    }
                    // Whatever else watches the page has nothing against a click.
                    _ => json!({ "passed": 1, "stopped": null }),
                };
                json!({ "result": { "type": "object", "value": value } })
            }
            "Input.dispatchMouseEvent" => {
                if params["type"] == "mouseReleased" {
                    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                    let at = params["x"].as_f64().unwrap() as usize / WIDTH;
                    self.press(BUTTONS[at].0, out).await;
                }
                json!({})
            }
            _ => json!({}),
        }
    }

    async fn connect(&mut self, out: &mut Vec<Message>) {
        let address = self.site.replace("http:", "ws:");
        let address = format!("{address}/socket.io/?EIO=4&transport=websocket");
        let hides = matches!(self.way, Way::Http | Way::HttpTenfold | Way::OtherName);
        if hides && self.hidden.is_none() {
            self.hidden = Some(connect_async(&address).await.unwrap().0);
        }
        self.socket = Some(connect_async(&address).await.unwrap().0);
        let url = json!({ "requestId": "1", "url": address });
        out.push(event("Network.webSocketCreated", url));
    }

    /// What the page hears, and what it says to that.
    async fn hear(&mut self, text: &str, out: &mut Vec<Message>) {
        let own = ["playerUpdate", "standard/newTrade", "currentSidebet"];
        if text.starts_with("43") || own.iter().any(|name| text.contains(name)) {
            self.log.lock().unwrap().told.push(now());
        }
        if !text.is_empty() {
            out.push(framed("Network.webSocketFrameReceived", text));
        }
        if let Some(said) = greet(&mut self.socket, text).await {
            out.push(framed("Network.webSocketFrameSent", &said));
        }
    }

    fn survey(&self, selectors: &Value) -> Value {
        let selectors: Vec<&str> =
            selectors.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        let element = |at: usize, tag: &str, text: &str, css: &[&str]| {
            let hits: Vec<usize> = (0..selectors.len())
                .filter(|&place| css.iter().any(|css| selectors[place].contains(css)))
                .collect();
            let [left, top] = [at * WIDTH, if at < BUTTONS.len() { 100 } else { 10 }];
            let place = json!([left, top, WIDTH - 10, 20]);
            json!({ "tag": tag, "role": "", "text": text, "name": "", "hits": hits,
                "parent": null, "box": place, "later": place, "visible": true, "inView": true,
                "enabled": true, "reached": true, "over": tag, "value": null, "pressed": null })
        };
        let mut elements: Vec<Value> = Vec::new();
        for (at, (label, css)) in BUTTONS.into_iter().enumerate().filter(|(_, it)| !it.0.is_empty())
        {
            let css: &[&str] = if css.is_empty() { &[] } else { &[css] };
            let text = match label {
                "BUY" if self.thousandths > 0 => format!("BUY+{} SOL", self.amount()),
                _ => label.to_owned(),
            };
            let mut button = element(at, "button", &text, css);
            if let Some(percent) = label.strip_suffix('%') {
                button["pressed"] = Value::Bool(percent == self.percent.to_string());
            }
            elements.push(button);
        }
        let field = &["input[type='number']", "input[placeholder*='amount'"];
        let mut field = element(16, "input", "", field);
        field["value"] = self.amount().into();
        elements.push(field);
        elements.push(element(18, "span", "10.000 SOL", &["[data-balance]"]));
        elements.push(element(20, "span", "0.000 SOL", &["[data-position]"]));
        json!({ "elements": elements, "bad": [], "drawn": true, "width": 1200, "height": 800 })
    }

    fn amount(&self) -> String {
        format!("{}.{:03}", self.thousandths / 1_000, self.thousandths % 1_000)
    }

    async fn press(&mut self, button: &str, out: &mut Vec<Message>) {
        match button {
            "X" => self.thousandths = 0,
            "+0.001" => self.thousandths += 1,
            "+0.01" => self.thousandths += 10,
            "+0.1" => self.thousandths += 100,
            "+1" => self.thousandths += 1_000,
            "1/2" => self.thousandths /= 2,
            "X2" => self.thousandths *= 2,
            "BUY" => self.order("buyOrder", self.thousandths, out).await,
            "SIDEBET" => self.order("requestSidebet", self.thousandths, out).await,
            "SELL" => self.order("sellOrder", 0, out).await,
            percent => {
                if let Some(percent) = percent.strip_suffix('%') {
                    self.percent = percent.parse().unwrap();
                }
            }
        }
    }

    /// Sends an order, in its way.
    async fn order(&mut self, name: &str, stake: u64, out: &mut Vec<Message>) {
        let count = {
            let mut log = self.log.lock().unwrap();
            let much = if stake > 0 { self.amount() } else { format!("{}%", self.percent) };
            let what = format!("{name} {much}");
            log.orders.push(SentOrder { at: now(), what, stake });
            log.orders.len()
        };
        let way = if count == self.number { self.way } else { Way::Socket };
        let tenfold = matches!(way, Way::Tenfold | Way::HttpTenfold);
        let stake = if tenfold { stake * 10 } else { stake };
        #[expect(clippy::cast_precision_loss, reason = "as a page does")]
        let amount = stake as f64 / 1_000.0;
        let percent =
            if way == Way::OtherPercentage { 100 - self.percent / 2 } else { self.percent };
        let coin = if way == Way::Practice { "0xPractice" } else { COIN };
        let mut payload = match name {
            "sellOrder" => json!({ "percentage": percent }),
            "buyOrder" => json!({ "amount": amount }),
            _ => json!({ "amount": amount, "coinAddress": coin, "xPayout": 5 }),
        };
        match way {
            Way::Leverage => payload["leverage"] = 5.into(),
            Way::Practice => payload["coin"] = "0xPractice".into(),
            _ => {}
        }
        let hidden = json!([name, payload]).to_string();
        match way {
            Way::Http | Way::HttpTenfold => say(&mut self.hidden, format!("42{hidden}")).await,
            Way::OtherName => {
                self.said(format!("42{}", json!(["place", payload])), out).await;
                say(&mut self.hidden, format!("42{hidden}")).await;
            }
            Way::NoNumber => self.said(format!("42{hidden}"), out).await,
            Way::Short => {
                let id = self.id();
                self.said(format!("42{id}{}", json!(["shortOrder", payload])), out).await;
            }
            _ => {
                for _ in 0..if way == Way::Twice { 2 } else { 1 } {
                    let id = self.id();
                    self.said(format!("42{id}{hidden}"), out).await;
                }
            }
        }
    }

    const fn id(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Says something on the socket that is heard.
    async fn said(&mut self, text: String, out: &mut Vec<Message>) {
        out.push(framed("Network.webSocketFrameSent", &text));
        say(&mut self.socket, text).await;
    }
}

async fn say(socket: &mut Option<Socket>, text: String) {
    if let Some(socket) = socket {
        let _ = socket.send(Message::text(text)).await;
    }
}

/// What a page says by itself: its greeting, its login, and that it is there.
async fn greet(socket: &mut Option<Socket>, text: &str) -> Option<String> {
    let answer = if text.starts_with('0') {
        "40".to_owned()
    } else if text.starts_with("40") {
        format!("42{}", json!(["authenticate", { "account": "demo" }]))
    } else if text == "2" {
        "3".to_owned()
    } else {
        return None;
    };
    say(socket, answer.clone()).await;
    Some(answer)
}
