//! The examples for analysts, run: DuckDB, Polars and pandas read what was written, exactly.
//!
//! They need Python and four packages, which are taken where they are importable and else put
//! into a folder of the build's, from the Python package index. Where neither can be had, the tests say so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use super::runs::scenario;
use crate::program::{json, replayer, stderr, stdout};

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A Python that has the packages; `None` where there is none.
fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    PYTHON.get_or_init(|| find().map_err(|why| eprintln!("skipped: {why}")).ok()).as_deref()
}

fn find() -> Result<PathBuf, String> {
    let system = PathBuf::from("python3");
    if imports(&system) {
        return Ok(system);
    }
    let folder = Path::new(env!("CARGO_BIN_EXE_replayer")).ancestors().nth(2).unwrap();
    let folder = folder.join("analysts");
    let own = folder.join("bin/python");
    if imports(&own) {
        return Ok(own);
    }
    run(Command::new(&system).args(["-m", "venv", "--clear"]).arg(&folder))
        .map_err(|why| format!("no Python with venv: {why}"))?;
    let requirements = project().join("examples/analysis/requirements.txt");
    let mut pip = Command::new(&own);
    pip.args(["-m", "pip", "install", "--quiet", "--retries", "1", "--timeout", "30", "-r"]);
    run(pip.arg(requirements)).map_err(|why| format!("packages cannot be had: {why}"))?;
    if imports(&own) { Ok(own) } else { Err("packages cannot be imported".into()) }
}

fn imports(python: &Path) -> bool {
    let packages = "import duckdb, polars, pandas, pyarrow";
    Command::new(python).args(["-c", packages]).output().is_ok_and(|said| said.status.success())
}

/// Runs a command; what it complained about last, if it failed.
fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(()),
        false => Err(stderr(&output).lines().last().unwrap_or_default().to_owned()),
    }
}

/// Runs an example over a folder.
fn analyse(python: &Path, example: &str, folder: &Path) -> Output {
    let script = project().join("examples/analysis").join(example);
    let output = Command::new(python).arg(script).arg(folder).output().unwrap();
    assert!(output.status.success(), "{example}: {}", stderr(&output));
    output
}

/// Runs a few lines of Python.
fn ask(python: &Path, folder: &Path, lines: &str) -> String {
    let output = Command::new(python).args(["-c", lines]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{lines}: {}", stderr(&output));
    stdout(&output).trim().to_owned()
}

/// A run with its ticks; its folder is `out`.
fn played(place: &Path, games: u64) -> serde_json::Value {
    fs::write(place.join("s.ron"), scenario(games)).unwrap();
    json(&replayer(place, &["run", "s.ron", "--out", "out", "--parquet", "--ticks", "--json"]))
}

#[test]
fn duckdb_and_polars_find_the_profit_of_every_bot_to_the_lamport() {
    let Some(python) = python() else { return };
    let place = tempfile::tempdir().unwrap();
    let summary = played(place.path(), 300);
    for example in ["with_duckdb.py", "with_polars.py"] {
        let output = analyse(python, example, &place.path().join("out"));
        assert!(stdout(&output).contains("equal to summary.json to the lamport"));
        for bot in summary["bots"].as_array().unwrap() {
            assert!(stdout(&output).contains(bot["pnl"].as_str().unwrap()), "{example}: {bot}");
        }
    }
    // The comparison can fail: one lamport more, and it does.
    let path = place.path().join("out/summary.json");
    let text = fs::read_to_string(&path).unwrap();
    let pnl = summary["bots"][0]["pnl"].as_str().unwrap();
    let (rest, digit) = pnl.split_at(pnl.len() - 1);
    let other = format!("{rest}{}", (digit.parse::<u8>().unwrap() + 1) % 10);
    fs::write(&path, text.replace(pnl, &other)).unwrap();
    let script = project().join("examples/analysis/with_duckdb.py");
    let output = Command::new(python).arg(script).arg(place.path().join("out")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn prices_are_the_same_decimals_and_doubles_in_all_three() {
    let Some(python) = python() else { return };
    let place = tempfile::tempdir().unwrap();
    played(place.path(), 40);
    let out = place.path().join("out");
    let output = analyse(python, "with_pandas.py", &out.join("ticks"));
    assert!(stdout(&output).contains("of 40 games"), "{}", stdout(&output));
    let duckdb = "import duckdb; print(duckdb.sql(\"SELECT count(*) FILTER (price::DOUBLE = \
                  price_f64), count(*), sum(price) FROM 'ticks/*.parquet'\").fetchall()[0])";
    let polars = "import polars as pl; t = pl.read_parquet('ticks/*.parquet'); \
                  print((sum(float(p) == d for p, d in zip(t['price'], t['price_f64'])), len(t), \
                  t['price'].sum()))";
    let pandas = "import pandas as pd; t = pd.read_parquet('ticks'); \
                  print((sum(float(p) == d for p, d in zip(t.price, t.price_f64)), len(t), \
                  t.price.sum()))";
    let told = ask(python, &out, duckdb);
    let (equal, rest) = told.trim_start_matches('(').split_once(',').unwrap();
    assert_eq!(rest.split(',').next().unwrap().trim(), equal, "{told}");
    // Sums say how many decimals they were added in; zeros at the end are of no value.
    let value = |told: &str| told.trim_end_matches(['\'', ')']).trim_end_matches('0').to_owned();
    assert_eq!(value(&told), value(&ask(python, &out, polars)));
    assert_eq!(value(&told), value(&ask(python, &out, pandas)));
}

#[test]
fn the_seal_before_the_footer_disturbs_no_reader() {
    let Some(python) = python() else { return };
    let place = tempfile::tempdir().unwrap();
    played(place.path(), 10);
    let about = "import pyarrow.parquet as pq; f = pq.ParquetFile('games/part-000000.parquet'); \
                 print(f.metadata.metadata[b'replayer.schema'].decode(), f.read().num_rows, \
                 f.schema_arrow.field('pnl').type, f.schema_arrow.field('rug_price').type)";
    let told = ask(python, &place.path().join("out"), about);
    assert_eq!(told, "games 40 decimal128(38, 9) decimal128(38, 28)");
}
