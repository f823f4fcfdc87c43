//! The position of a key in a configuration file.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::base::error::Error;

/// A line and a column, both from 1.
pub(super) type Place = (usize, usize);

/// The position of a byte in a text.
fn line_column(text: &str, at: usize) -> Place {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// Every key of a file with the position of its value.
pub(super) fn keys(path: &Path, text: &str) -> Result<Vec<(String, Place)>, Error> {
    let table = DeTable::parse(text).map_err(|error| {
        let (line, column) = line_column(text, error.span().map_or(0, |span| span.start));
        let what = error.message().lines().next().unwrap_or_default().to_owned();
        Error::usage(format!("{}:{line}:{column}: {what}", path.display()))
            .hint("`replayer config show --toml` prints a valid configuration file")
    })?;
    let mut found = Vec::new();
    leaves("", table.get_ref(), &mut found);
    found.sort_by_key(|(_, span)| span.start);
    Ok(found.into_iter().map(|(key, span)| (key, line_column(text, span.start))).collect())
}

fn leaves(prefix: &str, table: &DeTable<'_>, found: &mut Vec<(String, Range<usize>)>) {
    for (name, value) in table {
        let (name, value): (&Spanned<_>, &Spanned<DeValue<'_>>) = (name, value);
        let key = match prefix {
            "" => name.get_ref().to_string(),
            _ => format!("{prefix}.{}", name.get_ref()),
        };
        match value.get_ref() {
            // An empty section is listed too: it may be one that does not exist.
            DeValue::Table(table) if !table.is_empty() => leaves(&key, table, found),
            DeValue::Table(_) => found.push((key, name.span())),
            _ => found.push((key, value.span())),
        }
    }
}
