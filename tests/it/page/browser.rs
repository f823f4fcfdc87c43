//! A headless Chromium of our own: launched, driven over its debugging port, and ended with us.
//!
//! Every wait has an end: a browser that hangs fails its test and no other
//! (docs/spec/browser.md#the-library).

use std::future::Future;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;

use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetEmulatedMediaParams,
};
use chromiumoxide::cdp::browser_protocol::input::{DispatchKeyEventParams, DispatchKeyEventType};
use chromiumoxide::cdp::browser_protocol::log::EventEntryAdded;
use chromiumoxide::cdp::browser_protocol::network::EventRequestWillBeSent;
use chromiumoxide::cdp::browser_protocol::page::{
    CaptureScreenshotFormat, EventJavascriptDialogOpening, HandleJavaScriptDialogParams,
    PrintToPdfParams,
};
use chromiumoxide::cdp::js_protocol::runtime::{EventConsoleApiCalled, EventExceptionThrown};
use chromiumoxide::error::CdpError;
use chromiumoxide::page::ScreenshotParams;
use chromiumoxide::{Browser, Page};
use futures_util::StreamExt;
use replayer::live::browser::CHROMIUM;
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::timeout;

use crate::browser::turn;
use crate::machine::Turn;
use crate::waiting::PATIENCE;

/// A running browser with a profile of its own.
struct Chromium {
    child: Child,
    address: String,
    _profile: TempDir,
    _turn: Turn,
}

/// A page that is open, and everything that it did behind its reader's back.
pub(crate) struct Opened {
    page: Page,
    requests: tokio::task::JoinHandle<()>,
    seen: std::sync::Arc<Mutex<Vec<String>>>,
}

/// Opens a page in a browser and looks at it; says that it was skipped where there is no browser.
pub(crate) fn look<F: Future<Output = ()>>(file: &Path, at_it: impl FnOnce(Opened) -> F) {
    look_at(&format!("file://{}", file.canonicalize().unwrap().display()), at_it);
}

/// The same of a page by its address.
pub(crate) fn look_at<F: Future<Output = ()>>(address: &str, at_it: impl FnOnce(Opened) -> F) {
    let Some(turn) = turn() else { return };
    let chromium = Chromium::launch(turn);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (browser, mut handler) = timely(Browser::connect(&chromium.address)).await.unwrap();
        let driver = tokio::spawn(async move {
            while let Some(event) = handler.next().await {
                if matches!(event, Err(ref error) if !matches!(error, CdpError::InvalidMessage(..)))
                {
                    break;
                }
            }
        });
        let page = timely(browser.new_page("about:blank")).await.unwrap();
        let opened = Opened::open(page, address).await;
        timely(at_it(opened)).await;
        driver.abort();
    });
}

async fn timely<T>(awaited: impl Future<Output = T>) -> T {
    timeout(PATIENCE, awaited).await.expect("the browser answers in time")
}

impl Chromium {
    fn launch(turn: Turn) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut command = Command::new(CHROMIUM);
        command
            .args([
                "--headless=new",
                "--remote-debugging-port=0",
                "--no-first-run",
                "--disable-gpu",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .args(["--disable-quic", "--hide-scrollbars", "--force-device-scale-factor=1"])
            .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", profile.path())
            .env("TMPDIR", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        // Root cannot have the sandbox; the only pages opened here are those just written.
        if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.arg("--no-sandbox");
        }
        let mut child = command.arg("about:blank").spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (said, heard) = mpsc::channel();
        // Its stderr is read for as long as it lives: a full pipe would stop it.
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if let Some(address) = line.strip_prefix("DevTools listening on ") {
                    let _ = said.send(address.to_owned());
                }
            }
        });
        let address = heard.recv_timeout(PATIENCE).expect("Chromium says where it listens");
        assert!(address.starts_with("ws://127.0.0.1:"), "{address}");
        Self { child, address, _profile: profile, _turn: turn }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Opened {
    async fn open(page: Page, address: &str) -> Self {
        // Listeners first: what happens while the page loads counts most.
        let mut requests = page.event_listener::<EventRequestWillBeSent>().await.unwrap();
        let mut console = page.event_listener::<EventConsoleApiCalled>().await.unwrap();
        let mut thrown = page.event_listener::<EventExceptionThrown>().await.unwrap();
        let mut entries = page.event_listener::<EventEntryAdded>().await.unwrap();
        let seen = std::sync::Arc::new(Mutex::new(Vec::new()));
        let (noted, own) = (seen.clone(), address.to_owned());
        let watching = tokio::spawn(async move {
            let note = |what: String| noted.lock().unwrap().push(what);
            loop {
                tokio::select! {
                    Some(event) = requests.next() => {
                        let url = &event.request.url;
                        if *url != own && !url.starts_with("data:") { note(format!("request: {url}")); }
                    }
                    Some(event) = console.next() => note(format!("console: {:?}", event.args)),
                    Some(event) = thrown.next() => note(format!("thrown: {:?}", event.exception_details)),
                    Some(event) = entries.next() => note(format!("log: {}", event.entry.text)),
                    else => break,
                }
            }
        });
        let opened = Self { page, requests: watching, seen };
        opened.resize(1280, 900).await;
        timely(opened.page.goto(address)).await.unwrap();
        opened
    }

    /// What it asked the network for, said on the console, or threw.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// The value of an expression in the page.
    pub(crate) async fn value(&self, expression: &str) -> Value {
        let result = timely(self.page.evaluate(expression)).await;
        let result = result.unwrap_or_else(|error| panic!("{expression}: {error}"));
        result.value().cloned().unwrap_or(Value::Null)
    }

    /// What a function makes of an argument, waited for where it is a promise; `None` where the
    /// page is gone meanwhile.
    pub(crate) async fn call(&self, function: &str, argument: &Value) -> Option<Value> {
        let expression = format!("({function})({argument})");
        let result = timely(self.page.evaluate(expression)).await.ok()?;
        result.value().cloned()
    }

    /// What the dialog says that opens after this was done; it is closed.
    pub(crate) async fn dialog_after(&self, doing: impl FnOnce()) -> String {
        let mut dialogs = self.page.event_listener::<EventJavascriptDialogOpening>().await.unwrap();
        doing();
        let dialog = timely(dialogs.next()).await.unwrap();
        timely(self.page.execute(HandleJavaScriptDialogParams::new(false))).await.unwrap();
        dialog.message.clone()
    }

    /// Clicks with the left button at CSS pixels of the window.
    pub(crate) async fn click(&self, x: f64, y: f64) {
        let at = chromiumoxide::layout::Point::new(x, y);
        timely(self.page.click(at)).await.unwrap();
    }

    /// Makes the window so large.
    pub(crate) async fn resize(&self, width: i64, height: i64) {
        let size = SetDeviceMetricsOverrideParams::new(width, height, 1.0, false);
        timely(self.page.execute(size)).await.unwrap();
    }

    /// Sets what the system prefers: `light` or `dark`.
    pub(crate) async fn prefer(&self, scheme: &str) {
        let feature = MediaFeature::new("prefers-color-scheme", scheme);
        let media = SetEmulatedMediaParams::builder().feature(feature).build();
        timely(self.page.execute(media)).await.unwrap();
    }

    /// Presses a key, as a person would: `Tab`, `ArrowRight`.
    pub(crate) async fn press(&self, key: &str) {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "ArrowLeft" => 37,
            "ArrowRight" => 39,
            "Home" => 36,
            "End" => 35,
            other => panic!("no code for {other}"),
        };
        for kind in [DispatchKeyEventType::RawKeyDown, DispatchKeyEventType::KeyUp] {
            let event = DispatchKeyEventParams::builder()
                .r#type(kind)
                .key(key)
                .code(key)
                .windows_virtual_key_code(code)
                .build()
                .unwrap();
            timely(self.page.execute(event)).await.unwrap();
        }
    }

    /// Opens another page in its place.
    pub(crate) async fn visit(&self, file: &Path) {
        let address = format!("file://{}", file.canonicalize().unwrap().display());
        timely(self.page.goto(address)).await.unwrap();
    }

    /// The whole page as a PNG, also what is below its window.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        self.drawn(true).await
    }

    /// What the window shows of the page, as a PNG.
    pub(crate) async fn window(&self) -> Vec<u8> {
        self.drawn(false).await
    }

    async fn drawn(&self, whole: bool) -> Vec<u8> {
        let format = CaptureScreenshotFormat::Png;
        let params = ScreenshotParams::builder().format(format).full_page(whole).build();
        timely(self.page.screenshot(params)).await.unwrap()
    }

    /// The page as it is printed, as a PDF.
    pub(crate) async fn print(&self) -> Vec<u8> {
        let params = PrintToPdfParams::builder().print_background(true).build();
        timely(self.page.pdf(params)).await.unwrap()
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.requests.abort();
    }
}
