//! One connection, from the greeting to its loss.

use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant as Alarm, MissedTickBehavior, interval, sleep_until};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::config::Config;
use super::counters::ConnectionCounters;
use super::incoming::{Halt, Incoming, Why};
use super::link::{SocketLink, Transport};
use super::outbox::Outbox;
use crate::base::clock::now;
use crate::base::runtime::Shutdown;
use crate::feed::socketio::{Ack, Head, Packet, PacketKind};

/// Time between two beats: 500 ms.
const BEAT: Duration = Duration::from_millis(500);

/// The context of a session.
pub(super) struct SocketSession<'a, T> {
    pub(super) config: &'a Config,
    pub(super) counters: &'a ConnectionCounters,
    pub(super) outbox: &'a mut Outbox,
    pub(super) link: &'a mut SocketLink<T>,
    /// Longest time without a ping.
    pub(super) silence: Duration,
}

/// How a session ended, unless its handler failed.
#[derive(Debug)]
pub(super) enum End {
    /// The shutdown token stopped it.
    Stopped,
    /// The connection was lost.
    Lost(Why),
}

/// The next step of a session.
enum Turn {
    Frame(Option<Utf8Bytes>),
    Wish(String),
    Beat,
    End(End),
}

impl<T: Transport> SocketSession<'_, T> {
    /// Passes on events until the connection is lost, the handler fails or shutdown begins.
    pub(super) async fn run(
        mut self,
        handler: &mut impl FnMut(Incoming<'_>) -> Result<(), Halt>,
        shutdown: &Shutdown,
    ) -> Result<End, Halt> {
        // One alarm for the whole connection, moved only by pings: an alarm reset with every turn
        // of the loop would never fire while anything else happens (docs/spec/libraries.md#alarms).
        let mut alarm = pin!(sleep_until(Alarm::now() + self.silence));
        let mut stopped = pin!(shutdown.stopped());
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let idle = self.link.is_idle();
            let turn = tokio::select! {
                biased;
                () = &mut stopped => Turn::End(End::Stopped),
                _ = beat.tick() => Turn::Beat,
                request = self.outbox.next(&self.config.namespace), if idle => Turn::Wish(request),
                frame = self.link.next(self.counters) => match frame {
                    Ok(frame) => Turn::Frame(frame),
                    Err(why) => Turn::End(End::Lost(why)),
                },
                // Checked after the frames: a ping that is late only because we were slow still
                // counts.
                () = &mut alarm => Turn::End(End::Lost(Why::Silent(self.silence))),
            };
            let outcome = match turn {
                Turn::End(end) => return Ok(end),
                Turn::Wish(text) => self.link.put(text),
                Turn::Beat => {
                    handler(Incoming::Beat { at: now().0 })?;
                    Ok(())
                }
                Turn::Frame(None) => Ok(()),
                Turn::Frame(Some(text)) => {
                    let (at, arrived) = now();
                    let alive = Alarm::from_std(arrived);
                    let head = Head::parse(&text);
                    if head.as_ref().is_ok_and(|head| head.kind == PacketKind::Ping) {
                        alarm.as_mut().reset(alive + self.silence);
                    } else if alive > alarm.deadline() + self.silence {
                        // The server sends without a pause, so that the alarm is never checked.
                        return Ok(End::Lost(Why::Silent(self.silence * 2)));
                    }
                    match head {
                        Ok(head) => self.take(&head, || {
                            handler(Incoming::Message { at, arrived, text: &text })
                        })?,
                        Err(error) => {
                            tracing::debug!(%error, bytes = text.len(), "invalid frame");
                            self.counters.undecodable.one();
                            Ok(())
                        }
                    }
                }
            };
            if let Err(why) = outcome {
                return Ok(End::Lost(why));
            }
        }
    }

    /// Handles a frame; `tell` passes it on. The outer error is the handler's.
    fn take(
        &mut self,
        head: &Head<'_>,
        tell: impl FnOnce() -> Result<(), Halt>,
    ) -> Result<Result<(), Why>, Halt> {
        let ours = self.config.namespace.as_str();
        let outcome = match head.kind {
            PacketKind::Ping => self.link.put(Packet::Pong(head.body).to_string()),
            PacketKind::Pong | PacketKind::Noop => Ok(()),
            PacketKind::Close => Err(Why::Closed(String::new())),
            PacketKind::Disconnect if head.namespace == ours => {
                Err(Why::Closed(": it removed us from the namespace".to_owned()))
            }
            PacketKind::Event if head.namespace == ours => {
                // Counted first, so that no handler of an event sees it uncounted.
                self.counters.events.one();
                tell()?;
                self.acknowledge(head.id)
            }
            PacketKind::BinaryEvent if head.namespace == ours => {
                self.counters.binary.one();
                self.acknowledge(head.id)
            }
            PacketKind::Ack | PacketKind::BinaryAck if head.namespace == ours => {
                match Packet::of(head) {
                    Ok(Packet::Ack(ack) | Packet::BinaryAck { ack, .. }) => {
                        self.outbox.answered(&ack, self.counters);
                    }
                    _ => self.counters.undecodable.one(),
                }
                Ok(())
            }
            _ => {
                self.counters.undecodable.one();
                Ok(())
            }
        };
        Ok(outcome)
    }

    /// Confirms that an event was taken, if the server requests it.
    fn acknowledge(&mut self, id: Option<u64>) -> Result<(), Why> {
        let Some(id) = id else { return Ok(()) };
        let namespace = self.config.namespace.as_str();
        self.link.put(Packet::Ack(Ack { namespace, id, args: Vec::new() }).to_string())
    }
}
