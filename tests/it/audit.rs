//! A second opinion on the books of a bot: everything recomputed from its postings and the games'
//! prices, tick by tick, in the plainest decimal arithmetic.

use replayer::engine::journal::GameRecord;
use replayer::model::expectation;
use replayer::model::ids::BotIndex;
use replayer::model::posting::{Posting, PostingKind};
use replayer::model::refusals::RejectionKind;
use replayer::model::rules::Rules;
use replayer::model::setup::Bankroll;
use replayer::model::tape::Tape;
use rust_decimal::Decimal;

/// The life of a bot as its postings tell it.
pub(crate) struct Audit<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) bankroll: Bankroll,
    cash: Decimal,
    held: Decimal,
    peak: Decimal,
    drawdown: Decimal,
    low: Decimal,
    /// Stake and end tick of the open sidebet.
    bet: Option<(Decimal, u32)>,
    expected: f64,
}

impl<'a> Audit<'a> {
    pub(crate) const fn new(rules: &'a Rules, bankroll: Bankroll) -> Self {
        let none = Decimal::ZERO;
        let (cash, held, peak, drawdown, low) = (none, none, none, none, none);
        Self { rules, bankroll, cash, held, peak, drawdown, low, bet: None, expected: 0.0 }
    }

    /// Checks a bot's postings and row of the next game.
    pub(crate) fn game(&mut self, record: &GameRecord, tape: &Tape, bot: BotIndex) {
        let opened = self.open(record.index.get());
        let rug = u32::try_from(tape.prices.len()).unwrap() - 1;
        assert_eq!((record.rug_tick, record.rug_price), (rug, tape.prices[rug as usize]));
        let own = record.postings.iter().filter(|(who, _)| *who == bot).map(|(_, line)| line);
        let mut lines = own.peekable();
        let mut low = 1.0_f64;
        for tick in 0..=rug {
            let price = tape.prices[tick as usize];
            while let Some(line) = lines.next_if(|line| line.tick == tick && settles(line)) {
                self.line(line, tape, rug);
            }
            self.mark(price.to_decimal());
            while let Some(line) = lines.next_if(|line| line.tick == tick) {
                assert!(tick < rug, "{line:?} at the rug");
                self.line(line, tape, rug);
                self.mark(price.to_decimal());
            }
            if let Some((_, end)) = self.bet {
                assert!(end > tick, "a sidebet outlived its window");
            }
            low = low.min(price.get());
            if tick < rug {
                let units: f64 = self.held.to_string().parse().unwrap();
                self.expected += units * expectation::drift(price.get(), low);
            }
        }
        assert_eq!(lines.next(), None, "a posting beyond the rug, or out of order");
        assert_eq!(self.held, Decimal::ZERO, "something is held after the rug");
        assert_eq!(self.bet, None, "a sidebet is open after the rug");
        self.row(record, bot, opened);
    }

    fn open(&mut self, index: u64) -> Decimal {
        let (sol, begins) = match self.bankroll {
            Bankroll::PerGame(sol) => (sol, true),
            Bankroll::Lives { bankroll, games } => (bankroll, index % games == 0),
            Bankroll::Compounding(sol) => (sol, index == 0),
        };
        if begins {
            (self.cash, self.peak) = (sol.to_decimal(), sol.to_decimal());
            (self.drawdown, self.low) = (Decimal::ZERO, sol.to_decimal());
        }
        self.expected = 0.0;
        self.cash
    }

    fn line(&mut self, line: &Posting, tape: &Tape, rug: u32) {
        let (quantity, delta) = (line.quantity.to_decimal(), line.delta.to_decimal());
        assert_eq!(line.price, tape.prices[line.tick as usize], "{line:?}");
        let price = line.price.to_decimal();
        match line.kind {
            PostingKind::Buy => {
                assert_eq!(quantity, floor9(-delta / price), "{line:?}");
                self.held += quantity;
            }
            PostingKind::Sell | PostingKind::Liquidation => {
                assert_eq!(delta, floor9(quantity * price), "{line:?}");
                assert!(quantity > Decimal::ZERO && quantity <= self.held, "{line:?}");
                let whole = line.kind == PostingKind::Liquidation;
                assert_eq!(whole, line.tick == rug, "{line:?}");
                assert!(!whole || quantity == self.held, "{line:?}");
                self.held -= quantity;
            }
            PostingKind::Correction => panic!("nothing is corrected in a simulation: {line:?}"),
            PostingKind::SidebetStake => {
                assert_eq!(self.bet, None, "two sidebets at once");
                self.bet = Some((-delta, line.tick + self.rules.sidebet_window));
                let stake: f64 = (-delta).to_string().parse().unwrap();
                let Rules { sidebet_window, sidebet_payout, .. } = *self.rules;
                self.expected += stake * expectation::sidebet_edge(sidebet_window, sidebet_payout);
            }
            PostingKind::SidebetWon => {
                let (stake, end) = self.bet.take().expect("a sidebet to win");
                assert!(line.tick == rug && rug <= end, "{line:?}");
                assert_eq!(delta, stake * Decimal::from(self.rules.sidebet_payout), "{line:?}");
            }
            PostingKind::SidebetLost => {
                let (_, end) = self.bet.take().expect("a sidebet to lose");
                assert!(line.tick == end && rug > end, "{line:?}");
                assert_eq!(delta, Decimal::ZERO);
            }
        }
        self.cash += delta;
        assert_eq!(line.cash.to_decimal(), self.cash, "{line:?}");
        assert!(self.cash >= Decimal::ZERO, "{line:?}");
    }

    fn mark(&mut self, price: Decimal) {
        let equity = self.cash + floor9(self.held * price);
        self.peak = self.peak.max(equity);
        self.drawdown = self.drawdown.max(self.peak - equity);
        self.low = self.low.min(equity);
    }

    fn row(&self, record: &GameRecord, bot: BotIndex, opened: Decimal) {
        let row = record.rows.iter().find(|row| row.bot == bot).unwrap();
        assert_eq!(row.cash.to_decimal(), self.cash);
        assert_eq!(row.pnl.to_decimal(), self.cash - opened);
        assert_eq!(row.tally.opened_with.to_decimal(), opened);
        assert_eq!(row.max_drawdown.to_decimal(), self.drawdown, "the deepest drawdown");
        assert_eq!(row.low.to_decimal(), self.low, "the lowest equity");
        let off = (row.tally.expected - self.expected).abs();
        assert!(off <= 1e-12 + 1e-9 * self.expected.abs(), "expected {}", self.expected);
        let count = |kind| {
            let own = record.postings.iter().filter(|(who, line)| *who == bot && line.kind == kind);
            u32::try_from(own.count()).unwrap()
        };
        let tally = &row.tally;
        assert_eq!(tally.buys, count(PostingKind::Buy));
        assert_eq!(tally.sells, count(PostingKind::Sell));
        assert_eq!(tally.liquidations, count(PostingKind::Liquidation));
        assert_eq!(tally.sidebets_won, count(PostingKind::SidebetWon));
        assert_eq!(tally.sidebets_lost, count(PostingKind::SidebetLost));
        let placed = count(PostingKind::SidebetStake);
        assert_eq!(placed, tally.sidebets_won + tally.sidebets_lost);
        let refused: Vec<_> =
            record.rejections.iter().filter(|(who, _)| *who == bot).map(|(_, it)| it).collect();
        assert_eq!(tally.refused as usize, refused.len());
        for kind in RejectionKind::ALL {
            let of_kind = refused.iter().filter(|it| it.rejection.kind() == kind).count();
            assert_eq!(tally.refusals[kind] as usize, of_kind, "{kind:?}");
        }
        let exits: Vec<_> = record.exits.iter().filter(|exit| exit.bot == bot).collect();
        assert_eq!(exits.len(), (tally.sells + tally.liquidations) as usize);
        // Whatever was bought is sold by the end, part by part.
        let cost: Decimal = exits.iter().map(|exit| exit.cost.to_decimal()).sum();
        assert_eq!(cost, tally.bought.to_decimal(), "the cost of what was sold");
        let own = record.postings.iter().filter(|(who, line)| *who == bot && line.sale.is_some());
        let paid: Decimal = own.map(|(_, line)| line.delta.to_decimal()).sum();
        assert_eq!(exits.iter().map(|exit| exit.proceeds.to_decimal()).sum::<Decimal>(), paid);
    }
}

/// True for what is booked before the bots decide.
const fn settles(line: &Posting) -> bool {
    matches!(
        line.kind,
        PostingKind::SidebetWon | PostingKind::SidebetLost | PostingKind::Liquidation
    )
}

fn floor9(exact: Decimal) -> Decimal {
    exact.trunc_with_scale(9)
}
