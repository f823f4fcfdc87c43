//! The inputs of a run: turns the scenario's source into a playlist, with the digest of every input
//! file and a count of everything wrong in them.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use rand_core::Rng;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tracing::{info, warn};

use crate::backtest::columns::ticks;
use crate::backtest::scenario::{GameOrder, Scenario, Select, SourceSpec};
use crate::base::error::{Error, ErrorKind};
use crate::base::files::reading;
use crate::base::hex::hex;
use crate::engine::source::Playlist;
use crate::games::fair::seeds;
use crate::games::recording::{self, BadLine, Found, Library, Merger, Recording};
use crate::model::ids::{BotId, GameId};
use crate::model::streams::Streams;
use crate::model::tape::Tape;

/// Number of conflicts that are told with their places.
const PLACES_SHOWN: usize = 3;

/// What a run read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// The input files, in the order in which they were read.
    pub files: Vec<InputFile>,
    /// Counts of what the files contained.
    pub counts: InputCounts,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// Name without the folder, which may differ between machines.
    pub name: String,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// SHA-256 of its content, in hex.
    pub sha256: String,
}

impl InputFile {
    fn new(path: &Path, bytes: u64, sha256: [u8; 32]) -> Self {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Self { name, bytes, sha256: hex(sha256).to_string() }
    }
}

/// Counts of what the input files contained.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputCounts {
    /// Number of files read.
    pub files: u64,
    /// Number of good lines.
    pub records: u64,
    /// Number of lines that were not records.
    pub bad_lines: u64,
    /// Number of whole records salvaged from bad lines.
    pub salvaged: u64,
    /// Number of rows that contradicted an earlier row of the same tick, or that revealed another
    /// seed of the same game.
    pub conflicts: u64,
    /// Number of games that cannot be played: without a rug, with ticks missing, or of an unknown
    /// version.
    pub incomplete_games: u64,
    /// Number of playable games that the scenario did not select.
    pub left_out_games: u64,
    /// Number of games to be played.
    pub games: u64,
    /// Number of files of a folder that could not be read.
    #[serde(default)]
    pub unreadable_files: u64,
    /// How often a game was told again. Each game counts once.
    #[serde(default)]
    pub repeated_games: u64,
    /// Number of gaps between two ticks over which a recorder's clock jumped: they are taken as
    /// nominal.
    #[serde(default)]
    pub clock_jumps: u64,
}

/// Why a source cannot be played.
#[derive(Debug)]
pub struct Unplayable {
    /// The games that the scenario selects and that cannot be played, each with the reason.
    pub games: Vec<(GameId, String)>,
    /// The error of a command that would play it.
    pub error: Error,
}

impl From<Error> for Unplayable {
    fn from(error: Error) -> Self {
        Self { games: Vec::new(), error }
    }
}

/// Opens the source of a scenario.
///
/// # Errors
/// When a file cannot be read, or contains nothing that can be played.
pub fn open(scenario: &Scenario) -> Result<(Playlist, Inputs), Error> {
    attempt(scenario).map_err(|refused| refused.error)
}

/// Opens the source of a scenario as [`open`] does, and says more where that fails.
///
/// # Errors
/// As [`open`].
pub fn attempt(scenario: &Scenario) -> Result<(Playlist, Inputs), Unplayable> {
    attempt_source(&scenario.source, scenario.seed, scenario.games_max)
}

/// Opens a source with the seed of its run, and takes at most `games_max` games.
///
/// # Errors
/// When a file cannot be read, or contains nothing that can be played.
pub fn open_source(
    source: &SourceSpec,
    seed: u64,
    games_max: Option<u64>,
) -> Result<(Playlist, Inputs), Error> {
    attempt_source(source, seed, games_max).map_err(|refused| refused.error)
}

fn attempt_source(
    source: &SourceSpec,
    seed: u64,
    games_max: Option<u64>,
) -> Result<(Playlist, Inputs), Unplayable> {
    let (mut playlist, mut inputs) = match source {
        SourceSpec::Generated { games } => {
            let playlist = Playlist::Generated { seed, games: *games };
            (playlist, Inputs::default())
        }
        SourceSpec::Seeds { path } => open_seeds(path)?,
        SourceSpec::Feed { .. } | SourceSpec::Browser { .. } => {
            return Err(Error::usage("a live feed can be played only once")
                .hint("use `replayer live`; its recordings can be run, swept and audited")
                .into());
        }
        SourceSpec::Recordings { path, select, order, limit } => {
            let (library, mut inputs) = open_recordings(path)?;
            let playable = library.games.len() as u64;
            let mut tapes = chosen(library, select)?;
            if *order == GameOrder::Shuffled {
                shuffle(&mut tapes, seed);
            }
            tapes.truncate(limit.and_then(|limit| limit.try_into().ok()).unwrap_or(usize::MAX));
            inputs.counts.left_out_games = playable - tapes.len() as u64;
            (Playlist::Tapes(tapes), inputs)
        }
    };
    if let Some(most) = games_max {
        let all = playlist.games();
        playlist.truncate(most);
        if !matches!(playlist, Playlist::Generated { .. }) {
            inputs.counts.left_out_games += all - playlist.games();
        }
    }
    inputs.counts.games = playlist.games();
    if inputs.counts.games == 0 {
        return Err(Error::new(ErrorKind::Io, "the source has no game that can be played")
            .hint("`replayer inspect` shows what is wrong with recordings")
            .into());
    }
    Ok((playlist, inputs))
}

fn open_seeds(path: &Path) -> Result<(Playlist, Inputs), Error> {
    let mut file = Hashed::open(path)?;
    let revealed = seeds::read_from(BufReader::new(&mut file), path)?;
    for BadLine { line, reason, .. } in revealed.conflicts.iter().take(PLACES_SHOWN) {
        warn!("{}:{line}: {reason}: the first one is played", path.display());
    }
    let games: Vec<_> = revealed
        .games
        .iter()
        .filter(|reveal| reveal.game().is_ok())
        .map(|reveal| (reveal.server_seed, reveal.game_id))
        .collect();
    let (known, repeats) = (revealed.games.len() as u64, revealed.repeats.len() as u64);
    let conflicts = revealed.conflicts.len() as u64;
    let counts = InputCounts {
        files: 1,
        records: known + repeats + conflicts,
        bad_lines: revealed.bad_lines.len() as u64,
        conflicts,
        incomplete_games: known - games.len() as u64,
        repeated_games: repeats,
        ..InputCounts::default()
    };
    Ok((Playlist::Seeds(games), Inputs { files: vec![file.finish(path)?], counts }))
}

/// Reads a recording, or those in a folder. A file that cannot be read costs itself only, unless it
/// is the only one.
fn open_recordings(path: &Path) -> Result<(Library, Inputs), Error> {
    let (mut merger, mut inputs) = (Merger::default(), Inputs::default());
    let (mut unreadable, mut first_error) = (0, None);
    let Found { files, others } = recording::find(&[path.to_owned()])?;
    if others.count() > 0 {
        info!("{}: {others}", path.display());
    }
    for path in files {
        match read(&path) {
            Ok((recording, file)) => {
                recording.impossible(&path).for_each(|bad| warn!("{bad}"));
                inputs.counts.records += recording.records;
                inputs.files.push(file);
                merger.add(recording);
            }
            Err(error) => {
                warn!("{error:#}");
                unreadable += 1;
                first_error.get_or_insert(error);
            }
        }
    }
    if let Some(error) = first_error.filter(|_| inputs.files.is_empty()) {
        return Err(error);
    }
    let library = merger.finish();
    inputs.counts = InputCounts {
        files: inputs.files.len() as u64,
        bad_lines: library.bad_lines,
        salvaged: library.salvaged,
        conflicts: library.conflicts,
        incomplete_games: library.incomplete.len() as u64,
        unreadable_files: unreadable,
        repeated_games: library.repeats,
        clock_jumps: library.clock_jumps,
        ..inputs.counts
    };
    Ok((library, inputs))
}

/// Reads a recording, in lines or columns, and identifies its file.
fn read(path: &Path) -> Result<(Recording, InputFile), Error> {
    if ticks::is_columns(path) {
        let read = ticks::read_file(path)?;
        return Ok((read.recording, InputFile::new(path, read.bytes, read.sha256)));
    }
    let mut file = Hashed::open(path)?;
    let recording = recording::read(BufReader::with_capacity(1 << 16, &mut file))
        .map_err(|source| Error::io("read", path, source))?;
    Ok((recording, file.finish(path)?))
}

/// The games that a scenario selects, in recorded order.
fn chosen(library: Library, select: &Select) -> Result<Vec<Arc<Tape>>, Unplayable> {
    if let Select::Games(wanted) = select {
        let known: BTreeSet<GameId> = library.games.iter().map(|game| game.id).collect();
        let why = |id: &GameId| {
            let cut = library.incomplete.iter().find(|game| game.id == *id);
            cut.map_or_else(|| "is not there".to_owned(), |game| game.why.to_string())
        };
        let missing = wanted.iter().filter(|id| !known.contains(id));
        let games: Vec<_> = missing.map(|id| (*id, why(id))).collect();
        if let Some((first, why)) = games.first() {
            let more = match games.len() - 1 {
                0 => String::new(),
                more => format!(" (and {more} more that cannot be played)"),
            };
            let error = Error::new(ErrorKind::Io, format!("game {first}: {why}{more}"))
                .hint("`select: Games([…])` takes complete games only");
            return Err(Unplayable { games, error });
        }
    }
    let games = library.games.into_iter().filter(|game| match select {
        Select::Complete => true,
        Select::Games(wanted) => wanted.contains(&game.id),
    });
    Ok(games.map(Arc::new).collect())
}

/// Shuffles by the seed of the run (Fisher-Yates, one draw per place).
fn shuffle(tapes: &mut [Arc<Tape>], seed: u64) {
    let name = BotId::new("playlist").expect("a valid name");
    let mut stream = Streams::new(seed, name).named("shuffle", 0);
    for place in (1..tapes.len()).rev() {
        let drawn = (u128::from(stream.next_u64()) * (place as u128 + 1)) >> 64;
        tapes.swap(place, usize::try_from(drawn).expect("at most the place itself"));
    }
}

/// A file that is hashed while it is read.
struct Hashed {
    file: File,
    bytes: u64,
    digest: Sha256,
}

impl Hashed {
    fn open(path: &Path) -> Result<Self, Error> {
        let file = reading::open(path).map_err(|source| Error::io("open", path, source))?;
        Ok(Self { file, bytes: 0, digest: Sha256::new() })
    }

    /// Reads what is left: nothing can be made of a file behind damage, but the file has it.
    fn finish(mut self, path: &Path) -> Result<InputFile, Error> {
        io::copy(&mut self, &mut io::sink()).map_err(|source| Error::io("read", path, source))?;
        Ok(InputFile::new(path, self.bytes, self.digest.finalize().into()))
    }
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.digest.update(&buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}
