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
