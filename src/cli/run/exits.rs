//! The table of exits: how the positions of each bot ended.

use super::super::layout;
use super::format::declared;
use crate::analysis::summary::{Assessment, ExitFigures, ExitLevel};
use crate::base::decimals::signed;

const HEADER: [&str; 7] = ["bot", "exit", "count", "level", "mean", "worst", "slippage"];

const LEGEND: &str = "Exits: SOL gained per SOL of cost. Level: the gain at which the bot meant to \
                      sell (~: the mean of several); slippage: the mean less the level.";

/// One row per bot and reason; `None` where no position ended.
#[must_use]
pub(super) fn render(assessment: &Assessment) -> Option<String> {
    let mut table = layout::table(&HEADER);
    for figures in declared(assessment) {
        for (place, exits) in figures.exits.iter().enumerate() {
            let bot = if place == 0 { figures.id.as_str() } else { "" };
            table.add_row(row(bot, exits));
        }
    }
    let any = declared(assessment).any(|figures| !figures.exits.is_empty());
    any.then(|| {
        layout::right(&mut table, 2..HEADER.len());
        format!("{table}\n{}", layout::hanging("", LEGEND))
    })
}

fn row(bot: &str, exits: &ExitFigures) -> [String; HEADER.len()] {
    let shown = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), percent);
    [
        bot.to_owned(),
        exits.reason.to_string(),
        exits.count.to_string(),
        exits.level.as_ref().map_or_else(|| "-".to_owned(), level),
        shown(exits.mean),
        shown(exits.worst),
        shown(exits.level.map(|level| level.slippage)),
    ]
}

/// The level of all exits, or about the level of each.
fn level(level: &ExitLevel) -> String {
    let about = if percent(level.low) == percent(level.high) { "" } else { "~" };
    format!("{about}{}", percent(level.mean))
}

/// A share in percent, with one decimal and a sign.
fn percent(share: f64) -> String {
    format!("{}%", signed(share * 100.0, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::exit::ExitReason;
    use crate::model::sol::Sol;

    #[test]
    fn a_row_tells_level_mean_worst_and_slippage_of_a_reason() {
        let level = ExitLevel { mean: -0.2, low: -0.2, high: -0.200_04, slippage: -0.053 };
        let mut stop = ExitFigures {
            reason: ExitReason::Stop,
            count: 244,
            cost: Sol::milli(1_220),
            gained: Sol::milli(-309),
            mean: Some(-0.253_3),
            worst: Some(-0.46),
            best: Some(-0.000_04),
            level: Some(level),
        };
        let expected = ["careful", "stop", "244", "-20.0%", "-25.3%", "-46.0%", "-5.3%"];
        assert_eq!(row("careful", &stop), expected);
        stop.level = Some(ExitLevel { high: 0.9, ..level });
        assert_eq!(row("", &stop)[3], "~-20.0%");
        let rug = ExitFigures { level: None, mean: None, worst: Some(-0.000_04), ..stop };
        assert_eq!(row("", &rug)[3..], ["-", "-", "0.0%", "-"]);
    }
}
