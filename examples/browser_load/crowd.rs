//! A site whose only page hears frames of generated games at a rate, each with its number and the time
//! at which it was sent.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use replayer::demo::feed_server::{Repertoire, ShowScript, Style};
use replayer::engine::source::Playlist;
use replayer::feed::event::GAME_STATE;
use tokio_tungstenite::tungstenite::{Message, accept};

use crate::child::until_let_go;
use crate::{Outcome, now, wait, wall_us};

/// The page: its own Socket.IO by hand, and the price on the screen.
const PAGE: &str = r#"<!doctype html><title>frames</title><p id="price"></p><script>
    const socket = new WebSocket("ws://" + location.host + "/socket.io/?EIO=4&transport=websocket");
    const price = document.getElementById("price");
    socket.onmessage = ({ data }) => {
        if (data[0] === "0") socket.send("40");
        if (data.startsWith("42")) price.textContent = JSON.parse(data.slice(2))[1].price;
    };
</script>"#;

/// Serves until it is let go; the lines that it says are its address, and what it sent.
pub(crate) fn serve(per_second: u64, seconds: u64) -> Outcome<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let url = format!("http://{}/", listener.local_addr()?);
    writeln!(std::io::stdout(), "{url}")?;
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            // A page that is gone is not news.
            thread::spawn(move || answer(stream, per_second, seconds));
        }
    });
    until_let_go()
}

fn answer(mut stream: TcpStream, per_second: u64, seconds: u64) -> Outcome<()> {
    let mut head = [0; 4_096];
    let read = stream.peek(&mut head)?;
    if String::from_utf8_lossy(&head[..read]).to_ascii_lowercase().contains("upgrade: websocket") {
        return play(stream, per_second, seconds);
    }
    let _ = stream.read(&mut head)?;
    let length = PAGE.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{PAGE}"
    )?;
    Ok(())
}

/// Says frames at the rate.
fn play(stream: TcpStream, per_second: u64, seconds: u64) -> Outcome<()> {
    stream.set_nodelay(true)?;
    let mut socket = accept(stream)?;
    socket.send(Message::text(r#"0{"sid":"x","upgrades":[],"pingInterval":25000}"#))?;
    socket.read()?;
    socket.send(Message::text(r#"40{"sid":"y"}"#))?;
    let repertoire = Repertoire::new(Playlist::Generated { seed: 7, games: u64::MAX }, 7)?;
    let script = ShowScript::new(repertoire, Style { padded: true, talkative: false });
    let frames = script.filter(|cue| cue.frame.event == GAME_STATE);
    let interval = Duration::from_secs(1) / u32::try_from(per_second)?;
    let (begun, mut bytes, mut behind) = (now(), 0, Duration::ZERO);
    for (number, cue) in (0..per_second * seconds).zip(frames) {
        let body = cue.frame.payload.get().strip_prefix('{').ok_or("a payload is an object")?;
        let due = interval * u32::try_from(number)?;
        match due.checked_sub(begun.elapsed()) {
            Some(early) => wait(early),
            None => behind = behind.max(begun.elapsed() - due),
        }
        let sent = wall_us();
        let text = format!("42[\"{GAME_STATE}\",{{\"number\":{number},\"sent\":{sent},{body}]");
        bytes += text.len() as u64;
        socket.send(Message::text(text))?;
    }
    let (took, behind) = (begun.elapsed().as_secs_f64(), behind.as_secs_f64() * 1_000.0);
    let mb = bytes / 1_000_000;
    writeln!(std::io::stdout(), "{mb} MB in {took:.1} s, at most {behind:.1} ms behind its rate")?;
    until_let_go()
}
