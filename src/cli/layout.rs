//! How tables look, wherever one is printed.

use std::ops::Range;

use comfy_table::{CellAlignment, Table, presets};

/// A table without rules, under a header; none where the header is empty.
pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if !header.is_empty() {
        table.set_header(header);
    }
    table
}

/// Aligns columns to the right, as numbers are read; call it when the rows are in.
pub(super) fn right(table: &mut Table, columns: Range<usize>) {
    for column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// Columns that text is broken at.
const COLUMNS: usize = 100;

/// Text after a heading, broken between words where a line would be too long; later lines begin
/// below the text.
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
