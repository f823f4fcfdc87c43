//! What fuzzing found is read again: every input that once took a reader somewhere new.
//!
//! The corpus is made by `.ci/fuzz`, which starts from what the program itself writes. A file of it holds the
//! inputs of one reader, one a line, in hex, packed by zstd.

mod readers;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::campaign::count;
use crate::feed::law;
use readers::{READERS, Reader};

/// Where the corpus is, and what the names of its files end with.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fuzzed");
const PACKED: &str = ".hex.zst";

/// The inputs of a reader.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let path = Path::new(FOLDER).join(format!("{name}{PACKED}"));
    let file = File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let text = String::from_utf8(zstd::decode_all(file).unwrap()).unwrap();
    let byte = |two: &[u8]| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap();
    text.lines().map(|line| line.as_bytes().chunks(2).map(byte).collect()).collect()
}

/// The same with a stretch of another one in the place of a stretch.
fn edited(input: &[u8], other: &[u8], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut cut = |length: usize| {
        let from = random.next_u32() as usize % (length + 1);
        from..(from + random.next_u32() as usize % 16).min(length)
    };
    let (from, to) = (cut(other.len()), cut(input.len()));
    [&input[..to.start], &other[from], &input[to.end..]].concat()
}

/// A share of the readers takes what fuzzing found, and as many inputs like each as `REPLAYER_EDITS` says.
fn assert_taken(share: usize) {
    let edits = count("REPLAYER_EDITS", 1);
    for (name, read) in READERS.iter().skip(share).step_by(SHARES) {
        let (inputs, place) = (corpus(name), tempfile::tempdir().unwrap());
        let mut random = ChaCha8Rng::seed_from_u64(inputs.len() as u64);
        for input in &inputs {
            read(input, place.path());
            for _ in 0..edits {
                let other = &inputs[random.next_u32() as usize % inputs.len()];
                read(&edited(input, other, &mut random), place.path());
            }
        }
        eprintln!("measured: {name}: {} inputs, {edits} like each", inputs.len());
    }
}

/// Tests that the readers are dealt to, so that they run side by side.
const SHARES: usize = 4;

#[test]
fn every_first_reader_takes_what_fuzzing_found_and_what_is_like_it() {
    assert_taken(0);
}

#[test]
fn every_second_reader_takes_what_fuzzing_found_and_what_is_like_it() {
    assert_taken(1);
}

#[test]
fn every_third_reader_takes_what_fuzzing_found_and_what_is_like_it() {
    assert_taken(2);
}

#[test]
fn every_fourth_reader_takes_what_fuzzing_found_and_what_is_like_it() {
    assert_taken(3);
}

#[test]
fn the_corpus_is_that_of_the_readers() {
    let files = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().file_name());
    let kept: BTreeSet<_> = files
        .filter_map(|name| Some(name.to_str().unwrap().strip_suffix(PACKED)?.to_owned()))
        .collect();
    let readers: BTreeSet<_> =
        READERS.iter().map(|(name, _): &Reader| (*name).to_owned()).collect();
    assert_eq!(kept, readers);
}
