//! The kill switch: ways for a person to end all clicking at once.
//!
//! ```text
//! SIGUSR1 ───────────────────────────┐
//! socket ── kill, status ── same user┼─> ArmSwitch: off, and it stays off
//! terminal ── k, Enter ──────────────┘
//! ```
//!
//! The socket is a file that its owner alone can reach; the system says who speaks,
//! too. Nothing else comes over it: no word switches on again.
//!
//! Signal, socket and terminal are listened to on threads of their own: whatever the tasks of the
//! session do, they are not in the way.

mod ask;
mod place;
mod terminal;
mod words;

use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::process::geteuid;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::warn;

pub use ask::{ask, ask_what_is_open};
use place::KillSocket;
pub use place::default_path;
pub use terminal::on_the_terminal;
pub use words::{Question, Standing};

use super::ArmSwitch;
use crate::base::error::{Error, ErrorKind};
use crate::base::runtime::{Runtime, Shutdown, threads};
use crate::live::orders::OrderLog;

/// Most that is read of a connection, in bytes: a line has at most 200 characters.
const QUESTION_BYTES_MAX: u64 = 4_096;
/// Most that is read of an answer, in bytes.
const ANSWER_BYTES_MAX: u64 = 4_096;
/// Longest life of a connection.
const PATIENCE: Duration = Duration::from_secs(5);
/// Connections at a time: more wait.
const CONNECTIONS_MAX: usize = 16;

/// The signal and the socket of a session. Dropped, the socket's file is removed.
#[derive(Debug)]
pub struct KillSwitch {
    place: KillSocket,
    listener: std::os::unix::net::UnixListener,
    /// What says what is open, where anything does.
    orders: Option<OrderLog>,
}

impl KillSwitch {
    /// Takes a path for the socket. It is answered as soon as [`KillSwitch::run`] runs.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a path that cannot be one, [`ErrorKind::Safety`] when its folder is
    /// not ours alone, [`ErrorKind::Live`] when another session listens there, [`ErrorKind::Io`].
    pub fn at(path: &Path) -> Result<Self, Error> {
        let (place, listener) = KillSocket::listen(path)?;
        Ok(Self { place, listener, orders: None })
    }

    /// Says what is open with every answer.
    #[must_use]
    pub fn telling(self, orders: OrderLog) -> Self {
        Self { orders: Some(orders), ..self }
    }

    /// The path of the socket.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// Listens for SIGUSR1 and at the socket on a thread of its own, until the tasks of a session
    /// stop. Its end is waited for, and its failure stops them, as if it were one of them.
    ///
    /// # Errors
    /// [`ErrorKind::Live`] when the system gives no thread.
    pub fn start(self, session: &mut Runtime, switch: ArmSwitch) -> Result<(), Error> {
        let own = threads::start(&mut Builder::new_current_thread()).map_err(failed)?;
        let shutdown = session.shutdown().clone();
        let (ended, end) = oneshot::channel();
        thread::Builder::new()
            .name("kill-switch".to_owned())
            // The session is gone only when it did not wait.
            .spawn(move || drop(ended.send(own.block_on(self.run(switch, shutdown)))))
            .map_err(failed)?;
        session.spawn("kill switch", async move {
            end.await.unwrap_or_else(|_| {
                Err(Error::new(ErrorKind::Live, "the kill switch is no longer there"))
            })
        });
        Ok(())
    }

    /// Listens for SIGUSR1 and at the socket until it is time to stop.
    async fn run(self, switch: ArmSwitch, shutdown: Shutdown) -> Result<(), Error> {
        let mut signals = signal(SignalKind::user_defined1()).map_err(failed)?;
        let listener = UnixListener::from_std(self.listener).map_err(failed)?;
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                _ = signals.recv() => switch.disarm("killed by SIGUSR1"),
                () = shutdown.stopped() => return Ok(()),
                Some(_) = connections.join_next() => {}
                accepted = listener.accept(), if connections.len() < CONNECTIONS_MAX => {
                    match accepted {
                        Ok((stream, _)) => {
                            let served = serve(stream, switch.clone(), self.orders.clone());
                            connections.spawn(timeout(PATIENCE, served));
                        }
                        Err(error) => {
                            warn!("the kill switch's socket: {error}");
                            sleep(Duration::from_millis(100)).await;
                        }
                    }
                }
            }
        }
    }
}

fn failed(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Live, "there is no kill switch").caused_by(error)
}

/// Whether a user may switch off: the one whose session it is, and the superuser.
fn is_trusted(user: u32) -> bool {
    user == geteuid().as_raw() || user == 0
}

/// Answers what comes over a connection, line by line.
async fn serve(stream: UnixStream, switch: ArmSwitch, orders: Option<OrderLog>) {
    match stream.peer_cred().map(|peer| peer.uid()) {
        Ok(user) if is_trusted(user) => {}
        other => return warn!("somebody else spoke to the kill switch: {other:?}"),
    }
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader.take(QUESTION_BYTES_MAX)).lines();
    // What is not text ends the connection, and so does its reader.
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match Question::of(&line) {
            Some(question) => question.carry_out(&switch, "on the socket").to_string(),
            None => "say `kill`, `kill REASON` or `status`".to_owned(),
        };
        let open = orders.as_ref().map(|orders| words::open_line(&orders.open()));
        let answer = format!("{answer}\n{}", open.unwrap_or_default());
        if writer.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}
