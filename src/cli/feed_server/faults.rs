//! The options that inject faults.

use clap::ValueEnum;

use crate::demo::feed_server::script::CueKind;
use crate::demo::feed_server::{Faults, Spoils, Stall};

/// The faults to inject.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Injected faults (drawn from --seed)")]
pub(super) struct Faulty {
    /// Drop frames with this probability
    #[arg(long, value_name = "P", default_value_t = 0.0, value_parser = probability)]
    drop: f64,
    /// Send frames twice with this probability
    #[arg(long, value_name = "P", default_value_t = 0.0, value_parser = probability)]
    duplicate: f64,
    /// Swap a frame with the next one with this probability
    #[arg(long, value_name = "P", default_value_t = 0.0, value_parser = probability)]
    swap: f64,
    /// Send garbage before frames with this probability
    #[arg(long, value_name = "P", default_value_t = 0.0, value_parser = probability)]
    garbage: f64,
    /// Never send frames of this kind (may be given several times)
    #[arg(long, value_name = "KIND")]
    omit: Vec<Omitted>,
    /// Stall every N frames, for --stall-ms
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    stall_every: Option<u64>,
    /// Length of a stall in milliseconds, at every speed
    #[arg(long, value_name = "MS", default_value_t = 3_000)]
    stall_ms: u64,
    /// Close all connections every N frames
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    disconnect_every: Option<u64>,
    /// Cut all connections in the middle of a frame every N frames
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    cut_every: Option<u64>,
    /// Reveal a seed other than the one whose hash was announced
    #[arg(long)]
    wrong_seed: bool,
    /// Change one price of a game, in every frame that carries it
    #[arg(long)]
    wrong_price: bool,
    /// Give only every Nth game a wrong seed or price
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    spoil_every: u64,
}

/// A kind of frame that can be omitted.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Omitted {
    /// The announcement of the next game, with the seed of the last
    Genesis,
    /// The countdown
    Countdown,
    /// The first frame of the presale
    Presale,
    /// Tick 0
    Activation,
    /// The first frame of the rug
    Rug,
    /// The second frame of the rug
    RugAgain,
    /// Trades by players
    Trade,
    /// Chat messages
    Chat,
}

impl From<Omitted> for CueKind {
    fn from(omitted: Omitted) -> Self {
        match omitted {
            Omitted::Genesis => Self::Genesis,
            Omitted::Countdown => Self::Countdown,
            Omitted::Presale => Self::Presale,
            Omitted::Activation => Self::Activation,
            Omitted::Rug => Self::Rug,
            Omitted::RugAgain => Self::RugAgain,
            Omitted::Trade => Self::Trade,
            Omitted::Chat => Self::Chat,
        }
    }
}

impl Faulty {
    /// The faults of the transport.
    pub(super) fn faults(&self) -> Faults {
        Faults {
            drop: self.drop,
            duplicate: self.duplicate,
            swap: self.swap,
            garbage: self.garbage,
            omit: self.omit.iter().copied().map(CueKind::from).collect(),
            stall: self.stall_every.map(|every| Stall { every, ms: self.stall_ms }),
            disconnect_every: self.disconnect_every,
            cut_every: self.cut_every,
        }
    }

    /// The faults in the games' content.
    pub(super) const fn spoils(&self) -> Spoils {
        Spoils {
            wrong_seed: self.wrong_seed,
            wrong_price: self.wrong_price,
            every_games: self.spoil_every,
        }
    }
}

fn probability(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| "give a number from 0 to 1".to_owned())
}
