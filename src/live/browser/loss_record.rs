//! Loss records: a small file for each account with what was lost and ordered, so that limits of
//! the day and of the account outlast a session. One session at a time has each.
//!
//! A record that is missing is that of a new account. One that is damaged, somebody else's or in
//! use is an error: nothing is armed on a guess.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::risk::KeptLosses;
use super::site::Site;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::{self, HeldLock, Pending, private};
use crate::base::hex::hex;

/// The folder of the loss records of all accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LossFolder {
    path: PathBuf,
    /// Names the accounts of sites on this machine, which are tests of their own each.
    local_site: String,
}

impl LossFolder {
    /// The folder at a path, for the accounts of a site. An account is known by its identity
    /// alone, whatever address of the site leads to it; only sites on this machine are told apart.
    #[must_use]
    pub fn new(path: PathBuf, site: &Site) -> Self {
        let local_site = if site.is_loopback() { site.to_string() } else { String::new() };
        Self { path, local_site }
    }

    /// Opens the record of an account and keeps it from all other sessions. The identity itself is
    /// not written: the record is named by its digest.
    ///
    /// # Errors
    /// [`ErrorKind::Safety`] when another session has it, or it is damaged, a link, somebody
    /// else's or open to others; [`ErrorKind::Io`].
    pub(super) fn open(&self, identity: &str) -> Result<(LossRecord, KeptLosses), Error> {
        if let Some(above) = self.path.parent() {
            fs::create_dir_all(above).map_err(|error| Error::io("create", above, error))?;
        }
        private::own_untouched(&self.path)?;
        let named = format!("{}\n{identity}", self.local_site);
        let account = hex(Sha256::digest(named).into()).to_string();
        let path = self.path.join(format!("{account}.losses"));
        let lock = files::lock(&path.with_extension("lock"))?.ok_or_else(|| {
            let what = "another session is armed with this account";
            Error::new(ErrorKind::Safety, what).hint("end it first: one session has an account")
        })?;
        // What a killed process was writing; the record itself is whole.
        files::remove_unfinished(&self.path, |name| name.contains(".losses."))?;
        let kept = read(&path, &account)?;
        Ok((LossRecord { path, account, _lock: lock }, kept))
    }
}

/// The loss record of an account, which is ours until it is dropped.
#[derive(Debug)]
pub(super) struct LossRecord {
    path: PathBuf,
    account: String,
    _lock: HeldLock,
}

impl LossRecord {
    /// Replaces what is kept, and returns when it is on the disk.
    ///
    /// # Errors
    /// [`ErrorKind::Io`]; the old record stays.
    pub(super) fn save(&self, kept: &KeptLosses) -> Result<(), Error> {
        let mut file = Pending::replacing_private(&self.path)?;
        file.write_all(kept.to_text(&self.account).as_bytes())
            .map_err(|error| Error::io("write", &self.path, error))?;
        file.finish_durably()
    }
}

fn read(path: &Path, account: &str) -> Result<KeptLosses, Error> {
    // A link that leads nowhere is not a missing record.
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(KeptLosses::default()),
        Err(error) => return Err(Error::io("read", path, error)),
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    private::open(path)?.read_to_end(&mut bytes).map_err(|error| Error::io("read", path, error))?;
    let text = String::from_utf8(bytes).map_err(|_| "it is not text".to_owned());
    text.and_then(|text| KeptLosses::of_text(&text, account)).map_err(|why| {
        let what = format!("the loss record {} is damaged: {why}", path.display());
        Error::new(ErrorKind::Safety, what).hint(
            "what was lost so far is not known; look at the account, then remove the file to \
             begin with nothing lost",
        )
    })
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::os::unix::fs::symlink;
    use std::process::{Command, Stdio};

    use super::*;
    use crate::live::browser::risk::SpanTotals;
    use crate::model::sol::Sol;

    fn folder(place: &tempfile::TempDir, site: &str) -> LossFolder {
        LossFolder::new(place.path().join("data/accounts"), &site.parse().unwrap())
    }

    fn losses(milli: i64) -> KeptLosses {
        let totals = SpanTotals { lost: Sol::milli(milli), orders: 7 };
        KeptLosses { day: 20_788, today: totals, in_all: totals }
    }

    fn record(folder: &LossFolder) -> PathBuf {
        let mut files = fs::read_dir(&folder.path).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|it| it == "losses")).unwrap()
    }

    #[test]
    fn what_was_lost_is_there_again_for_the_same_account_by_any_address_and_for_no_other() {
        let place = tempfile::tempdir().unwrap();
        let ours = folder(&place, "https://rugs.example/");
        let (record, kept) = ours.open("did:one").unwrap();
        assert_eq!(kept, KeptLosses::default());
        record.save(&losses(1)).unwrap();
        record.save(&losses(2)).unwrap();
        drop(record);
        let elsewhere = folder(&place, "https://www.rugs.example/?ref=me");
        assert_eq!(elsewhere.open("did:one").unwrap().1, losses(2));
        assert_eq!(ours.open("did:two").unwrap().1, KeptLosses::default());
        let local = folder(&place, "http://127.0.0.1:8760/");
        assert_eq!(local.open("did:one").unwrap().1, KeptLosses::default());
        for entry in fs::read_dir(&ours.path).unwrap() {
            let path = entry.unwrap().path();
            assert!(!path.display().to_string().contains("did:one"));
            assert!(!fs::read_to_string(path).unwrap().contains("did:one"));
        }
    }

    #[test]
    fn an_account_has_one_session_at_a_time() {
        let place = tempfile::tempdir().unwrap();
        let ours = folder(&place, "https://rugs.example/");
        let first = ours.open("did:one").unwrap();
        let error = ours.open("did:one").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Safety);
        assert!(error.to_string().contains("another session is armed with this account"));
        assert!(ours.open("did:two").is_ok());
        drop(first);
        assert!(ours.open("did:one").is_ok());
    }

    #[test]
    fn a_damaged_record_is_refused_and_left_as_it_is_and_never_a_fresh_allowance() {
        let place = tempfile::tempdir().unwrap();
        let ours = folder(&place, "https://rugs.example/");
        ours.open("did:one").unwrap().0.save(&losses(90)).unwrap();
        let path = record(&ours);
        let whole = fs::read(&path).unwrap();
        let changed = |at: usize, to: u8| {
            let mut bytes = whole.clone();
            bytes[at] = to;
            bytes
        };
        let damaged =
            [Vec::new(), whole[..whole.len() - 1].to_vec(), changed(0, 0xff), changed(60, b'x')];
        for bytes in damaged {
            fs::write(&path, &bytes).unwrap();
            let error = ours.open("did:one").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Safety, "{error}");
            assert!(error.to_string().contains("is damaged"), "{error}");
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
        // Nor is a link followed, wherever it leads.
        fs::remove_file(&path).unwrap();
        symlink("/nowhere/at/all", &path).unwrap();
        assert_eq!(ours.open("did:one").unwrap_err().kind(), ErrorKind::Safety);
    }

    /// What the other process is told: where to write.
    const TOLD: &str = "REPLAYER_TEST_LOSSES";
    const KILLED: &str = "live::browser::loss_record::tests::\
                          a_killed_process_loses_no_loss_that_it_said_to_be_on_the_disk";

    #[test]
    fn a_killed_process_loses_no_loss_that_it_said_to_be_on_the_disk() {
        if let Some(place) = std::env::var_os(TOLD) {
            let ours = LossFolder::new(place.into(), &"https://rugs.example/".parse().unwrap());
            let (record, kept) = ours.open("did:one").unwrap();
            for more in 1.. {
                let lost = kept.in_all.lost.plus(Sol::milli(more)).unwrap();
                let totals = SpanTotals { lost, orders: 7 };
                record.save(&KeptLosses { day: 1, today: totals, in_all: totals }).unwrap();
                println!("kept {lost}");
            }
        }
        let place = tempfile::tempdir().unwrap();
        let ours = folder(&place, "https://rugs.example/");
        let mut said = Sol::ZERO;
        for round in 1..=10 {
            // This test once more, in a process of its own, which is killed as it writes.
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args([KILLED, "--exact", "--nocapture"])
                .env(TOLD, &ours.path)
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let mut count = 0;
            for line in lines.map_while(Result::ok) {
                if let Some((_, lost)) = line.rsplit_once("kept ") {
                    (said, count) = (lost.parse().unwrap(), count + 1);
                }
                if count == round {
                    child.kill().unwrap();
                }
            }
            child.wait().unwrap();
            let (_, kept) = ours.open("did:one").unwrap();
            assert!(count >= round && kept.in_all.lost >= said, "{kept:?}, and {said} was said");
        }
    }

    #[test]
    fn a_folder_that_others_may_enter_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().unwrap();
        let ours = folder(&place, "https://rugs.example/");
        drop(ours.open("did:one").unwrap());
        fs::set_permissions(&ours.path, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(ours.open("did:one").unwrap_err().kind(), ErrorKind::Safety);
    }
}
