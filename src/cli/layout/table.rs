//! The tables of all commands: columns side by side, or below each other where they do not fit.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use comfy_table::{CellAlignment, presets};

use super::columns;
use super::wrapped::{hung, shown};
use crate::base::printable;

/// Rows of text below a header.
#[derive(Debug, Default)]
pub(in super::super) struct TextTable {
    /// The names of the columns; a line break is where a name may be broken. Empty without a
    /// header.
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    /// The columns that end below each other, as numbers do.
    right: BTreeSet<usize>,
    /// Columns of the terminal before every line.
    indent: usize,
}

/// A table without rules under a header; without a header where `header` is empty.
pub(in super::super) fn table(header: &[&str]) -> TextTable {
    let header = header.iter().map(|&name| name.to_owned()).collect();
    TextTable { header, ..TextTable::default() }
}

/// Right-aligns columns of numbers.
pub(in super::super) fn right(table: &mut TextTable, columns: Range<usize>) {
    table.right.extend(columns);
}

/// Space between two figures of a row whose columns do not stand side by side.
const GAP: &str = "   ";

impl TextTable {
    /// Adds a row with one cell for each column. A cell has one line, and shows what would move
    /// the cursor or begin a line as an escape.
    pub(in super::super) fn add_row<T: Into<String>>(
        &mut self,
        cells: impl IntoIterator<Item = T>,
    ) {
        let one_line = |cell: T| printable::one_line(&cell.into()).into_owned();
        self.rows.push(cells.into_iter().map(one_line).collect());
    }

    /// Moves every line to the right.
    pub(in super::super) const fn indented(mut self, columns: usize) -> Self {
        self.indent = columns;
        self
    }

    /// The table for a terminal of this width; `None`: one row per line, however long.
    fn at(&self, width: Option<usize>) -> String {
        let Some(width) = width else { return self.side_by_side(" ") };
        let fits = |text: &String| text.lines().all(|line| shown(line) <= width);
        let tried = [" ", "\n"].map(|end| self.side_by_side(end)).into_iter().find(fits);
        tried.unwrap_or_else(|| self.stacked(width))
    }

    /// Columns beside each other; `end` stands where the name of a column may be broken.
    fn side_by_side(&self, end: &str) -> String {
        let mut laid = comfy_table::Table::new();
        laid.load_style(presets::NOTHING);
        if !self.header.is_empty() {
            laid.set_header(self.header.iter().map(|name| name.replace('\n', end)));
        }
        for row in &self.rows {
            laid.add_row(row);
        }
        for (at, column) in laid.column_iter_mut().enumerate() {
            column.set_padding((0, 2));
            if self.right.contains(&at) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let indent = " ".repeat(self.indent);
        let text = laid.trim_fmt();
        let lines = text.lines().map(|line| format!("{indent}{line}"));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Each row as a block: its first cell, and below it the others with the names of their
    /// columns. The figures of a column stand below each other in all blocks.
    fn stacked(&self, width: usize) -> String {
        let widest =
            |at: usize| self.rows.iter().filter_map(|row| row.get(at)).map(|it| shown(it)).max();
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns).map(|at| widest(at).unwrap_or_default()).collect();
        let blocks = self.rows.iter().map(|row| self.block(row, &widths, width));
        blocks.collect::<Vec<_>>().join("\n")
    }

    fn block(&self, row: &[String], widths: &[usize], width: usize) -> String {
        let (before, inside) = (" ".repeat(self.indent), " ".repeat(self.indent + 2));
        let mut lines: Vec<String> = Vec::new();
        if let Some(first) = row.first().filter(|first| !first.is_empty()) {
            // A bare number would not say what it counts.
            let label = if self.right.contains(&0) { self.label(0) } else { String::new() };
            lines.push(hung(&before, &format!("{label}{first}"), Some(width)));
        }
        let mut line = inside.clone();
        for (at, cell) in row.iter().enumerate().skip(1).filter(|&(at, _)| widths[at] > 0) {
            let label = self.label(at);
            let takes = shown(&label) + widths[at];
            let is_long = inside.len() + takes > width;
            let begins = line.len() == inside.len();
            if is_long || (!begins && shown(&line) + GAP.len() + takes > width) {
                lines.push(std::mem::replace(&mut line, inside.clone()));
            }
            if is_long {
                lines.push(hung(&format!("{inside}{label}"), cell, Some(width)));
                continue;
            }
            if shown(&line) > inside.len() {
                line.push_str(GAP);
            }
            let padding = " ".repeat(widths[at] - shown(cell));
            let cell = match (cell.is_empty(), self.right.contains(&at)) {
                (true, _) => " ".repeat(takes),
                (false, true) => format!("{label}{padding}{cell}"),
                (false, false) => format!("{label}{cell}{padding}"),
            };
            line.push_str(&cell);
        }
        lines.push(line);
        let lines = lines.iter().map(|line| line.trim_end()).filter(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The name of a column before its figure; empty without a name.
    fn label(&self, at: usize) -> String {
        match self.header.get(at) {
            Some(name) if !name.is_empty() => format!("{} ", name.replace('\n', " ")),
            _ => String::new(),
        }
    }
}

impl fmt::Display for TextTable {
    /// The table as it fits stdout.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.at(columns()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs() -> TextTable {
        let mut table = table(&["bot", "P&L per game, 95 %", "per\nstake", "sells\nwon", "remark"]);
        table.add_row(["careful", "-0.000692 ± 0.000460", "-1.27%", "63.0%", ""]);
        table.add_row(["a-much-longer-name", "+0.012345 ± 0.100000", "+11.05%", "-", "new"]);
        right(&mut table, 1..4);
        table
    }

    #[test]
    fn a_pipe_gets_one_row_per_line_and_one_line_of_names() {
        let text = runs().at(None);
        assert_eq!(
            text.lines().collect::<Vec<_>>(),
            [
                "bot                   P&L per game, 95 %  per stake  sells won  remark",
                "careful             -0.000692 ± 0.000460     -1.27%      63.0%",
                "a-much-longer-name  +0.012345 ± 0.100000    +11.05%          -  new",
            ]
        );
    }

    #[test]
    fn names_of_columns_are_broken_before_the_columns_are_stacked() {
        let text = runs().at(Some(66));
        assert_eq!(text.lines().count(), 4, "{text}");
        assert!(text.lines().all(|line| shown(line) <= 66), "{text}");
        assert_eq!(runs().at(Some(70)), runs().at(None));
    }

    #[test]
    fn columns_that_do_not_fit_stand_below_each_other_each_with_its_name() {
        assert_eq!(
            runs().at(Some(50)).lines().collect::<Vec<_>>(),
            [
                "careful",
                "  P&L per game, 95 % -0.000692 ± 0.000460",
                "  per stake  -1.27%   sells won 63.0%",
                "a-much-longer-name",
                "  P&L per game, 95 % +0.012345 ± 0.100000",
                "  per stake +11.05%   sells won     -   remark new",
            ]
        );
    }

    #[test]
    fn long_cells_are_wrapped_and_a_number_at_the_beginning_says_what_it_is() {
        let mut table = table(&["cell", "values", "SOL", ""]);
        table.add_row(["17", "5, 10", "-0.1", "no edge shown: -0.2 to +0.3 SOL per game (p 0.6)"]);
        right(&mut table, 0..1);
        assert_eq!(
            table.at(Some(40)).lines().collect::<Vec<_>>(),
            [
                "cell 17",
                "  values 5, 10   SOL -0.1",
                "  no edge shown: -0.2 to +0.3 SOL per",
                "  game (p 0.6)",
            ]
        );
    }

    #[test]
    fn a_line_break_in_a_cell_does_not_break_its_row() {
        let mut table = table(&["file", "what"]);
        table.add_row(["a", "one\ntwo"]);
        assert_eq!(table.at(None), "file  what\na     one\\ntwo");
    }
}
