//! The text output: the files that need attention, their problems, the totals.

use std::fmt::Write as _;

use super::super::layout;
use super::row::{FileRow, Total};
use crate::base::decimals::counted;
use crate::base::printable;
use crate::games::recording::Grade;

/// Up to this many files, all are listed.
const FILES_SHOWN: usize = 10;

/// The complete text output.
pub(super) fn text(rows: &[FileRow], total: &Total, all: bool) -> String {
    let all = all || rows.len() <= FILES_SHOWN;
    let shown: Vec<&FileRow> = rows.iter().filter(|row| all || row.grade > Grade::A).collect();
    let mut text = String::new();
    if !shown.is_empty() {
        text += &files(&shown);
        text += "\n\n";
    }
    let problems: Vec<String> = shown.iter().flat_map(|row| problems(row)).collect();
    if !problems.is_empty() {
        text += &format!("Problems\n{}\n\n", problems.join("\n"));
    }
    let hidden = rows.len() - shown.len();
    if hidden > 0 {
        text +=
            &format!("{} of grade A not listed (--all lists them)\n\n", counted(hidden, "file"));
    }
    text + &totals(total)
}

fn files(rows: &[&FileRow]) -> String {
    let header = ["file", "grade", "records", "bad", "saved", "ticks", "rug at", "price", ""];
    let mut table = layout::table(&header);
    for row in rows {
        table.add_row([
            row.file.clone(),
            row.grade.to_string(),
            row.records.to_string(),
            row.bad_lines.to_string(),
            row.salvaged.to_string(),
            range(row),
            row.rug_tick.map_or_else(String::new, |tick| tick.to_string()),
            row.rug_price.map_or_else(String::new, |price| format!("{price:.6}")),
            remark(row),
        ]);
    }
    layout::right(&mut table, 2..5);
    layout::right(&mut table, 6..8);
    table.to_string()
}

fn range(row: &FileRow) -> String {
    match (row.first_tick, row.last_tick) {
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => String::new(),
    }
}

/// A file's problems in a few words.
fn remark(row: &FileRow) -> String {
    let counted = [
        (row.conflicts, "contradicting row", "contradicting rows"),
        (row.duplicates, "repeated tick", "repeated ticks"),
        (row.out_of_order, "tick out of order", "ticks out of order"),
        (row.inexact_prices, "inexact price", "inexact prices"),
        (row.wrong_footers, "wrong footer", "wrong footers"),
        (row.mixed_times, "time of another clock", "times of another clock"),
        (row.repeats, "game told again", "games told again"),
        (row.clock_jumps, "jump of the clock", "jumps of the clock"),
    ];
    let mut parts: Vec<String> = row.incomplete.iter().cloned().collect();
    if row.error.is_some() {
        parts.push("unreadable".to_owned());
    } else if row.games == 0 {
        parts.push("no game".to_owned());
    } else if row.games > 1 {
        parts.push(format!("{} games", row.games));
    }
    let worth_saying = counted.iter().filter(|(count, ..)| *count > 0);
    parts.extend(
        worth_saying
            .map(|&(count, one, many)| format!("{count} {}", if count == 1 { one } else { many })),
    );
    parts.join("; ")
}

fn problems(row: &FileRow) -> Vec<String> {
    let mut lines: Vec<String> = row
        .first_bad
        .iter()
        .map(|bad| format!("{}:{} {}", row.path, bad.line, bad.reason))
        .collect();
    let more = row.bad_lines.saturating_sub(row.first_bad.len() as u64);
    if more > 0 {
        lines.push(format!("{}: {}", row.path, counted(more, "more bad line")));
    }
    lines.extend(row.error.iter().cloned());
    lines.iter().map(|line| format!("  {}", printable::one_line(line))).collect()
}

fn totals(total: &Total) -> String {
    let mut text = String::new();
    let grades: Vec<_> =
        total.grades.iter().map(|(grade, files)| format!("{grade} {files}")).collect();
    let mut say = |what: &str, text_of: String| {
        let line = layout::hanging(&format!("{what:<9}"), &text_of);
        writeln!(text, "{line}").expect("a string takes all text");
    };
    say("files", format!("{}: {}", total.files, grades.join(", ")));
    say("records", format!("{}, {} of them ticks", total.records, total.ticks));
    say(
        "damage",
        format!(
            "{} bad lines in {} files, {} rows salvaged from these; {} ticks missing; \
             {} contradicting rows; {} files unreadable",
            total.bad_lines,
            total.damaged_files,
            total.salvaged,
            total.missing_ticks,
            total.conflicts,
            total.unreadable
        ),
    );
    say(
        "games",
        format!(
            "{}, {} complete ({} with the rug price that the law predicts), \
             {} joined from several files",
            total.games, total.complete, total.rug_law_ok, total.merged
        ),
    );
    if total.repeats > 0 {
        let times = if total.repeats == 1 { "time" } else { "times" };
        say("repeats", format!("games told again {} {times}; each counts once", total.repeats));
    }
    if total.clock_jumps > 0 {
        let jumps = total.clock_jumps;
        let gaps = if jumps == 1 { "gap" } else { "gaps" };
        let told = "over which a recorder's clock jumped, counted as 250 ms";
        say("clock", format!("{jumps} {gaps} {told}"));
    }
    if total.others.count() > 0 {
        say("besides", total.others.to_string());
    }
    text.trim_end().to_owned()
}
