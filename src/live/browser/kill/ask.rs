//! The client of the socket: asks the kill switch to switch off.

use std::io;
use std::path::Path;
use std::time::Duration;

use rustix::process::geteuid;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::runtime::Builder;
use tokio::time::timeout;

use super::words::{Question, Standing, open_said_by};
use super::{ANSWER_BYTES_MAX, is_trusted};
use crate::base::error::{Error, ErrorKind};
use crate::base::runtime::threads;

/// Longest time for an answer: some milliseconds are usual.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the session that listens at a path.
///
/// # Errors
/// [`ErrorKind::Io`] when nobody listens there, [`ErrorKind::Safety`] when it is somebody else,
/// [`ErrorKind::Live`] when the answer does not come, or says nothing.
pub fn ask(path: &Path, question: &Question) -> Result<Standing, Error> {
    ask_what_is_open(path, question).map(|(standing, _)| standing)
}

/// Asks the session that listens at a path, and hears what is open there, as JSON with its sentence
/// in `text`; `None` where the session does not say so.
///
/// # Errors
/// As [`ask`].
pub fn ask_what_is_open(
    path: &Path,
    question: &Question,
) -> Result<(Standing, Option<Value>), Error> {
    let runtime = threads::start(&mut Builder::new_current_thread());
    let runtime = runtime
        .map_err(|error| Error::new(ErrorKind::Live, "could not open a socket").caused_by(error))?;
    let asked = async { timeout(PATIENCE, asked(path, question)).await };
    runtime.block_on(asked).unwrap_or_else(|_| {
        let what = format!("the session at {} did not answer within {PATIENCE:?}", path.display());
        Err(unanswered(what))
    })
}

async fn asked(path: &Path, question: &Question) -> Result<(Standing, Option<Value>), Error> {
    let mut stream = UnixStream::connect(path).await.map_err(|error| {
        let what = format!("no session listens at {}", path.display());
        let error = Error::new(ErrorKind::Io, what).caused_by(error);
        error.hint("only sessions of `replayer live --browser` do; is it another socket?")
    })?;
    let failed = |error: io::Error| {
        unanswered(format!("the session at {} hung up", path.display())).caused_by(error)
    };
    // Somebody else's "off" must not be believed.
    let owner = stream.peer_cred().map_err(failed)?.uid();
    if !is_trusted(owner) && !geteuid().is_root() {
        let what = format!("who listens at {} is somebody else, user {owner}", path.display());
        return Err(
            Error::new(ErrorKind::Safety, what).hint("the session goes on; send it SIGUSR1")
        );
    }
    stream.write_all(format!("{question}\n").as_bytes()).await.map_err(failed)?;
    stream.shutdown().await.map_err(failed)?;
    let mut answer = String::new();
    stream.take(ANSWER_BYTES_MAX).read_to_string(&mut answer).await.map_err(failed)?;
    let mut lines = answer.lines();
    let standing = Standing::said_by(lines.next().unwrap_or_default()).ok_or_else(|| {
        unanswered(format!("the session at {} answered nothing that is one", path.display()))
    })?;
    Ok((standing, lines.next().and_then(open_said_by)))
}

fn unanswered(what: String) -> Error {
    Error::new(ErrorKind::Live, what)
        .hint("end the process of the session: kill -9 cannot be ignored")
}
