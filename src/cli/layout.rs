//! The layout of all printed tables.

use std::ops::Range;

use comfy_table::{CellAlignment, Table, presets};

/// A table without rules under a header; without a header where `header` is empty.
pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if !header.is_empty() {
        table.set_header(header);
    }
    table
}

/// Right-aligns columns of numbers; call it after adding the rows.
pub(super) fn right(table: &mut Table, columns: Range<usize>) {
    for column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// Width at which text is wrapped, in columns.
const COLUMNS: usize = 100;

/// Text after a heading, wrapped between words; continuation lines are indented to the text.
pub(super) fn hanging(heading: &str, text: &str) -> String {
    let indent = heading.chars().count();
    let (mut written, mut column) = (heading.to_owned(), indent);
    for (place, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        if place > 0 && column + 1 + length > COLUMNS {
            written.push('\n');
            written.push_str(&" ".repeat(indent));
            column = indent;
        } else if place > 0 {
            written.push(' ');
            column += 1;
        }
        written.push_str(word);
        column += length;
    }
    written
}
