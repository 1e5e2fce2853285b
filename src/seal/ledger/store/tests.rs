//! Tests of the ledger on disk: what is written, by whom, and what is left when it stops anywhere.

use super::super::entry::tests::run;
use super::*;
use crate::seal::ledger::rotation;
use crate::seal::sign::sshsig;

/// A folder of one test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("audit-ledger-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn open(&self) -> Ledger {
        Ledger::open(&self.0, Duration::from_secs(30)).expect("a ledger")
    }

    /// The bundle of a run, as far as a ledger looks at it.
    fn bundle(&self, name: &str) {
        let folder = self.0.join(name);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("SHA256SUMS"), "s").expect("a file");
        let signature = sshsig::sign(&key(), NAMESPACE, b"s");
        fs::write(folder.join("SHA256SUMS.sig"), signature).expect("a file");
    }

    fn add(&self, name: &str) -> Result<Appended, LedgerError> {
        let mut ledger = self.open();
        ledger.append(run(name), now(), (&[&key()], "acme/w"), &go_on)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn key() -> Key {
    Key::from_seed(&[7; 32])
}

fn now() -> Moment {
    Moment::parse("2026-11-22T14:03:07Z").expect("a moment")
}

#[test]
fn entries_are_added_one_after_the_other_under_one_head() {
    let scratch = Scratch::new("added");
    for (at, name) in ["a", "b", "c"].into_iter().enumerate() {
        let added = scratch.add(name).expect("an entry");
        assert_eq!(added.index, at as u64);
    }
    let history = read(&scratch.0)
        .expect("a ledger")
        .expect("one that was begun");
    assert_eq!(history.standing(), Standing::Whole);
    assert_eq!(history.chained(), Ok(()));
    assert_eq!(history.runs().count(), 3);
    let head = history.head.as_ref().expect("a head");
    assert_eq!(
        (head.size, head.origin.as_str()),
        (3, "acme/w/audit-ledger")
    );
    for size in 1..=3 {
        let bytes = bytes_at(&scratch.0, &head_path(size))
            .expect("bytes")
            .expect("a head");
        let (head, _) = Checkpoint::verified(&bytes, &[key().public()]).expect("a head");
        assert_eq!(history.agrees(&head), Ok(()));
    }
}

#[test]
fn many_at_once_are_added_one_after_the_other() {
    let scratch = Scratch::new("many");
    thread::scope(|scope| {
        for at in 0..8 {
            let scratch = &scratch;
            scope.spawn(move || scratch.add(&at.to_string()).expect("an entry"));
        }
    });
    let history = read(&scratch.0)
        .expect("a ledger")
        .expect("one that was begun");
    assert_eq!((history.size(), history.standing()), (8, Standing::Whole));
}

#[test]
fn who_waits_in_vain_is_told_for_whom() {
    let scratch = Scratch::new("busy");
    let _held = scratch.open();
    let busy = Ledger::open(&scratch.0, Duration::ZERO).map(|_| ());
    assert_eq!(busy, Err(LedgerError::Busy(std::process::id().to_string())));
}

#[test]
fn a_run_that_stops_between_two_writes_is_found_and_repaired() {
    for stop in [Step::Prepared, Step::Entries, Step::Head, Step::Newest] {
        let scratch = Scratch::new(&format!("{stop:?}"));
        scratch.add("a").expect("an entry");
        let stopped = scratch
            .open()
            .append(run("b"), now(), (&[&key()], "acme/w"), &|step| {
                if step == stop {
                    Err(io::Error::other("stopped"))
                } else {
                    Ok(())
                }
            });
        assert!(stopped.is_err());
        let (size, unfinished) = match stop {
            Step::Bundle | Step::Prepared => (1, false),
            Step::Entries | Step::Head => (2, true),
            Step::Newest => (2, false),
        };
        let mut ledger = scratch.open();
        assert_eq!(ledger.history.size(), size, "{stop:?}");
        if unfinished {
            let refused = LedgerError::Unfinished {
                entries: 2,
                covered: 1,
            };
            assert_eq!(ledger.is_ready(&key().public()), Err(refused));
            let other = Key::from_seed(&[8; 32]);
            assert!(matches!(
                ledger.repair(now(), &other, ""),
                Err(LedgerError::Key(_))
            ));
            assert!(matches!(
                ledger.repair(now(), &key(), ""),
                Err(LedgerError::Broken(_))
            ));
            scratch.bundle("b");
            assert_eq!(ledger.repair(now(), &key(), ""), Ok(1));
        }
        assert_eq!(ledger.repair(now(), &key(), ""), Err(LedgerError::Nothing));
        drop(ledger);
        let added = scratch.add("c").expect("an entry");
        assert_eq!(added.index, size + u64::from(unfinished), "{stop:?}");
        let history = read(&scratch.0)
            .expect("a ledger")
            .expect("one that was begun");
        assert_eq!(
            (history.standing(), history.chained()),
            (Standing::Whole, Ok(()))
        );
    }
}

#[test]
fn a_ledger_that_was_changed_is_not_written_to() {
    let scratch = Scratch::new("changed");
    for name in ["a", "b", "c"] {
        scratch.add(name).expect("an entry");
    }
    let path = scratch.0.join(ENTRIES);
    let whole = bytes_at(&scratch.0, ENTRIES)
        .expect("bytes")
        .expect("entries");
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    for changed in [
        lines[..2].concat(),
        [lines[1], lines[0], lines[2]].concat(),
        String::from_utf8_lossy(&whole)
            .replace("c0ffee", "c0ffef")
            .into_bytes(),
        Vec::new(),
    ] {
        fs::write(&path, &changed).expect("a file");
        assert!(matches!(scratch.add("d"), Err(LedgerError::Broken(_))));
        let repaired = scratch.open().repair(now(), &key(), "");
        assert!(matches!(repaired, Err(LedgerError::Broken(_))));
    }
    fs::write(&path, &whole[..whole.len() - 1]).expect("a file");
    assert!(Ledger::open(&scratch.0, Duration::ZERO).is_err());
    fs::write(&path, &whole).expect("a file");
    // An old head over the newer entries is taken for a run that was killed, and its repair is said.
    let old = bytes_at(&scratch.0, &head_path(1))
        .expect("bytes")
        .expect("a head");
    fs::write(scratch.0.join(CHECKPOINT), old).expect("a file");
    assert!(matches!(
        scratch.add("d"),
        Err(LedgerError::Unfinished { .. })
    ));
}

#[test]
fn only_its_own_key_adds_to_a_ledger_until_it_is_handed_on() {
    let scratch = Scratch::new("keys");
    scratch.add("a").expect("an entry");
    let new = Key::from_seed(&[8; 32]);
    let by_new = |ledger: &mut Ledger| ledger.append(run("b"), now(), (&[&new], ""), &go_on);
    let mut ledger = scratch.open();
    assert!(matches!(by_new(&mut ledger), Err(LedgerError::Key(_))));
    let kind = rotation::entry(&ledger.origin(""), &key(), &new.public());
    ledger
        .append(kind, now(), (&[&key(), &new], ""), &go_on)
        .expect("an entry");
    by_new(&mut ledger).expect("an entry");
    let (head, by) = Checkpoint::verified(&ledger.history.signed, &[new.public()]).expect("a head");
    assert_eq!((head.size, by), (3, new.public()));
    let terms = rotation::terms(&head.origin, &[key().public()], &ledger.history.entries);
    let terms: Vec<_> = terms
        .expect("terms")
        .iter()
        .map(|term| (term.key, term.until))
        .collect();
    assert_eq!(
        terms,
        [(key().public(), Some(1)), (new.public(), None)],
        "the old key has the ledger no more"
    );
    let by_old = ledger.append(run("c"), now(), (&[&key()], ""), &go_on);
    assert!(matches!(by_old, Err(LedgerError::Key(_))), "{by_old:?}");
}
