//! Somebody who asks for the metrics, as Prometheus would.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use replayer::live::monitor::{HostNames, Metrics, Monitor};

use crate::{Outcome, wait};

/// Serves the metrics of a session and asks for them once a second.
pub(crate) struct Scraper {
    over: Arc<AtomicBool>,
    thread: JoinHandle<Outcome<(u64, usize)>>,
    _monitor: Monitor,
}

impl Scraper {
    pub(crate) fn start(metrics: Arc<Metrics>) -> Outcome<Self> {
        let monitor =
            Monitor::start((Ipv4Addr::LOCALHOST, 0).into(), &HostNames::default(), metrics)?;
        let (address, over) = (monitor.address(), Arc::new(AtomicBool::new(false)));
        let seen = Arc::clone(&over);
        let thread = thread::spawn(move || {
            let (mut scrapes, mut bytes) = (0, 0);
            while !seen.load(Relaxed) {
                bytes = ask(address)?.len();
                scrapes += 1;
                wait(Duration::from_secs(1));
            }
            Ok((scrapes, bytes))
        });
        Ok(Self { over, thread, _monitor: monitor })
    }

    /// How often, and how much the last time, in words.
    pub(crate) fn end(self) -> Outcome<String> {
        self.over.store(true, Relaxed);
        let (scrapes, bytes) = self.thread.join().map_err(|_| "nobody scraped")??;
        Ok(format!("{scrapes}, the last of {bytes} bytes"))
    }
}

fn ask(address: SocketAddr) -> Outcome<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.starts_with("HTTP/1.1 200") { Ok(answer) } else { Err(answer.into()) }
}
