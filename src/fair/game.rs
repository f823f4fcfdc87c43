//! Stub.
use crate::model::{game::Frame, price::Price};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
/// x
#[derive(Debug, Clone)]
pub struct FairGame {
    rng: ChaCha8Rng,
    price: f64,
    low: f64,
    state: u8,
}
impl FairGame {
    /// x
    pub fn new(s: &super::seed::ServerSeed, _: &crate::model::ids::GameId) -> Self {
        Self { rng: ChaCha8Rng::seed_from_u64(s.0), price: 1.0, low: 1.0, state: 0 }
    }
    /// x
    pub fn next(&mut self) -> Frame {
        match self.state {
            0 => {
                self.state = 1;
                return Frame::Presale;
            }
            1 => {
                self.state = 2;
                return Frame::Price(Price::ONE);
            }
            3 => return Frame::Idle,
            _ => {}
        }
        let mut d = || (self.rng.next_u64() >> 11) as f64 / 9007199254740992.0;
        if d() < 0.005 {
            self.state = 3;
            return Frame::Rug(Price::new(self.low * (1.0 - 0.98)).unwrap());
        }
        let c = if d() < 0.125 {
            let m = 0.15 + d() * 0.1;
            if d() > 0.5 { m } else { -m }
        } else {
            -0.02 + d() * 0.05 + 0.005 * self.price.sqrt().min(10.0) * (2.0 * d() - 1.0)
        };
        self.price *= 1.0 + c;
        self.low = self.low.min(self.price);
        Frame::Price(Price::new(self.price).unwrap())
    }
}
