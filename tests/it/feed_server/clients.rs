//! What clients hear of a show, whenever they come and however slow they are.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use replayer::base::runtime::{Runtime, Shutdown};
use replayer::demo::feed_server::{self, Config, FeedServerHandle, ShowPace, ShowScript, Style};
use replayer::feed::bridge::{Client, Incoming};
use replayer::feed::socketio::Packet;
use serde_json::Value;

use super::repertoire;
use crate::machine::{listen_again, pace, port};
use crate::waiting::{PATIENCE, until};

fn start(games: u64, change: impl FnOnce(&mut Config)) -> FeedServerHandle {
    let mut config = Config::new(repertoire(games));
    config.pace = pace(1_000.0);
    config.wait_for_client = true;
    change(&mut config);
    feed_server::start(config).unwrap()
}

/// A client that keeps the payloads of game frames, until the connection is lost.
fn listen(server: &FeedServerHandle) -> (Runtime, Receiver<Value>) {
    let client = Client::new(crate::live::way_to(&server.url())).unwrap();
    let shutdown = Shutdown::new();
    let mut runtime = Runtime::start(shutdown.clone()).unwrap();
    let (sender, heard) = channel();
    let mut sender = Some(sender);
    let handler = move |incoming: Incoming<'_>| {
        match incoming {
            Incoming::Message { text, .. } => {
                if let Ok(Packet::Event(event)) = Packet::parse(text)
                    && event.name == "gameStateUpdate"
                    && let (Some(payload), Some(sender)) = (event.payload(), &sender)
                {
                    let _ = sender.send(serde_json::from_str(payload.get()).unwrap());
                }
            }
            Incoming::Disconnected { .. } => sender = None,
            Incoming::Connected { .. } | Incoming::Beat { .. } => {}
        }
        Ok(())
    };
    runtime.spawn("client", client.follow(handler, shutdown));
    (runtime, heard)
}

fn all(heard: &Receiver<Value>) -> Vec<Value> {
    std::iter::from_fn(|| heard.recv_timeout(PATIENCE).ok()).collect()
}

#[test]
fn all_clients_hear_the_same_from_the_moment_they_came() {
    let server = start(4, |config| config.pace = pace(100.0));
    let (first, heard) = listen(&server);
    let welcome = heard.recv_timeout(PATIENCE).unwrap();
    assert_eq!(welcome["prices"].as_array().unwrap().len(), 1);
    until("a game is over", || server.counters().games >= 1);
    let (late, heard_late) = listen(&server);
    let (early, later) = (all(&heard), all(&heard_late));
    // The first frame of a connection is made for it; the rest is told to all.
    let same = &early[early.len() - (later.len() - 1)..];
    assert!(same.len() > 100);
    assert_eq!(same, &later[1..]);
    let prices = later[0]["prices"].as_array().unwrap();
    let tick = later[0]["partialPrices"].as_object();
    assert!(tick.is_none() && later[0]["gameHistory"].as_array().unwrap().len() >= 10);
    if later[0]["active"] == true && later[0]["rugged"] == false {
        assert_eq!(prices.len() as u64, later[0]["tickCount"].as_u64().unwrap() + 1);
    }
    first.join().unwrap();
    late.join().unwrap();
}

#[test]
fn no_speed_changes_what_is_told() {
    let told = |pace| {
        let server = start(2, |config| config.pace = pace);
        let (runtime, heard) = listen(&server);
        let told = all(&heard);
        runtime.join().unwrap();
        told
    };
    assert_eq!(told(ShowPace::Max), told(pace(500.0)));
}

#[test]
fn a_client_that_reads_nothing_is_let_go_and_the_others_miss_nothing() {
    let style = Style { padded: true, talkative: false };
    let server = start(20, |config| {
        config.style = style;
        // 10 MB/s, and two seconds of it: who reads is never that late, who does not is found out.
        config.pace = pace(250.0);
        config.limits.queue_frames = 2_048;
    });
    let mut deaf = TcpStream::connect(server.address()).unwrap();
    deaf.write_all(
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\n\
          upgrade: websocket\r\nsec-websocket-version: 13\r\n\
          sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    )
    .unwrap();
    let mut answer = [0; 12];
    deaf.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 101");
    // `40` in a masked frame: enters the namespace, and reads no more.
    deaf.write_all(&[0x81, 0x82, 0, 0, 0, 0, b'4', b'0']).unwrap();
    let (runtime, heard) = listen(&server);
    let told = all(&heard);
    assert_eq!(server.counters().slow, 1);
    let script = ShowScript::new(repertoire(20), style);
    let whole: Vec<Value> =
        script.map(|cue| serde_json::from_str(cue.frame.payload.get()).unwrap()).collect();
    assert!(told.len() > 100);
    assert!(whole.ends_with(&told[1..]));
    runtime.join().unwrap();
}

#[test]
fn a_server_stops_in_the_middle_of_its_show_and_its_port_is_free_again() {
    for _ in 0..20 {
        // One that nobody else is given when it is free.
        let address = (Ipv4Addr::LOCALHOST, port()).into();
        let server = start(1_000, |config| config.address = address);
        let (runtime, heard) = listen(&server);
        heard.recv_timeout(PATIENCE).unwrap();
        server.stop();
        drop(listen_again(address));
        runtime.join().unwrap();
    }
}
