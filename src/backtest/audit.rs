//! The look-ahead audit: does a bot decide by the past only?
//!
//! Every game is played several times, in separate worlds and by the real schedule: unchanged, and
//! with one thing changed that must not change a decision ([`Retelling`]). Cutting a game after
//! every tick takes one playback, not one per tick: before each step everything after it, wherever
//! a system of the world could look it up, is replaced, so that at every tick the world is that of
//! a game cut there. A bot that then decides differently has looked ahead.

mod decisions;
mod report;
mod retelling;

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use crate::engine::Lineup;
use crate::engine::source::Playlist;
use crate::model::ids::{BotIndex, GameIndex};
use crate::model::quote::Tick;
use crate::model::tape::Tape;
use decisions::{BotDecision, Hearing, PlaybackMode};
pub use report::{AuditFinding, AuditReport, AuditVerdict, BotReport, Decision};
pub use retelling::Retelling;

/// The first games of a playlist, at most `games` of them, as tapes.
#[must_use]
pub fn tapes(playlist: &Playlist, games: u64) -> Vec<Arc<Tape>> {
    (0..games).map_while(|place| playlist.tape(GameIndex::after(place))).collect()
}

/// Plays games, the first of which begins a life, to bots in every mode and compares their
/// decisions. Asks `go_on` after each game whether to continue.
///
/// # Panics
/// When a bot's strategy is not registered ([`Lineup::check`]).
#[must_use]
pub fn audit(
    lineup: Lineup<'_>,
    tapes: &[Arc<Tape>],
    go_on: &mut dyn FnMut() -> bool,
) -> AuditReport {
    let court = Court { lineup, tapes };
    let mut files = vec![File::default(); lineup.bots.len()];
    let (mut games, mut moments, mut ticks) = (0, 0, 0);
    let _ = court.compare(0..tapes.len(), (0, &Retelling::ALL), &mut |event| {
        match event {
            Event::Differs(finding) => files[finding.bot.at()].add(finding),
            Event::Moment { said, active, .. } => {
                moments += u64::from(active);
                for order in said.iter().filter(|said| said.rejection.is_none()) {
                    files[order.bot.at()].decisions += 1;
                }
            }
            Event::GameOver(tape) => {
                games += 1;
                ticks += tape.prices.len() as u64;
                if !go_on() {
                    return ControlFlow::Break(());
                }
            }
        }
        ControlFlow::Continue(())
    });
    let cuts = moments * Retelling::CUTS.len() as u64;
    let bots = lineup.bots.iter().zip(files).map(|(spec, file)| {
        let (verdict, finding) = file.findings.into_iter().next().unzip();
        let ahead = finding.as_ref().filter(|it| it.retelling.cuts());
        BotReport {
            bot: spec.id.to_string(),
            strategy: spec.strategy,
            verdict: verdict.unwrap_or(AuditVerdict::PastOnly),
            decisions: file.decisions,
            cuts,
            looks_ahead_ticks: ahead.map(|finding| court.looks_ahead(finding)),
            finding,
        }
    });
    AuditReport { games, ticks, bots: bots.collect() }
}

/// What was found about a bot so far.
#[derive(Debug, Clone, Default)]
struct File {
    decisions: u64,
    /// The first finding for each verdict; the verdict that stands comes first.
    findings: BTreeMap<AuditVerdict, AuditFinding>,
}

impl File {
    fn add(&mut self, finding: AuditFinding) {
        self.findings.entry(AuditVerdict::of(finding.retelling)).or_insert(finding);
    }
}

/// An event in the comparison of playbacks.
enum Event<'a> {
    /// A bot decided differently in a retelling. Its later decisions in that life follow from it.
    Differs(AuditFinding),
    /// A step was played in every mode: what was decided in the unchanged game, and whether bots
    /// decide at such a step.
    Moment { at: (GameIndex, Option<Tick>), said: &'a [BotDecision], active: bool },
    /// A game has ended.
    GameOver(&'a Tape),
}

/// The bots under audit and their games.
#[derive(Clone, Copy)]
struct Court<'a> {
    lineup: Lineup<'a>,
    tapes: &'a [Arc<Tape>],
}

impl Court<'_> {
    /// Plays games, the first of which begins a life, unchanged and retold, side by side. Cuts
    /// leave `ahead` ticks after the present one unchanged.
    fn compare(
        self,
        games: Range<usize>,
        (ahead, retellings): (usize, &[Retelling]),
        each: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Court { lineup, tapes } = self;
        let hear = |mode| Hearing::new(lineup, tapes, mode, index(games.start));
        let mut whole = hear(PlaybackMode::WHOLE);
        let mut retold: Vec<_> = retellings
            .iter()
            .map(|&how| (how, hear(PlaybackMode { retelling: Some(how), ahead })))
            .collect();
        for place in games {
            let (tape, game) = (&*tapes[place], index(place));
            for step in 0..tape.steps() {
                let at = (game, step.checked_sub(1).and_then(|tick| Tick::try_from(tick).ok()));
                let said = whole.step(game, tape, step);
                for (how, hearing) in &mut retold {
                    let other = hearing.step(game, tape, step);
                    for bot in differing(&said, &other) {
                        each(Event::Differs(AuditFinding {
                            bot,
                            game,
                            id: tape.id.to_string(),
                            tick: at.1,
                            retelling: *how,
                            whole: Decision(of(&said, bot).to_vec()),
                            retold: Decision(of(&other, bot).to_vec()),
                        }))?;
                    }
                }
                let active = !(tape.rugged && step == tape.prices.len());
                each(Event::Moment { at, said: &said, active })?;
            }
            each(Event::GameOver(tape))?;
        }
        ControlFlow::Continue(())
    }

    /// The minimum number of ticks that a bot must have known in advance to decide as it did: the
    /// fewest that a cut must leave unchanged, found by bisection.
    fn looks_ahead(self, finding: &AuditFinding) -> usize {
        let game = finding.game.at().expect("a place among the tapes");
        let opens_life = |place: &usize| self.lineup.setup.opens_life(index(*place));
        let life = (0..=game).rev().find(opens_life).unwrap_or(0);
        let (mut too_few, mut enough) = (0, self.tapes[game].prices.len());
        while enough - too_few > 1 {
            let ahead = too_few + (enough - too_few) / 2;
            let mut differs = false;
            let _ = self.compare(life..game + 1, (ahead, &Retelling::CUTS), &mut |event| {
                match event {
                    Event::Differs(other) => differs |= other.bot == finding.bot,
                    Event::Moment { at, .. } if differs || at >= finding.at() => {
                        return ControlFlow::Break(());
                    }
                    _ => {}
                }
                ControlFlow::Continue(())
            });
            *(if differs { &mut too_few } else { &mut enough }) = ahead;
        }
        enough
    }
}

/// The game at a place among the tapes.
const fn index(place: usize) -> GameIndex {
    GameIndex::after(place as u64)
}

/// The bots whose decisions differ.
fn differing(said: &[BotDecision], other: &[BotDecision]) -> Vec<BotIndex> {
    if said == other {
        return Vec::new();
    }
    let mut bots: Vec<_> = said.iter().chain(other).map(|said| said.bot).collect();
    bots.sort_unstable();
    bots.dedup();
    bots.retain(|&bot| of(said, bot) != of(other, bot));
    bots
}

/// The decisions of one bot; those of all bots are sorted by bot.
fn of(said: &[BotDecision], bot: BotIndex) -> &[BotDecision] {
    let begin = said.partition_point(|said| said.bot < bot);
    let end = said.partition_point(|said| said.bot <= bot);
    &said[begin..end]
}
