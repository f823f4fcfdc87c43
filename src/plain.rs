//! The same rules without a world: one bot, one tick, the stages in order as one function.
//!
//! What happens at a tick is written once, in [`crate::model`] and in the strategies. The schedule
//! drives it for any system and any pace; this drives it for bots that do not interact, one seat
//! after the other. It is the baseline that benchmarks compare the schedule with, and a second
//! opinion in tests: both give the same digest, always.

use crate::house::House;
use crate::journal::{Digest, digest_of};
use crate::model::account::{Account, Holding, LedgerError, Market, Sidebet, Tally, Wallet};
use crate::model::game::Game;
use crate::model::order::{Action, Refusal};
use crate::model::posting::{self, Posting};
use crate::model::quote::{Phase, Tick};
use crate::source::{Playlist, Telling};
use crate::strategy::{Birth, Strategy, View};
use crate::streams::Streams;
use crate::venue;

/// One bot without a world.
#[derive(Debug, Clone)]
pub struct Seat<S: Strategy> {
    /// The bot's place in the scenario.
    pub bot: u32,
    params: S::Params,
    strategy: S,
    streams: Streams,
    wallet: Wallet,
    holding: Holding,
    sidebet: Sidebet,
    tally: Tally,
    /// The order on its way, and the tick at which it arrives.
    underway: Option<(Action, Tick)>,
}

impl<S: Strategy> Seat<S> {
    /// A bot that has not played yet.
    #[must_use]
    pub fn new(bot: u32, params: S::Params, streams: Streams) -> Self {
        Self {
            bot,
            strategy: S::new(&params, Birth { streams: &streams, game: 0 }),
            params,
            streams,
            wallet: Wallet::default(),
            holding: Holding::default(),
            sidebet: Sidebet::default(),
            tally: Tally::default(),
            underway: None,
        }
    }

    /// What it did in the present game.
    #[must_use]
    pub const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Its money.
    #[must_use]
    pub const fn wallet(&self) -> &Wallet {
        &self.wallet
    }

    /// Its position.
    #[must_use]
    pub const fn holding(&self) -> &Holding {
        &self.holding
    }

    /// Plays one tick.
    ///
    /// # Errors
    /// When the ledger law would break.
    #[inline]
    pub fn tick(
        &mut self,
        game: &Game,
        house: &House,
        post: &mut impl FnMut(Posting),
    ) -> Result<(), LedgerError> {
        let quote = game.quote();
        let market = Market { quote, path: &game.path, rules: &house.rules };
        match quote.phase {
            Phase::Cooldown => return Ok(()),
            Phase::Presale => self.begin(game, house),
            Phase::Active => {
                if self.sidebet.open.is_some_and(|bet| bet.end <= quote.tick) {
                    self.account().settle(market, post)?;
                }
            }
            Phase::Rugged => {
                self.account().settle(market, post)?;
                self.tally.refused += u32::from(self.underway.take().is_some());
                return Ok(());
            }
        }
        if let Some((action, due)) = self.underway {
            if due <= quote.tick {
                self.underway = None;
                return self.execute(action, market, post);
            }
            return Ok(());
        }
        let view = View {
            quote,
            prices: game.path.prices(),
            rules: &house.rules,
            wallet: &self.wallet,
            holding: &self.holding,
            sidebet: &self.sidebet,
        };
        let Some(action) = self.strategy.decide(&view) else { return Ok(()) };
        match venue::delay(&house.rules.latency, quote, game.index, &self.streams) {
            0 => self.execute(action, market, post),
            delay => {
                match self.admit(action, market) {
                    Ok(()) => self.underway = Some((action, quote.tick + delay)),
                    Err(_) => self.tally.refused += 1,
                }
                Ok(())
            }
        }
    }

    fn begin(&mut self, game: &Game, house: &House) {
        self.account().open_game(house.fresh_cash(game.index));
        if house.opens_life(game.index) {
            let birth = Birth { streams: &self.streams, game: game.index };
            self.strategy = S::new(&self.params, birth);
        }
    }

    fn admit(&self, action: Action, market: Market<'_>) -> Result<(), Refusal> {
        let account = (&self.wallet, &self.holding, &self.sidebet);
        market.rules.admit(action, market.quote, account)
    }

    fn execute(
        &mut self,
        action: Action,
        market: Market<'_>,
        post: &mut impl FnMut(Posting),
    ) -> Result<(), LedgerError> {
        if self.admit(action, market).is_err() {
            self.tally.refused += 1;
            return Ok(());
        }
        let fill = market.rules.execute(action, market.quote, &self.holding)?;
        self.account().apply(fill, market, post)
    }

    fn account(&mut self) -> Account<'_> {
        Account {
            wallet: &mut self.wallet,
            holding: &mut self.holding,
            sidebet: &mut self.sidebet,
            tally: &mut self.tally,
        }
    }
}

/// Seats of one strategy, played together.
pub trait Row {
    /// Plays one tick of every seat.
    fn tick(&mut self, game: &Game, house: &House, postings: &mut Vec<(u32, Posting)>);
}

impl<S: Strategy> Row for Vec<Seat<S>> {
    fn tick(&mut self, game: &Game, house: &House, postings: &mut Vec<(u32, Posting)>) {
        for seat in self {
            let bot = seat.bot;
            seat.tick(game, house, &mut |posting| postings.push((bot, posting)))
                .unwrap_or_else(|error| panic!("bot {bot} at {:?}: {error}", game.quote()));
        }
    }
}

/// Plays every game of a playlist, one after the other, and says the digest of each and how many
/// ticks there were.
pub fn play(
    playlist: &Playlist,
    house: &House,
    rows: &mut [Box<dyn Row + '_>],
    mut each: impl FnMut(u64, Digest),
) -> u64 {
    let mut game = Game::none();
    let mut postings = Vec::new();
    let mut ticks = 0;
    for place in 0..playlist.games() {
        let Some((id, mut telling)) = playlist.game(place) else { break };
        game.begin(place, id);
        ticks += play_game(&mut telling, &mut game, house, rows, &mut postings);
        posting::sort(&mut postings);
        each(place, digest_of(&id, &postings));
        postings.clear();
    }
    ticks
}

fn play_game(
    telling: &mut Telling,
    game: &mut Game,
    house: &House,
    rows: &mut [Box<dyn Row + '_>],
    postings: &mut Vec<(u32, Posting)>,
) -> u64 {
    let mut ticks = 0;
    loop {
        let quote = game.advance(telling.next_frame().0);
        if quote.phase == Phase::Cooldown {
            return ticks;
        }
        ticks += u64::from(quote.phase != Phase::Presale);
        for row in &mut *rows {
            row.tick(game, house, postings);
        }
    }
}
