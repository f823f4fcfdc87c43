//! The hand: carries out one errand at a time by clicking in the page, and never twice.
//!
//! ```text
//! errand ─> may it? ─> survey ─> amount or percent, read back ─> survey ─> may it still? ─> one click
//!                                                                     └─> confirmed, refused, or unknown
//! ```
//!
//! Whatever is in doubt before the click is a refusal: nothing was pressed. What is in doubt behind it
//! is unknown: it is never pressed again, the switch goes off, and the account says later what
//! happened.

mod proof;
mod setting;
mod show;
mod wires;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::controls::Profile;
use super::errand::{Answer, Errand, Statement, Timing};
use super::guard::{Guard, Limits};
use super::page::{Fault, OpenPage, Page};
use super::supervisor::Pages;
use super::witness::{Witness, Word};
use crate::base::runtime::Shutdown;
use crate::feed::bridge::Halt;
use crate::live::switch::Switch;
use crate::model::quote::Phase;
use proof::{Proof, Verdict};
use wires::Wires;
pub use wires::{Manner, Reins, Said, Scene, Touch, Whisper};

/// How often silence is looked for.
const LOOK: Duration = Duration::from_secs(1);

/// Carries out errands.
#[derive(Debug)]
pub struct Hand {
    pages: Pages,
    profile: Profile,
    switch: Switch,
    wires: Wires,
    manner: Manner,
    /// None where nothing is clicked.
    limits: Option<Limits>,
    /// Where pictures of what would be clicked go.
    pictures: Option<PathBuf>,
    witness: Witness,
    scene: Option<Scene>,
    /// From the first statement on.
    guard: Option<Guard>,
    begun: Instant,
    /// What was learnt since the button was pressed.
    proof: Proof,
    clicked: Option<Instant>,
}

/// Why nothing was pressed.
type Doubt = String;

#[expect(clippy::disallowed_methods, reason = "clicks have deadlines")]
fn now() -> Instant {
    Instant::now()
}

impl Hand {
    /// A hand at rest in a page, what the world holds it by, and what tells it of the page.
    #[must_use]
    pub fn new(
        pages: Pages,
        profile: Profile,
        touch: Touch,
        manner: Manner,
        switch: Switch,
    ) -> (Self, Reins, Whisper) {
        let (wires, reins, whisper) = wires::connect(switch.clone());
        let (limits, pictures) = match touch {
            Touch::Click(limits) => (Some(limits), None),
            Touch::Show(pictures) => (None, pictures),
        };
        let hand = Self {
            pages,
            profile,
            switch,
            wires,
            manner,
            limits,
            pictures,
            witness: Witness::default(),
            scene: None,
            guard: None,
            begun: now(),
            proof: Proof::default(),
            clicked: None,
        };
        (hand, reins, whisper)
    }

    /// Works until it is time to stop.
    ///
    /// # Errors
    /// Never: whatever goes wrong is an answer.
    pub async fn run(mut self, shutdown: Shutdown) -> Result<(), Halt> {
        let mut looks = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                biased;
                () = shutdown.stopped() => return Ok(()),
                said = self.wires.said.recv() => match said {
                    Some(said) => self.hear(said),
                    None => return Ok(()),
                },
                errand = self.wires.errands.recv() => match errand {
                    Some(errand) => self.take(errand).await,
                    None => return Ok(()),
                },
                _ = looks.tick() => self.listen_for_silence(),
            }
        }
    }

    async fn take(&mut self, errand: Errand) {
        let id = errand.id;
        if self.limits.is_none() {
            let shown = self.show(&errand).await;
            return self.answer(match shown {
                Ok(()) => Answer::Shown { id },
                Err(why) => Answer::Refused { id, why },
            });
        }
        let answer = self.carry_out(errand).await;
        let is_known = !matches!(answer, Answer::Unknown { .. });
        if let Some(guard) = self.guard.as_mut().filter(|_| is_known) {
            guard.settled(id);
        }
        self.answer(answer);
    }

    fn answer(&self, answer: Answer) {
        // Nobody listens any more only when the session is over.
        let _ = self.wires.answers.send(answer);
    }

    fn hear(&mut self, said: Said) {
        match said {
            Said::Scene(scene) => self.look(scene),
            Said::Lost => {
                // Where the game is on the next socket is another question.
                self.scene = None;
                self.witness.forget();
                self.proof.lost();
            }
            Said::Text { direction, text, arrived } => {
                let Some(word) = self.witness.take(direction, &text, arrived) else { return };
                match &word {
                    Word::Statement(statement) => {
                        if let (None, Some(limits)) = (&self.guard, self.limits) {
                            self.guard = Some(Guard::new(limits, *statement));
                        }
                        self.answer(Answer::Statement(*statement));
                    }
                    // Until somebody was, they are waited for.
                    Word::Nobody(why) if self.guard.is_some() => self.switch.disarm(why),
                    _ => {}
                }
                self.proof.take(&word);
                if self.proof.is_amiss() && self.limits.is_some() {
                    self.switch.disarm("the page sent an order that was not clicked for");
                }
            }
        }
    }

    /// Takes note of where the game is; a game that is over may end the session.
    fn look(&mut self, scene: Scene) {
        let before = self.scene.replace(scene);
        self.proof.look(scene.game);
        let is_over = before.is_some_and(|before| before.game != scene.game);
        if scene.closed && before.is_some_and(|before| !before.closed) {
            self.switch.disarm("the feed cannot be relied on any more");
        }
        if let (Some(guard), Some(statement)) = (&mut self.guard, self.witness.statement())
            && is_over
            && let Err(breach) = guard.game_over(&statement)
        {
            self.switch.disarm(&breach.to_string());
        }
    }

    /// A socket that is up and says nothing of the game for too long needs a person.
    fn listen_for_silence(&self) {
        if let Some(scene) = self.scene {
            let silent = now().saturating_duration_since(scene.heard);
            if silent > self.manner.silence {
                let silent = silent.as_secs();
                self.switch.disarm(&format!("nothing was heard of the game for {silent} s"));
            }
        }
    }

    /// Hears everything that was said until now.
    fn catch_up(&mut self) {
        while let Ok(said) = self.wires.said.try_recv() {
            self.hear(said);
        }
    }

    async fn carry_out(&mut self, errand: Errand) -> Answer {
        let since = |at: Instant| {
            u64::try_from(at.saturating_duration_since(errand.decided).as_micros())
                .unwrap_or(u64::MAX)
        };
        let mut timing = Timing { begun_us: since(now()), ..Timing::default() };
        let (page, spot) = match self.prepare(&errand).await {
            Ok(prepared) => prepared,
            Err(why) => return Answer::Refused { id: errand.id, why },
        };
        timing.set_us = Some(since(now()));
        let before = match self.last_word(&errand, &page) {
            Ok(before) => before,
            Err(why) => return Answer::Refused { id: errand.id, why },
        };
        self.proof = Proof::of(errand.action, errand.game, before);
        timing.clicked_us = Some(since(now()));
        self.clicked = Some(now());
        match page.click(spot.x, spot.y).await {
            Ok(()) | Err(Fault::Unknown(_) | Fault::Timeout) => {}
            Err(fault) => return Answer::Refused { id: errand.id, why: fault.to_string() },
        }
        let verdict = self.wait().await;
        self.proof.close();
        timing.confirmed_us = Some(since(now()));
        let id = errand.id;
        match verdict {
            Verdict::Done { fill, tick, price } => {
                let (tick, price) = (tick.unwrap_or(errand.tick), price);
                Answer::Done { id, fill, tick, price, timing }
            }
            Verdict::Refused(why) => Answer::Refused { id, why },
            Verdict::Elsewhere(game) => {
                let why = format!("{} was carried out in another game, {game}", errand.action);
                self.leave_open(id, why)
            }
            Verdict::Open => {
                let why = format!("{} was pressed, and nobody says what came of it", errand.action);
                self.leave_open(id, why)
            }
        }
    }

    /// Leaves an errand to a person.
    fn leave_open(&self, id: u64, why: String) -> Answer {
        self.switch.disarm(&why);
        Answer::Unknown { id, why }
    }

    /// Listens until it is known what came of a click, or patience is over.
    async fn wait(&mut self) -> Verdict {
        let deadline = now() + self.manner.patience;
        loop {
            let verdict = self.proof.verdict(false);
            if verdict != Verdict::Open {
                return verdict;
            }
            let left = deadline.saturating_duration_since(now());
            match timeout(left, self.wires.said.recv()).await {
                Ok(Some(said)) => self.hear(said),
                Ok(None) | Err(_) => return self.proof.verdict(true),
            }
        }
    }

    /// Everything once more, right before the click.
    fn last_word(&mut self, errand: &Errand, page: &OpenPage) -> Result<Statement, Doubt> {
        self.check(errand)?;
        let same = self.pages.current().is_some_and(|now| now.epoch() == page.epoch());
        if !same {
            return Err("the page is another one now".to_owned());
        }
        let statement = self.witness.statement().ok_or("nobody is logged in")?;
        let ms = now().saturating_duration_since(self.begun).as_millis();
        let guard = self.guard.as_mut().ok_or("nobody is logged in")?;
        let permitted = guard.permit(errand, &statement, u64::try_from(ms).unwrap_or(u64::MAX));
        if guard.disarmed().is_some()
            && let Err(breach) = &permitted
        {
            self.switch.disarm(&breach.to_string());
        }
        permitted.map(|()| statement).map_err(|breach| breach.to_string())
    }

    /// Whether an errand may go on.
    fn check(&mut self, errand: &Errand) -> Result<(), Doubt> {
        self.catch_up();
        if !self.switch.is_on() {
            return Err(format!("disarmed: {}", self.switch.why().unwrap_or_default()));
        }
        if now() >= errand.deadline {
            return Err("its deadline has passed".to_owned());
        }
        if self.limits.is_some() && self.witness.statement().is_none() {
            return Err("nobody is known to be logged in".to_owned());
        }
        let scene = self.scene.ok_or("no game has been heard of")?;
        if scene.game != Some(errand.game) || scene.phase == Phase::Rugged {
            return Err("its game is over".to_owned());
        }
        if scene.closed {
            return Err("the feed cannot be relied on".to_owned());
        }
        let age = now().saturating_duration_since(scene.heard);
        if age > self.manner.freshness {
            return Err(format!("nothing was heard of the game for {:.1} s", age.as_secs_f64()));
        }
        Ok(())
    }
}
