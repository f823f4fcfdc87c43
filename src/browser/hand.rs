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

use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use super::amount::{Press, plan};
use super::controls::{Control, Panel, Profile, SURVEY, Survey};
use super::errand::{Answer, Errand, Statement, Switch, Timing};
use super::guard::{Guard, Limits};
use super::page::{Fault, OpenPage, Page};
use super::supervisor::Pages;
use super::witness::{Deal, Witness, Word};
use crate::bridge::{Halt, Shutdown};
use crate::capture::Direction;
use crate::model::ids::GameId;
use crate::model::order::Action;
use crate::model::quote::Phase;
use crate::model::sol::Sol;
use proof::{Proof, Verdict};

/// How the hand works.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Longest time to wait for the site to confirm a click: 3 s; an acknowledgement took 0.2 s
    /// (spec/protocol.md 4).
    pub patience: Duration,
    /// Oldest frame of the game on which something is clicked: 2 s (spec/domain.md 4.9).
    pub freshness: Duration,
    /// Shortest time between two clicks.
    pub spacing: Duration,
}

impl Default for Manner {
    fn default() -> Self {
        let [patience, freshness] = [3, 2].map(Duration::from_secs);
        Self { patience, freshness, spacing: Duration::ZERO }
    }
}

/// What the hand is told of the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// A text of the game's socket.
    Text {
        /// Whether the page received it or sent it.
        direction: Direction,
        /// The text.
        text: String,
        /// When it was heard.
        arrived: Instant,
    },
    /// Where the game is.
    Scene(Scene),
    /// The socket is gone.
    Lost,
}

/// Where the game is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scene {
    /// The game that is on.
    pub game: Option<GameId>,
    /// Its phase.
    pub phase: Phase,
    /// True while nothing may be decided.
    pub closed: bool,
    /// When that was heard.
    pub heard: Instant,
}

/// What a hand is connected with.
#[derive(Debug)]
pub struct Wires {
    /// Where the page is to be had.
    pub pages: Pages,
    /// How its controls are found.
    pub profile: Profile,
    /// Whether anything may be clicked.
    pub switch: Switch,
    /// What is to be done.
    pub errands: Receiver<Errand>,
    /// What is heard of the page.
    pub said: Receiver<Said>,
    /// What came of it.
    pub answers: Sender<Answer>,
    /// What it may lose at the most, and how fast.
    pub limits: Limits,
}

/// Carries out errands.
#[derive(Debug)]
pub struct Hand {
    wires: Wires,
    manner: Manner,
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
    /// A hand at rest.
    #[must_use]
    pub fn new(wires: Wires, manner: Manner) -> Self {
        let (witness, proof) = (Witness::default(), Proof::default());
        Self {
            wires,
            manner,
            witness,
            scene: None,
            guard: None,
            begun: now(),
            proof,
            clicked: None,
        }
    }

    /// Works until it is time to stop.
    ///
    /// # Errors
    /// Never: whatever goes wrong is an answer.
    pub async fn run(mut self, shutdown: Shutdown) -> Result<(), Halt> {
        loop {
            tokio::select! {
                biased;
                () = shutdown.stopped() => return Ok(()),
                said = self.wires.said.recv() => match said {
                    Some(said) => self.hear(said),
                    None => return Ok(()),
                },
                errand = self.wires.errands.recv() => match errand {
                    Some(errand) => {
                        let answer = self.carry_out(errand).await;
                        let is_known = !matches!(answer, Answer::Unknown { .. });
                        if let Some(guard) = self.guard.as_mut().filter(|_| is_known) {
                            guard.settled(errand.id);
                        }
                        self.answer(answer);
                    }
                    None => return Ok(()),
                },
            }
        }
    }

    fn answer(&self, answer: Answer) {
        // Nobody listens any more only when the session is over.
        let _ = self.wires.answers.send(answer);
    }

    fn hear(&mut self, said: Said) {
        match said {
            Said::Scene(scene) => self.look(scene),
            Said::Lost => {
                self.witness.forget();
                self.proof.lost();
            }
            Said::Text { direction, text, arrived } => {
                let Some(word) = self.witness.take(direction, &text, arrived) else { return };
                match &word {
                    Word::Statement(statement) => {
                        let limits = self.wires.limits;
                        self.guard.get_or_insert_with(|| Guard::new(limits, *statement));
                        self.answer(Answer::Statement(*statement));
                    }
                    Word::Nobody(why) => self.wires.switch.disarm(why),
                    _ => {}
                }
                self.proof.take(&word);
            }
        }
    }

    /// Takes note of where the game is; a game that is over may end the session.
    fn look(&mut self, scene: Scene) {
        let is_over = self.scene.is_some_and(|before| before.game != scene.game);
        self.scene = Some(scene);
        if let (Some(guard), Some(statement)) = (&mut self.guard, self.witness.statement())
            && is_over
            && let Err(breach) = guard.game_over(&statement)
        {
            self.wires.switch.disarm(&breach.to_string());
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
        self.proof = Proof::of(Deal::of(errand.action), before);
        timing.clicked_us = Some(since(now()));
        self.clicked = Some(now());
        match page.click(spot.x, spot.y).await {
            Ok(()) | Err(Fault::Unknown(_) | Fault::Timeout) => {}
            Err(fault) => return Answer::Refused { id: errand.id, why: fault.to_string() },
        }
        let verdict = self.wait().await;
        timing.confirmed_us = Some(since(now()));
        let id = errand.id;
        match verdict {
            Verdict::Done { fill, tick, price } => {
                let (tick, price) = (tick.unwrap_or(errand.tick), price);
                Answer::Done { id, fill, tick, price, timing }
            }
            Verdict::Refused(why) => Answer::Refused { id, why },
            Verdict::Open => {
                let why = format!("{} was pressed, and nobody says what came of it", errand.action);
                self.wires.switch.disarm(&why);
                Answer::Unknown { id, why }
            }
        }
    }

    /// Listens until it is known what came of a click, or patience is over.
    async fn wait(&mut self) -> Verdict {
        let deadline = now() + self.manner.patience;
        loop {
            if let verdict @ (Verdict::Done { .. } | Verdict::Refused(_)) =
                self.proof.verdict(false)
            {
                return verdict;
            }
            let left = deadline.saturating_duration_since(now());
            match timeout(left, self.wires.said.recv()).await {
                Ok(Some(said)) => self.hear(said),
                Ok(None) | Err(_) => return self.proof.verdict(true),
            }
        }
    }

    /// Brings the page to where one click does it.
    async fn prepare(
        &mut self,
        errand: &Errand,
    ) -> Result<(OpenPage, super::controls::Spot), Doubt> {
        self.check(errand)?;
        let page = self.wires.pages.current().ok_or("the page cannot be used")?;
        let mut panel = self.survey(&page).await?;
        match errand.action {
            Action::Buy { stake } | Action::Sidebet { stake } => {
                panel = self.enter(errand, &page, panel, stake).await?;
            }
            Action::Sell { portion } => {
                let percent = portion.basis_points() / 100;
                let of = |(control, of): (Control, u16)| (of == percent).then_some(control);
                let control = Control::PERCENTS.into_iter().find_map(of);
                let control = control.ok_or_else(|| format!("the page sells no {portion}"))?;
                if panel.percent() != Some(percent) {
                    self.press(errand, &page, &panel, control).await?;
                    panel = self.survey(&page).await?;
                }
                if panel.percent() != Some(percent) {
                    return Err(format!("{control} was pressed and is not what the page shows"));
                }
            }
        }
        let button = match errand.action {
            Action::Buy { .. } => Control::Buy,
            Action::Sell { .. } => Control::Sell,
            Action::Sidebet { .. } => Control::Sidebet,
        };
        let spot = panel.spot(button).map_err(|refusal| format!("{button}: {refusal}"))?;
        Ok((page, spot))
    }

    /// Enters an amount, and reads it back.
    async fn enter(
        &mut self,
        errand: &Errand,
        page: &OpenPage,
        mut panel: Panel,
        stake: Sol,
    ) -> Result<Panel, Doubt> {
        let shown = panel.amount().ok();
        for press in plan(shown, stake).map_err(|error| error.to_string())? {
            self.press(errand, page, &panel, control(press)).await?;
        }
        if shown != Some(stake) {
            panel = self.survey(page).await?;
        }
        match panel.amount() {
            Ok(amount) if amount == stake => Ok(panel),
            Ok(amount) => Err(format!("the field says {amount}, and not {stake}")),
            Err(error) => Err(format!("the field cannot be read back: {error}")),
        }
    }

    /// Presses a button that trades nothing.
    async fn press(
        &mut self,
        errand: &Errand,
        page: &OpenPage,
        panel: &Panel,
        control: Control,
    ) -> Result<(), Doubt> {
        self.check(errand)?;
        let spot = panel.spot(control).map_err(|refusal| format!("{control}: {refusal}"))?;
        self.space().await;
        self.clicked = Some(now());
        page.click(spot.x, spot.y).await.map_err(|fault| fault.to_string())
    }

    /// Waits until the next click may come.
    async fn space(&self) {
        if let Some(clicked) = self.clicked {
            tokio::time::sleep_until((clicked + self.manner.spacing).into()).await;
        }
    }

    async fn survey(&self, page: &OpenPage) -> Result<Panel, Doubt> {
        let profile = &self.wires.profile;
        let seen = page.call(SURVEY, &profile.question()).await.map_err(|why| why.to_string())?;
        let survey: Survey = serde_json::from_value(seen).map_err(|error| error.to_string())?;
        Ok(Panel::of(profile, &survey))
    }

    /// Everything once more, right before the click.
    fn last_word(&mut self, errand: &Errand, page: &OpenPage) -> Result<Statement, Doubt> {
        self.check(errand)?;
        let same = self.wires.pages.current().is_some_and(|now| now.epoch() == page.epoch());
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
            self.wires.switch.disarm(&breach.to_string());
        }
        permitted.map(|()| statement).map_err(|breach| breach.to_string())
    }

    /// Whether an errand may go on.
    fn check(&mut self, errand: &Errand) -> Result<(), Doubt> {
        self.catch_up();
        if !self.wires.switch.is_on() {
            return Err(format!("disarmed: {}", self.wires.switch.why().unwrap_or_default()));
        }
        if now() >= errand.deadline {
            return Err("its deadline has passed".to_owned());
        }
        if self.witness.statement().is_none() {
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

/// The button of a press.
const fn control(press: Press) -> Control {
    match press {
        Press::Clear => Control::Clear,
        Press::Plus1 => Control::Plus1,
        Press::Plus01 => Control::Plus01,
        Press::Plus001 => Control::Plus001,
        Press::Plus0001 => Control::Plus0001,
        Press::Double => Control::Double,
        Press::Halve => Control::Half,
    }
}
