//! Choices: several values may be written in place of one, and a sweep tries each.
//!
//! `Grid([5, 10])` and `Range(from: 5, to: 25, step: 5)` list their values; `Uniform(1.1, 5.0)` and
//! `LogUniform(0.001, 1.000)` draw them, with the number of decimals that their bounds have.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ron::value::RawValue;
use rust_decimal::Decimal;

use super::draw::Draw;
use super::{Raw, Value, excerpt};

/// The words that choices begin with.
pub(crate) const WORDS: [&str; 4] = ["Grid", "Range", "Uniform", "LogUniform"];

const NESTED: &str = "a choice inside a choice: list every value in the outer one";

const TOO_MANY: &str = "more than 2^64 values to draw from: write fewer decimals";

/// Most values of one choice.
pub const VALUES_MAX: usize = 100_000;

/// Most decimals of a computed value: twice those of an amount.
const DECIMALS_MAX: u32 = 18;

/// A value that a document leaves open, and its possible values.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Its byte range in the text.
    pub span: Range<usize>,
    /// The owner of the field ([`Raw::owner`]); empty where none was set.
    pub owner: String,
    /// The field that the value belongs to.
    pub field: String,
    /// The possible values, listed or drawn.
    pub values: Values,
    /// The byte range of its first, or lowest, value.
    pub(super) first: Range<usize>,
}

/// The possible values of a choice.
#[derive(Debug, Clone)]
pub enum Values {
    /// One of these pieces of the text, as byte ranges.
    Written(Vec<Range<usize>>),
    /// One of these computed numbers.
    Made(Vec<String>),
    /// Any number of a range.
    Drawn(Draw),
}

/// The value picked for a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    /// A piece of the text, as a byte range.
    Written(Range<usize>),
    /// A computed number, as text.
    Made(String),
}

/// The choices of a document met so far, and the owners of their fields.
#[derive(Debug, Default)]
pub(super) struct Met {
    /// Begin of each choice, with its end; `None` where the choice is broken.
    choices: BTreeMap<usize, (usize, Option<Choice>)>,
    owners: Vec<(Range<usize>, String)>,
    /// Where no choice may stand, and why.
    closed: Vec<(Range<usize>, String)>,
    /// Whether any of them is a draw.
    draws: bool,
}

impl Met {
    /// The valid choices, in the order of the text.
    pub(super) fn choices(&self) -> Vec<Choice> {
        let choices = self.choices.values().filter_map(|(_, choice)| choice.clone());
        choices.map(|choice| Choice { owner: self.owner(&choice.span), ..choice }).collect()
    }

    /// Whether a draw was met, valid or not.
    pub(super) const fn has_draws(&self) -> bool {
        self.draws
    }

    /// The innermost owner of a byte range.
    fn owner(&self, span: &Range<usize>) -> String {
        let inside = |around: &Range<usize>| {
            around != span && around.start <= span.start && span.end <= around.end
        };
        let owner = self.owners.iter().rfind(|(around, _)| inside(around));
        owner.map(|(_, name)| name.clone()).unwrap_or_default()
    }
}

impl<'a> Raw<'a> {
    /// Sets the owner of the choices in this value.
    pub fn owner(&self, name: &str) {
        if let Some(span) = self.span() {
            self.document.met.borrow_mut().owners.push((span, name.to_owned()));
        }
    }

    /// Forbids choices in this value and says why: each one is a problem.
    pub fn one_value(&self, why: &str) {
        let Some(span) = self.span() else { return };
        let what = format!("no choice can stand here: {why}");
        let mut met = self.document.met.borrow_mut();
        // The value itself was already met when it was handed out.
        if let Some((_, choice)) = met.choices.get_mut(&span.start)
            && choice.take().is_some()
        {
            self.document.note(span.start, &what);
        }
        met.closed.push((span, what));
    }

    /// Whether the value is written as a choice.
    pub(super) fn is_choice(self) -> bool {
        WORDS.contains(&self.name())
    }

    /// The text to read in place of this choice: the pick, otherwise its first value; empty where
    /// the choice is broken.
    pub(super) fn picked(self, field: &str) -> &'a str {
        let document = self.document;
        let nothing = &self.text[..0];
        let Some(span) = document.span_of(self.text) else { return nothing };
        match document.picks.get(&span.start) {
            Some((end, Pick::Written(value))) if *end == span.end => {
                return &document.text()[value.clone()];
            }
            Some((end, Pick::Made(value))) if *end == span.end => return value,
            _ => {}
        }
        let known = document.met.borrow().choices.get(&span.start).cloned();
        let choice = known.map_or_else(|| self.meet(span, field), |(_, choice)| choice);
        choice.map_or(nothing, |choice| &document.text()[choice.first])
    }

    /// Reads this choice for the first time; notes any problem.
    fn meet(self, span: Range<usize>, field: &str) -> Option<Choice> {
        let document = self.document;
        document.met.borrow_mut().draws |= matches!(self.name(), "Uniform" | "LogUniform");
        let picked = document.picks.range(..span.start).next_back().map(|(_, (end, _))| *end);
        let met = document.met.borrow().choices.range(..span.start).next_back().map(|it| it.1.0);
        if picked.max(met).is_some_and(|end| span.end <= end) {
            document.note(span.start, NESTED);
            return None;
        }
        let met = document.met.borrow();
        let closed = met.closed.iter().find(|(around, _)| around.contains(&span.start));
        if let Some((_, what)) = closed {
            document.note(span.start, what);
            return None;
        }
        drop(met);
        // Registered before it is read, so that a choice inside it is recognised.
        document.met.borrow_mut().choices.insert(span.start, (span.end, None));
        let read = match self.name() {
            "Grid" => grid(self),
            "Range" => range(self),
            word => drawn(self, word == "LogUniform"),
        };
        let (values, first) = read?;
        let (start, end) = (span.start, span.end);
        let choice = Choice { span, owner: String::new(), field: field.to_owned(), values, first };
        document.met.borrow_mut().choices.insert(start, (end, Some(choice.clone())));
        Some(choice)
    }
}

impl Values {
    /// The number of values; `None` where they are drawn.
    #[must_use]
    pub const fn count(&self) -> Option<usize> {
        match self {
            Self::Written(values) => Some(values.len()),
            Self::Made(values) => Some(values.len()),
            Self::Drawn(_) => None,
        }
    }

    /// The listed value at an index from 0. Of a range to draw from: the lowest for 0, the highest
    /// for any other index.
    ///
    /// # Panics
    /// When fewer values are listed.
    #[must_use]
    pub fn listed(&self, at: usize) -> Pick {
        match self {
            Self::Written(values) => Pick::Written(values[at].clone()),
            Self::Made(values) => Pick::Made(values[at].clone()),
            Self::Drawn(draw) => Pick::Made(draw.show(if at == 0 { draw.low } else { draw.high })),
        }
    }
}

fn grid(raw: Raw<'_>) -> Option<(Values, Range<usize>)> {
    let Ok((items,)) = ron::from_str::<(Vec<&RawValue>,)>(raw.body()) else {
        raw.problem("expected a list of values: `Grid([…, …])`");
        return None;
    };
    let items: Vec<&str> = items.into_iter().map(|item| item.trim().get_ron()).collect();
    if items.is_empty() {
        raw.problem("`Grid` is empty: it needs at least one value");
        return None;
    }
    if items.len() > VALUES_MAX {
        raw.problem(format!("{} values: at most {VALUES_MAX}", items.len()));
        return None;
    }
    let mut seen = BTreeSet::new();
    for item in &items {
        if raw.piece(item).is_choice() {
            raw.document.problem(item, NESTED);
            return None;
        }
        // 5 and 5.0 are the same number.
        let same = Decimal::parse(item).map_or_else(|_| (*item).to_owned(), |it| it.show());
        if !seen.insert(same) {
            raw.document.problem(item, format!("{}: is listed twice", excerpt(item)));
        }
    }
    let spans: Option<Vec<_>> = items.iter().map(|item| raw.document.span_of(item)).collect();
    let spans = spans?;
    let first = spans[0].clone();
    (seen.len() == items.len()).then_some((Values::Written(spans), first))
}

fn range(raw: Raw<'_>) -> Option<(Values, Range<usize>)> {
    let mut fields = raw.fields()?;
    let bounds = ["from", "to", "step"].map(|name| {
        let raw = fields.required_raw(name)?;
        Some((raw, raw.checked(too_fine)?))
    });
    fields.finish();
    let [Some((first, from)), Some((_, to)), Some((step_raw, step))] = bounds else { return None };
    let decimals = from.scale().max(to.scale()).max(step.scale());
    let [low, high, units] = [from, to, step].map(|number| units(number, decimals));
    let too_many =
        || raw.problem(format!("{from} to {to} in steps of {step}: at most {VALUES_MAX} values"));
    let (Some(low), Some(high), Some(units)) = (low, high, units) else {
        too_many();
        return None;
    };
    if units <= 0 {
        step_raw.problem(format!("{step}: the step must be above zero"));
        return None;
    }
    if low > high {
        raw.problem(format!("from {from} to {to}: the end is below the beginning"));
        return None;
    }
    let Some(distance) = high.checked_sub(low) else {
        too_many();
        return None;
    };
    let steps = distance / units;
    if low + steps * units != high {
        let last = Decimal::from_i128_with_scale(low + steps * units, decimals);
        raw.problem(format!("steps of {step} from {from} end at {last}, not at {to}"));
        return None;
    }
    let count = usize::try_from(steps).unwrap_or(usize::MAX).saturating_add(1);
    if count > VALUES_MAX {
        raw.problem(format!("{} values: at most {VALUES_MAX}", steps + 1));
        return None;
    }
    let value = |at| Decimal::from_i128_with_scale(low + at * units, decimals).to_string();
    Some((Values::Made((0..=steps).map(value).collect()), first.span()?))
}

fn drawn(raw: Raw<'_>, by_magnitude: bool) -> Option<(Values, Range<usize>)> {
    let word = raw.name();
    let Ok((low, high)) = ron::from_str::<(&RawValue, &RawValue)>(raw.body()) else {
        raw.problem(format!("expected two bounds: `{word}(lowest, highest)`"));
        return None;
    };
    let bounds = [low, high].map(|bound| raw.piece(bound.trim().get_ron()));
    let [low, high] = bounds.map(|bound| bound.checked(too_fine));
    let (low, high) = (low?, high?);
    let decimals = low.scale().max(high.scale());
    let (Some(from), Some(to)) = (units(low, decimals), units(high, decimals)) else {
        raw.problem(TOO_MANY);
        return None;
    };
    if from >= to {
        raw.problem(format!("from {low} to {high}: there is nothing to draw from"));
        return None;
    }
    if by_magnitude && from <= 0 {
        bounds[0].problem(format!("{low}: `LogUniform` draws from numbers above zero"));
        return None;
    }
    if to.checked_sub(from).is_none_or(|distance| distance >= i128::from(u64::MAX)) {
        raw.problem(TOO_MANY);
        return None;
    }
    let draw = Draw { low: from, high: to, decimals, by_magnitude };
    Some((Values::Drawn(draw), bounds[0].span()?))
}

fn too_fine(number: &Decimal) -> Option<String> {
    (number.scale() > DECIMALS_MAX).then(|| format!("at most {DECIMALS_MAX} decimals"))
}

/// A number in units of its last decimal.
fn units(number: Decimal, decimals: u32) -> Option<i128> {
    number.mantissa().checked_mul(10_i128.checked_pow(decimals - number.scale())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::document::Document;

    fn choice(text: &str) -> Result<Choice, Vec<String>> {
        let document = Document::new(&format!("(stop: {text})"));
        let mut fields = document.root().unwrap().fields().unwrap();
        let _ = fields.raw("stop");
        let problems: Vec<_> = document.problems().iter().map(ToString::to_string).collect();
        document.choices().pop().ok_or(problems)
    }

    fn made(text: &str) -> Vec<String> {
        match choice(text).unwrap().values {
            Values::Made(values) => values,
            values => panic!("{values:?}"),
        }
    }

    fn draw(text: &str) -> Draw {
        match choice(text).unwrap().values {
            Values::Drawn(draw) => draw,
            values => panic!("{values:?}"),
        }
    }

    #[test]
    fn a_range_has_both_its_ends_and_as_many_decimals_as_written() {
        assert_eq!(made("Range(from: 5, to: 25, step: 10)"), ["5", "15", "25"]);
        assert_eq!(made("Range(from: 0.1, to: \"0.30\", step: 0.1)"), ["0.10", "0.20", "0.30"]);
        assert_eq!(made("Range(from: -1, to: 1, step: 1)"), ["-1", "0", "1"]);
        assert_eq!(made("Range(from: 2, to: 2, step: 3)"), ["2"]);
    }

    #[test]
    fn numbers_are_drawn_between_their_bounds_with_the_decimals_of_these() {
        let whole = draw("Uniform(5, 7)");
        assert_eq!([0, u64::MAX / 2, u64::MAX].map(|it| whole.value(it)), ["5", "6", "7"]);
        let fine = draw("Uniform(1.100, 5.0)");
        assert_eq!([0, u64::MAX].map(|it| fine.value(it)), ["1.100", "5.000"]);
        let law = draw("LogUniform(0.001, 1.000)");
        let middle = law.value(u64::MAX / 2);
        assert_eq!([0, u64::MAX].map(|it| law.value(it)), ["0.001", "1.000"]);
        assert_eq!(middle, "0.032", "half of all draws are below the geometric mean");
    }

    #[test]
    fn a_choice_that_cannot_be_made_is_a_problem_at_its_place() {
        for (text, expected) in [
            ("Grid", "1:8: expected a list of values: `Grid([…, …])`"),
            ("Grid([])", "1:8: `Grid` is empty: it needs at least one value"),
            ("Grid([5, 5.0])", "1:17: 5.0: is listed twice"),
            ("Grid([A(), A()])", "1:19: A(): is listed twice"),
            ("Range(from: 3, to: 2, step: 1)", "1:8: from 3 to 2: the end is below the beginning"),
            ("Range(from: 5, to: 25, step: 7)", "1:8: steps of 7 from 5 end at 19, not at 25"),
            ("Range(from: 5, to: 25, step: 0)", "1:37: 0: the step must be above zero"),
            ("Range(from: 0, to: 1, step: 0.000001)", "1:8: 1000001 values: at most 100000"),
            ("Range(from: 5, to: x, step: 1)", "1:27: x: expected a decimal number such as 1.5"),
            ("Range(from: 5, to: 25)", "1:8: field `step` is missing"),
            ("Uniform(1)", "1:8: expected two bounds: `Uniform(lowest, highest)`"),
            ("Uniform(5, 5.0)", "1:8: from 5 to 5.0: there is nothing to draw from"),
            ("LogUniform(0, 1)", "1:19: 0: `LogUniform` draws from numbers above zero"),
            (
                "Uniform(0.000000000000000001, 79228162514264337593543950335)",
                "1:8: more than 2^64 values to draw from: write fewer decimals",
            ),
            (
                "Range(from: 0, to: 79228162514264337593543950335, step: 0.000000000000000001)",
                "1:8: 0 to 79228162514264337593543950335 in steps of 0.000000000000000001: at most \
                 100000 values",
            ),
            (
                "Uniform(0.0000000000000000001, 1)",
                "1:16: 0.0000000000000000001: at most 18 decimals",
            ),
        ] {
            assert_eq!(choice(text).unwrap_err(), [expected], "{text}");
        }
    }
}
