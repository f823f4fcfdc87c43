//! Parameters of every type: read from a scenario, swept, played, and refused where they are wrong.

mod played;

use std::path::Path;

use proptest::prelude::*;
use replayer::backtest::scenario::{Scenario, Space};
use replayer::base::document::Document;
use replayer::base::params::{Length, ParamLimits, ParamType, Params};
use replayer::engine::strategy::Strategies;
use replayer::model::sol::Sol;
use rust_decimal::Decimal;

use super::with;
use played::{AfterLast, Stepper, StepperParams};

replayer::params! {
    /// Names, numbers and amounts in every place.
    pub struct Everything {
        /// A name that may be absent
        name: Option<AfterLast> = Some(AfterLast::Stop);
        /// Names
        names: Vec<AfterLast> = vec![], "", .., length ..=3;
        /// Booleans
        flags: Vec<bool> = vec![true, false], "", .., length 2..=2;
        /// A boolean that may be absent
        flag: Option<bool> = None;
        /// Amounts
        stakes: Vec<Sol> = vec![Sol::milli(1)], "SOL", Sol::milli(1).., length 1..;
        /// A number that may be absent
        factor: Option<Decimal> = None, "times", Decimal::ONE..=Decimal::TEN;
    }
}

/// The expansions name everything by its whole path.
mod bare {
    #![no_implicit_prelude]

    ::replayer::param_enum! {
        /// A name.
        pub(super) enum Only {
            /// The one.
            One,
        }
    }

    ::replayer::params! {
        /// Parameters.
        pub(super) struct BareParams {
            /// A name
            only: Only = Only::One;
            /// Numbers
            few: ::std::vec::Vec<u32> = ::std::vec![1], "", 1..=2, length 1..=2;
        }
    }
}

pub(super) fn strategies() -> Strategies {
    Strategies::standard().with::<Stepper>()
}

/// A scenario whose bot plays `Stepper` with these parameters; they begin at column 40 of line 7.
fn stepping(parameters: &str) -> String {
    with("bots", &format!("[(id: \"a\", strategy: Stepper({parameters}))]"))
}

fn space(text: &str) -> Result<Space, Vec<String>> {
    Space::parse(text, Path::new(""), None, &strategies())
        .map_err(|error| error.problems.iter().map(ToString::to_string).collect())
}

/// What parameters are read from a text of fields, and what is wrong with it.
fn read<P: Params>(fields: &str) -> (P, Vec<String>) {
    let document = Document::new(&format!("({fields})"));
    let mut taken = document.root().unwrap().fields().unwrap();
    let read = P::read(&mut taken);
    taken.finish();
    (read, document.problems().iter().map(ToString::to_string).collect())
}

#[test]
fn every_type_of_parameter_is_read_as_ron_writes_it() {
    let (read, problems) = read::<Everything>(
        "name: Restart, names: [Stop, Restart,], flags: [false, true], flag: Some(true), \
         stakes: [0.005, \"0.1\"], factor: 2.5",
    );
    assert_eq!(problems, [""; 0]);
    assert_eq!(read.name, Some(AfterLast::Restart));
    assert_eq!(read.names, [AfterLast::Stop, AfterLast::Restart]);
    assert_eq!((read.flags, read.flag), (vec![false, true], Some(true)));
    assert_eq!(read.stakes, [Sol::milli(5), Sol::milli(100)]);
    assert_eq!(read.factor, Some(Decimal::new(25, 1)));
}

#[test]
fn a_value_that_may_be_absent_is_written_with_or_without_some() {
    for (text, expected) in
        [("None", None), ("3", Some(3)), ("Some(3)", Some(3)), ("Some( 3, ) // ticks\n", Some(3))]
    {
        let (params, problems) = read::<StepperParams>(&format!("hold: {text}"));
        assert_eq!((params.hold, problems.len()), (expected, 0), "{text}: {problems:?}");
    }
}

#[test]
fn every_default_reads_back_as_it_is_listed() {
    fn assert_defaults<P: Params + std::fmt::Debug>() {
        let written: Vec<String> =
            P::table().iter().map(|it| format!("{}: {}", it.name, it.default)).collect();
        let (read, problems) = read::<P>(&written.join(", "));
        assert_eq!(problems, [""; 0]);
        assert_eq!(format!("{read:?}"), format!("{:?}", P::default()));
    }
    assert_defaults::<Everything>();
    assert_defaults::<StepperParams>();
    assert_defaults::<bare::BareParams>();
}

#[test]
fn what_a_parameter_may_be_is_listed_in_words() {
    let listed: Vec<(String, Option<String>)> =
        Everything::table().into_iter().map(|it| (it.type_name, it.allowed)).collect();
    let expected = [
        ("name or None", "one of Restart, Stop"),
        ("list of names", "at most 3 items, each one of Restart, Stop"),
        ("list of booleans", "2 items, each one of true, false"),
        ("boolean or None", "one of true, false"),
        ("list of amounts", "at least 1 item, each at least 0.001"),
        ("number or None", "from 1 to 10"),
    ];
    assert_eq!(listed, expected.map(|(name, it)| (name.to_owned(), Some(it.to_owned()))));
}

#[test]
fn a_wrong_parameter_is_told_at_its_place_with_what_would_be_right() {
    for (parameters, expected) in [
        ("early: tru", "7:47: `tru` is not known here, did you mean `true`?"),
        ("early: 1", "7:47: 1 is not known here, expected one of: true, false"),
        ("after_last: Restat", "7:52: `Restat` is not known here, did you mean `Restart`?"),
        ("after_last: restart", "7:52: `restart` is not known here, did you mean `Restart`?"),
        (
            "after_last: \"Stop\"",
            "7:52: \"Stop\" is not known here, expected one of: Restart, Stop",
        ),
        ("after_last: Stop()", "7:52: expected `Stop` alone, without parentheses"),
        ("aftr_last: Stop", "7:40: unknown field `aftr_last`, did you mean `after_last`?"),
        ("hold: 0", "7:46: 0: `hold` must be at least 1, or `None`"),
        ("hold: Some(0)", "7:51: 0: `hold` must be at least 1, or `None`"),
        ("hold: none", "7:46: none: expected a whole number from 0 to 4294967295, or `None`"),
        ("at: 5", "7:44: 5: expected a list: `[…, …]`"),
        ("at: []", "7:44: []: `at` must have 1 to 4 items, not 0"),
        ("at: [1,2,3,4,5]", "7:44: [1,2,3,4,5]: `at` must have 1 to 4 items, not 5"),
        ("at: [1, 101]", "7:48: 101: `at` must be from 1 to 100"),
    ] {
        assert_eq!(space(&stepping(parameters)).unwrap_err(), [expected], "{parameters}");
    }
    // RON itself knows what belongs to these two.
    for parameters in ["hold: Some", "hold: None(1)"] {
        let found = space(&stepping(parameters)).unwrap_err();
        assert!(found.len() == 1 && found[0].contains("not RON"), "{found:?}");
    }
    // Every wrong item is told at once.
    let found = space(&stepping("at: [0, 5, x]")).unwrap_err();
    assert_eq!(
        found,
        [
            "7:45: 0: `at` must be from 1 to 100",
            "7:51: x: expected a whole number from 0 to 4294967295",
        ]
    );
    let (_, found) = read::<Everything>("name: Stp, flag: maybe, names: [Restart, Stpo]");
    assert_eq!(
        found,
        [
            "1:8: `Stp` is not known here, did you mean `Stop`?",
            "1:19: `maybe` is not known here, expected one of: true, false, None",
            "1:43: `Stpo` is not known here, expected one of: Restart, Stop",
        ]
    );
}

#[test]
fn parameters_of_every_type_can_be_choices() {
    for (parameters, values) in [
        ("early: Grid([true, false])", vec!["true", "false"]),
        ("after_last: Grid([Stop, Restart])", vec!["Stop", "Restart"]),
        ("hold: Grid([None, 5, Some(6)])", vec!["None", "5", "Some(6)"]),
        ("hold: Some(Grid([5, 6]))", vec!["5", "6"]),
        ("hold: Range(from: 5, to: 9, step: 2)", vec!["5", "7", "9"]),
        ("at: Grid([[1, 2], [3]])", vec!["[1, 2]", "[3]"]),
        ("at: [1, Grid([2, 3])]", vec!["2", "3"]),
    ] {
        let space =
            space(&stepping(parameters)).unwrap_or_else(|it| panic!("{parameters}: {it:?}"));
        let found: Vec<String> = (0..values.len() as u64).flat_map(|it| space.values(it)).collect();
        assert_eq!((space.variants.len(), found), (values.len(), own(&values)), "{parameters}");
        for cell in 0..values.len() as u64 {
            let text = space.cell(cell, None);
            Scenario::parse(&text, Path::new(""), None, &strategies())
                .unwrap_or_else(|error| panic!("{text}: {error}"));
        }
    }
}

fn own(values: &[&str]) -> Vec<String> {
    values.iter().map(|&value| value.to_owned()).collect()
}

#[test]
fn numbers_inside_of_options_and_lists_can_be_drawn() {
    let text = stepping("hold: Uniform(1, 9), at: [Uniform(1, 50), LogUniform(1, 100)]")
        .replace("seed: 42,", "seed: 42, sweep: Sweep(samples: 20),");
    let space = space(&text).unwrap();
    let names: Vec<&str> = space.dimensions.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["a.hold", "a.at", "a.at-2"]);
    assert_eq!(space.variants.len(), 20);
}

#[test]
fn a_wrong_value_of_a_choice_is_found_where_it_stands() {
    for (parameters, expected) in [
        ("early: Grid([true, fals])", "7:59: `fals` is not known here, did you mean `false`?"),
        ("hold: Grid([None, 0])", "7:58: 0: `hold` must be at least 1, or `None`"),
        ("at: Grid([[1], [2, 101]])", "7:59: 101: `at` must be from 1 to 100"),
        ("at: Grid([[1], []])", "7:55: []: `at` must have 1 to 4 items, not 0"),
        (
            "at: Grid([[Grid([1, 2])], [3]])",
            "7:51: a choice inside a choice: list every value in the outer one",
        ),
    ] {
        assert_eq!(space(&stepping(parameters)).unwrap_err(), [expected], "{parameters}");
    }
}

/// Asserts that a value reads back from what it is written as, and leaves nothing to complain of.
fn assert_reads_back<T: ParamType + PartialEq + std::fmt::Debug>(
    value: &T,
    length: &T::Length,
) -> Result<(), TestCaseError> {
    let document = Document::new(&format!("(x: {})", value.written()));
    let raw = document.root().unwrap().fields().unwrap().raw("x").unwrap();
    let read = T::read(raw, &ParamLimits { name: "x", range: &.., length });
    prop_assert_eq!(read.as_ref(), Some(value), "{}", value.written());
    prop_assert_eq!(document.problems(), []);
    Ok(())
}

fn after_last() -> impl Strategy<Value = AfterLast> {
    prop::sample::select(vec![AfterLast::Restart, AfterLast::Stop])
}

proptest! {
    #[test]
    fn every_value_reads_back_as_it_is_written(
        flag in any::<bool>(),
        name in after_last(),
        hold in any::<Option<u32>>(),
        stake in prop::option::of(0_i64..1_000_000_000_000),
        maybe in prop::option::of(after_last()),
        at in prop::collection::vec(any::<u32>(), 0..20),
        names in prop::collection::vec(after_last(), 0..20),
        flags in prop::collection::vec(any::<bool>(), 0..20),
    ) {
        let any = Length::of(&..);
        assert_reads_back(&flag, &())?;
        assert_reads_back(&name, &())?;
        assert_reads_back(&hold, &())?;
        let stake = stake.map(|lamports| Sol::from_lamports(lamports.into()).unwrap());
        assert_reads_back(&stake, &())?;
        assert_reads_back(&maybe, &())?;
        assert_reads_back(&at, &any)?;
        assert_reads_back(&names, &any)?;
        assert_reads_back(&flags, &any)?;
    }

    #[test]
    fn a_list_is_read_exactly_where_its_length_and_its_items_are_fit(
        at in prop::collection::vec(0_u32..130, 0..7),
    ) {
        let (read, problems) = read::<StepperParams>(&format!("at: {at:?}"));
        let is_wrong = |item: &&u32| !(1..=100).contains(*item);
        let wrong = at.iter().filter(is_wrong).count();
        if (1..=4).contains(&at.len()) {
            prop_assert_eq!(problems.len(), wrong);
            prop_assert!(wrong > 0 || read.at == at);
        } else {
            prop_assert_eq!(problems.len(), 1);
        }
    }

    #[test]
    fn whatever_is_written_for_a_parameter_is_read_or_refused(
        value in "(None|Some|Grid|true|Stop|[-0-9()\\[\\], ]){0,6}",
    ) {
        for field in ["early", "after_last", "hold", "at", "stake"] {
            match space(&stepping(&format!("{field}: {value}"))) {
                Ok(space) => prop_assert!(!space.variants.is_empty()),
                Err(problems) => prop_assert!(!problems.is_empty()),
            }
        }
    }
}
