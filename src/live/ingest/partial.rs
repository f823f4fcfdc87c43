//! The game in which an earlier session ended.

use crate::feed::Fact;
use crate::model::ids::GameId;

/// A game of which the session that this one goes on with heard the beginning, and this one may hear the rest.
/// Nobody played the whole of it, so it is neither recorded nor played: its two ends would make a game that
/// a replay has and the session has not.
#[derive(Debug, Default)]
pub(in super::super) struct PartialGame {
    game: Option<GameId>,
    /// What is heard now is of it.
    goes_on: bool,
}

impl PartialGame {
    /// This game, where there is one.
    pub(in super::super) const fn new(game: Option<GameId>) -> Self {
        Self { game, goes_on: false }
    }

    /// Takes what is of the game out of the facts of a message.
    pub(super) fn leave_out(&mut self, facts: &mut Vec<Fact>) {
        let Some(partial) = self.game else { return };
        facts.retain(|fact| {
            match fact {
                Fact::Game { id, .. } => self.goes_on = *id == partial,
                Fact::Seed(_) => return true,
                _ => {}
            }
            !self.goes_on
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_torn_game_is_left_out() {
        let game = |id: &str| Fact::Game { id: GameId::new(id).unwrap(), seed_hash: None };
        let presale = || Fact::Presale { late: false };
        let mut partial = PartialGame::new(Some(GameId::new("b").unwrap()));
        let mut left = |mut facts| {
            partial.leave_out(&mut facts);
            facts.len()
        };
        assert_eq!(left(vec![presale(), Fact::Void]), 2);
        assert_eq!(left(vec![game("a"), presale(), Fact::Void, game("b"), presale()]), 3);
        assert_eq!(left(vec![Fact::Countdown { left_ms: 1 }, Fact::Void]), 0);
        assert_eq!(left(vec![game("c"), presale()]), 2);
    }
}
