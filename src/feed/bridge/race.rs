//! Addresses of one host tried side by side, as browsers do: the first that answers is taken
//! (docs/spec/protocol.md#connecting). It knows no socket: how to connect is an argument.

use std::collections::VecDeque;
use std::fmt::Display;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::{sleep, timeout};

/// How long one address is tried alone before the next one joins it.
const STAGGER: Duration = Duration::from_millis(250);

/// Connects to the first address that answers. The next one is tried when the last one has failed,
/// or has not answered for 250 ms; each for at most `bound`.
///
/// # Errors
/// What every address answered, in the order in which they failed.
pub(super) async fn first<T, E: Display, F: Future<Output = Result<T, E>>>(
    addresses: Vec<SocketAddr>,
    bound: Duration,
    connect: impl Fn(SocketAddr) -> F,
) -> Result<T, String> {
    let attempt = |address| {
        let attempt = timeout(bound, connect(address));
        async move { (address, attempt.await) }
    };
    let is_alone = addresses.len() == 1;
    let mut waiting = interleaved(addresses);
    let mut attempts = FuturesUnordered::new();
    let mut failed = Vec::new();
    loop {
        attempts.extend(waiting.pop_front().map(attempt));
        tokio::select! {
            biased;
            Some((address, outcome)) = attempts.next() => {
                let why = match outcome {
                    Ok(Ok(connected)) => return Ok(connected),
                    Ok(Err(error)) => error.to_string(),
                    Err(_) => format!("no answer within {bound:?}"),
                };
                failed.push(if is_alone { why } else { format!("{address}: {why}") });
            }
            () = sleep(STAGGER), if !waiting.is_empty() => {}
            else => break,
        }
    }
    if failed.is_empty() { Err("it has no address".to_owned()) } else { Err(failed.join("; ")) }
}

/// The addresses with the two families in turn, beginning with that of the first one. Within a
/// family they keep their order, which is the system's preference.
fn interleaved(addresses: Vec<SocketAddr>) -> VecDeque<SocketAddr> {
    let first = addresses.first().map(SocketAddr::is_ipv6);
    let (mut these, mut others): (VecDeque<_>, VecDeque<_>) =
        addresses.into_iter().partition(|address| Some(address.is_ipv6()) == first);
    let mut all = VecDeque::with_capacity(these.len() + others.len());
    while !(these.is_empty() && others.is_empty()) {
        all.extend(these.pop_front());
        all.extend(others.pop_front());
    }
    all
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::Mutex;

    use tokio::runtime::Builder;
    use tokio::time::Instant;

    use super::*;

    const BOUND: Duration = Duration::from_secs(5);

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    /// What an address does: answers or fails after a number of milliseconds, or never.
    #[derive(Clone, Copy)]
    enum Host {
        Answers(u64),
        Fails(u64),
        Dead,
    }

    /// What the race comes to, how long it took, and when each address was tried, in milliseconds
    /// of a clock that stands still while anything happens.
    fn race(hosts: &[(&str, Host)]) -> (Result<SocketAddr, String>, u128, Vec<(String, u128)>) {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let begun = Instant::now();
            let tried = Mutex::new(Vec::new());
            let connect = |address: SocketAddr| {
                let known = hosts.iter().find(|(text, _)| addresses(&[*text]) == [address]);
                let host = known.expect("it is one of them").1;
                tried.lock().unwrap().push((address.to_string(), begun.elapsed().as_millis()));
                async move {
                    match host {
                        Host::Answers(ms) => {
                            sleep(Duration::from_millis(ms)).await;
                            Ok(address)
                        }
                        Host::Fails(ms) => {
                            sleep(Duration::from_millis(ms)).await;
                            Err("refused")
                        }
                        Host::Dead => pending().await,
                    }
                }
            };
            let texts: Vec<_> = hosts.iter().map(|(text, _)| *text).collect();
            let outcome = first(addresses(&texts), BOUND, connect).await;
            let took = begun.elapsed().as_millis();
            (outcome, took, tried.into_inner().unwrap())
        })
    }

    #[test]
    fn families_take_turns_and_keep_their_order() {
        let all = addresses(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1", "2.2.2.2:1"]);
        let order = addresses(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "2.2.2.2:1", "[::3]:1"]);
        assert_eq!(interleaved(all), order);
        let old_first = addresses(&["1.1.1.1:1", "[::1]:1"]);
        assert_eq!(interleaved(old_first.clone()), old_first);
        assert_eq!(interleaved(Vec::new()), []);
    }

    #[test]
    fn a_dead_address_delays_the_next_one_by_250_ms_and_no_more() {
        let (outcome, took, tried) = race(&[
            ("[::1]:1", Host::Dead),
            ("[::2]:1", Host::Dead),
            ("1.1.1.1:1", Host::Answers(30)),
        ]);
        assert_eq!(outcome.unwrap().to_string(), "1.1.1.1:1");
        assert_eq!(took, 280);
        assert_eq!(tried, [("[::1]:1".to_owned(), 0), ("1.1.1.1:1".to_owned(), 250)]);
    }

    #[test]
    fn an_address_that_fails_makes_room_for_the_next_one_at_once() {
        let (outcome, took, tried) = race(&[
            ("1.1.1.1:1", Host::Fails(10)),
            ("2.2.2.2:1", Host::Fails(20)),
            ("3.3.3.3:1", Host::Answers(5)),
        ]);
        assert_eq!((outcome.unwrap().to_string(), took), ("3.3.3.3:1".to_owned(), 35));
        assert_eq!(tried.iter().map(|(_, at)| *at).collect::<Vec<_>>(), [0, 10, 30]);
    }

    #[test]
    fn the_first_answer_wins_even_from_an_address_that_was_tried_first_and_slow() {
        let (outcome, took, _) =
            race(&[("[::1]:1", Host::Answers(400)), ("1.1.1.1:1", Host::Answers(300))]);
        assert_eq!((outcome.unwrap().to_string(), took), ("[::1]:1".to_owned(), 400));
    }

    #[test]
    fn each_address_has_its_bound_and_all_failures_are_told() {
        let (outcome, took, _) = race(&[("[::1]:1", Host::Dead), ("1.1.1.1:1", Host::Fails(10))]);
        let told = "1.1.1.1:1: refused; [::1]:1: no answer within 5s";
        assert_eq!((outcome.unwrap_err().as_str(), took), (told, 5_000));
        let (outcome, ..) = race(&[("1.1.1.1:1", Host::Fails(0))]);
        assert_eq!(outcome.unwrap_err(), "refused");
        assert_eq!(race(&[]).0.unwrap_err(), "it has no address");
    }
}
