//! The layout of everything that is printed: tables, and text wrapped between words.
//!
//! On a terminal no line is wider than it. A pipe or a file gets one row of a table per line, and
//! no line of it is wrapped.

mod fields;
mod table;
mod wrapped;

use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::sync::OnceLock;

pub(super) use fields::OneLine;
pub(super) use table::{TextTable, right, table};
pub(super) use wrapped::{hanging, wrapped};

/// Columns of a terminal that tells neither by itself nor by `COLUMNS` how wide it is.
const COLUMNS_USUAL: usize = 80;

/// Fewest columns that text is laid out for: narrower terminals wrap it themselves.
const COLUMNS_MIN: usize = 40;

/// Columns of the terminal that results are printed on, once they were asked for.
static COLUMNS: OnceLock<Option<usize>> = OnceLock::new();

/// Asks stdout how wide it is; everything that is laid out afterwards fits.
pub(super) fn fit_to_stdout() {
    COLUMNS.get_or_init(|| columns_of(&io::stdout()));
}

/// Columns of the terminal that results are printed on; `None`: they are not wrapped.
pub(super) fn columns() -> Option<usize> {
    COLUMNS.get().copied().flatten()
}

/// Columns of the terminal behind a stream; `None` where it is a pipe or a file.
pub(super) fn columns_of(stream: &(impl AsFd + IsTerminal)) -> Option<usize> {
    if !stream.is_terminal() {
        return None;
    }
    let told = rustix::termios::tcgetwinsize(stream).ok().map(|size| usize::from(size.ws_col));
    let named = || std::env::var("COLUMNS").ok()?.parse().ok();
    let columns = told.filter(|&columns| columns > 0).or_else(named);
    Some(columns.unwrap_or(COLUMNS_USUAL).max(COLUMNS_MIN))
}
