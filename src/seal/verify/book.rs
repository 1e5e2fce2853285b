//! The ledger as it was handed over, and step 8: the run in it.

use super::content::Read;
use super::stamps::Stamps;
use super::target::{Bundle, MANIFEST, Target};
use super::{Findings, Trust};
use crate::model::text::excerpt;
use crate::model::time::Moment;
use crate::seal::Fault;
use crate::seal::ledger::entry::{Entry, RunEntry};
use crate::seal::ledger::history::Standing;
use crate::seal::ledger::proof::Proof;
use crate::seal::ledger::rotation::Term;
use crate::seal::ledger::store::{CHECKPOINT, CHECKPOINTS, ENTRIES, PROOF, head_path};
use crate::seal::ledger::{Checkpoint, History, rotation};
use crate::seal::sign::{NAMESPACE, PublicKey};
use crate::seal::store::ATTESTATION;
use crate::tree::digest::sha256;
use crate::tree::handed::Handed;

/// The ledger, as far as it was handed over.
pub(super) struct Book {
    pub(super) files: Option<Handed>,
    pub(super) history: History,
    /// Why nothing in it can be relied on.
    pub(super) broken: Option<Fault>,
    /// Heads that do not belong to it.
    pub(super) forks: Vec<String>,
    /// How many entries the heads cover that were signed and are not here.
    pub(super) gone: Vec<u64>,
    /// The keys that may sign its heads, and for how long.
    keys: Vec<Term>,
    /// The name of the ledger that was named with its key.
    origin: Option<String>,
    pub(super) stamps: Stamps,
}

impl Book {
    /// Reads the ledger and verifies its heads by the keys that are trusted.
    pub(super) fn read(target: &Target, trust: &Trust<'_>) -> Self {
        let mut book = Self {
            files: target.ledger.clone(),
            history: History::default(),
            broken: None,
            forks: Vec::new(),
            gone: Vec::new(),
            keys: keys(trust),
            origin: trust.log.as_ref().map(|(origin, _)| origin.clone()),
            stamps: Stamps::default(),
        };
        if let Some(files) = &target.ledger
            && let Err(fault) = book.open(files, trust.tsa.as_deref())
        {
            book.broken = Some(fault);
        }
        book
    }

    fn open(&mut self, files: &Handed, roots: Option<&[u8]>) -> Result<(), Fault> {
        self.history = History::read(files.bytes(ENTRIES), files.bytes(CHECKPOINT))?;
        let head = self.history.head.as_ref();
        let head = head.ok_or_else(|| Fault::new("the ledger has no head"))?;
        self.is_named(head)?;
        match self.history.standing() {
            Standing::Whole => {}
            Standing::Broken(fault) => return Err(fault),
            Standing::Unfinished { covered } => {
                let size = self.history.size();
                let says = format!("{size} entries, and the newest head covers {covered}");
                return Err(Fault::new(says));
            }
        }
        let entries = &self.history.entries;
        let known: Vec<PublicKey> = self.keys.iter().map(|term| term.key).collect();
        self.keys = rotation::terms(&head.origin, &known, entries)?;
        self.is_signed(&self.history.signed, head.size)?;
        self.forks = self.heads(files);
        self.gone = self.gone(files);
        self.stamps = Stamps::read(files, roots);
        Ok(())
    }

    /// Whether a head is of the ledger that was named.
    fn is_named(&self, head: &Checkpoint) -> Result<(), Fault> {
        match &self.origin {
            Some(origin) if *origin != head.origin => Err(Fault::new(format!(
                "expected the ledger {}, found {}",
                excerpt(origin),
                excerpt(&head.origin)
            ))),
            _ => Ok(()),
        }
    }

    /// Whether a head over so many entries is signed by a key that had the ledger then. The head over
    /// a rotation is the last that the old key signs. Those from before every key that is known need no
    /// signature: the newest head covers their entries.
    fn is_signed(&self, head: &[u8], size: u64) -> Result<(), Fault> {
        if self.keys.iter().all(|term| size < term.from) {
            return Ok(());
        }
        let terms = self.keys.iter().filter(|term| term.covers(size));
        let keys: Vec<PublicKey> = terms.map(|term| term.key).collect();
        Checkpoint::verified(head, &keys).map(|_| ())
    }

    /// Every head that was ever signed has to be one of these entries.
    fn heads(&self, files: &Handed) -> Vec<String> {
        let start = format!("{CHECKPOINTS}/");
        let own = files.files.keys().filter_map(|path| {
            let name = path.strip_prefix(&start)?;
            name.bytes()
                .all(|byte| byte.is_ascii_digit())
                .then_some((path, name))
        });
        let mut forks = Vec::new();
        for (path, name) in own {
            let bytes = files.bytes(path).unwrap_or_default();
            let agrees = self.head(bytes).and_then(|head| match name.parse() {
                Ok(size) if head.size == size && head_path(size) == *path => Ok(()),
                _ => Err(Fault::new("it covers another number of entries")),
            });
            if let Err(fault) = agrees {
                forks.push(format!("{path}: {fault}"));
            }
        }
        forks
    }

    /// Every entry has a head of its own, but for those that a killed run left behind.
    fn gone(&self, files: &Handed) -> Vec<u64> {
        let without = self.history.repaired();
        let heads = (0..self.history.size()).filter(|entry| !without.contains(entry));
        heads
            .map(|entry| entry + 1)
            .filter(|size| !files.files.contains_key(&head_path(*size)))
            .collect()
    }

    /// A head that is one of this ledger.
    pub(super) fn head(&self, bytes: &[u8]) -> Result<Checkpoint, Fault> {
        let (head, _) = Checkpoint::parse(bytes)?;
        let own = self.history.head.as_ref();
        if own.is_some_and(|own| own.origin != head.origin) {
            return Err(Fault::new("it is of another ledger"));
        }
        self.history.agrees(&head)?;
        self.is_signed(bytes, head.size)?;
        Ok(head)
    }

    /// The entry of a bundle, by the digest of its manifest.
    fn run(&self, bundle: &Bundle) -> Option<(&Entry, &RunEntry)> {
        let own = bundle.digest(MANIFEST)?;
        self.history
            .runs()
            .find(|(_, run)| run.manifest_sha256 == own)
    }

    /// The time at which an authority that is trusted saw a bundle in the ledger.
    pub(super) fn no_later_than(&self, bundle: &Bundle) -> Option<Moment> {
        if self.broken.is_some() {
            return None;
        }
        let (entry, _) = self.run(bundle)?;
        self.stamps.held(entry.index)
    }

    /// Step 8 of a bundle, and of step 11 what is said of what was before it.
    pub(super) fn entry_of(&self, bundle: &Bundle, read: Option<&Read>, findings: &mut Findings) {
        let Some(read) = read else {
            return findings.failed(8, "there is no manifest to look for");
        };
        let proof = bundle.bytes(PROOF).map(Proof::parse);
        let found = match (&self.files, proof) {
            (_, Some(Err(fault))) => Err(fault),
            (Some(_), proof) => self.in_ledger(bundle, read, proof.and_then(Result::ok)),
            (None, Some(Ok(proof))) => self.by_proof(bundle, read, &proof),
            (None, None) if bundle.files.files.contains_key(PROOF) => {
                Err(Fault::new("its proof cannot be read"))
            }
            (None, None) => {
                return findings.not_checked(8, "neither a ledger nor a proof came with it");
            }
        };
        match found {
            Err(fault) => findings.failed(8, fault.0),
            Ok((entry, size)) => {
                let says = format!("entry {} of {size}", entry.index);
                if self.keys.is_empty() {
                    findings.not_checked(8, format!("{says}, under a key that is not established"));
                } else {
                    findings.held(8, says);
                }
                if let Err(fault) = follows(read, &entry) {
                    findings.failed(11, fault.0);
                }
            }
        }
    }

    fn in_ledger(
        &self,
        bundle: &Bundle,
        read: &Read,
        proof: Option<Proof>,
    ) -> Result<(Entry, u64), Fault> {
        if let Some(fault) = &self.broken {
            return Err(fault.clone());
        }
        let (entry, run) = self
            .run(bundle)
            .ok_or_else(|| Fault::new("it stands in no entry"))?;
        is_of((entry, run), bundle, read)?;
        if let Some(proof) = proof {
            let head = self.head(proof.checkpoint.as_bytes())?;
            let place = usize::try_from(entry.index).unwrap_or(usize::MAX);
            let line = self.history.lines.get(place).map_or(&[][..], Vec::as_slice);
            let same = proof.index == entry.index && proof.extra == line;
            if !same || proof.root(line, head.size) != Some(head.root) {
                return Err(Fault::new("its proof is not one of its entry"));
            }
        }
        Ok((entry.clone(), self.history.size()))
    }

    fn by_proof(&self, bundle: &Bundle, read: &Read, proof: &Proof) -> Result<(Entry, u64), Fault> {
        let found = Entry::read(&proof.extra)?;
        let (entry, run) = found
            .run()
            .ok_or_else(|| Fault::new("its proof is of an entry that is no run"))?;
        is_of((entry, run), bundle, read)?;
        let bytes = proof.checkpoint.as_bytes();
        let (head, _) = Checkpoint::parse(bytes)?;
        self.is_signed(bytes, head.size)?;
        self.is_named(&head)?;
        let leads = proof.root(&proof.extra, head.size) == Some(head.root);
        if !leads || proof.index != entry.index {
            return Err(Fault::new("its proof does not lead to the head"));
        }
        Ok((entry.clone(), head.size))
    }

    /// Step 10 of a bundle.
    pub(super) fn stamp_of(&self, bundle: &Bundle, read: Option<&Read>, findings: &mut Findings) {
        if self.files.is_none() {
            return findings.not_checked(10, "the ledger, which is what is stamped, is not here");
        }
        let (Some(read), Some((entry, _)), None) = (read, self.run(bundle), &self.broken) else {
            return findings.not_checked(10, "it stands in no ledger that can be relied on");
        };
        let finished = Moment::parse(&read.manifest.clock.finished);
        self.stamps.of(entry.index, finished, findings);
    }
}

/// The keys that may sign heads: the one that was named for the ledger, or else those of the
/// signers who are allowed now.
fn keys(trust: &Trust<'_>) -> Vec<Term> {
    if let Some((_, key)) = &trust.log {
        return vec![Term::known(*key)];
    }
    let Some(signers) = &trust.signers else {
        return Vec::new();
    };
    let keys = signers.signers.iter();
    keys.filter(|signer| signers.find(&signer.key, NAMESPACE, trust.now).is_ok())
        .filter_map(|signer| PublicKey::from_ssh_blob(&signer.key))
        .map(Term::known)
        .collect()
}

/// Whether a folder has such a name as a run gives its own: `20261123T080516Z-00201b3203ef`.
fn is_named_as_a_run(name: &str) -> bool {
    let Some((time, digest)) = name.split_once('-') else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let stamp = time.strip_suffix('Z').and_then(|time| time.split_once('T'));
    stamp
        .is_some_and(|(day, time)| day.len() == 8 && digits(day) && time.len() == 6 && digits(time))
        && digest.len() == 12
        && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether an entry is of this very bundle.
fn is_of((entry, run): (&Entry, &RunEntry), bundle: &Bundle, read: &Read) -> Result<(), Fault> {
    if is_named_as_a_run(&bundle.name) && bundle.name != run.run_id {
        return Err(Fault::new(format!(
            "its folder is named as another run than {}",
            excerpt(&run.run_id)
        )));
    }
    let same = run.manifest_sha256 == read.own
        && run.sums_sha256 == read.sums
        && Some(run.attestation_sha256) == bundle.digest(ATTESTATION)
        && run.commit == read.manifest.subject.commit
        && run.catalog_sha256 == read.manifest.catalog.sha256
        && run.result == read.manifest.result()
        && run.run_id.ends_with(&format!("-{}", read.own.short()));
    if !same {
        return Err(Fault::new("its entry is not one of this bundle"));
    }
    let finished = &read.manifest.clock.finished;
    let period = &read.manifest.period.label;
    if run.period != *period {
        return Err(Fault::new(format!(
            "its entry has another period than {}, in which it says it was made",
            excerpt(period)
        )));
    }
    if entry.time == *finished {
        Ok(())
    } else {
        Err(Fault::new(format!(
            "its entry has another time than {}, at which it says it was sealed",
            excerpt(finished)
        )))
    }
}

/// Whether a manifest names the head before its own entry.
fn follows(read: &Read, entry: &Entry) -> Result<(), Fault> {
    let follows = match &read.manifest.ledger_before {
        None => entry.index == 0,
        Some(before) => {
            before.tree_size == entry.index
                && before.root_hash == entry.prev_root
                && before.timestamp_sha256 == entry.prev_tsr_sha256
        }
    };
    if follows {
        Ok(())
    } else {
        let says = "the run was made after another entry than the one before its own";
        Err(Fault::new(says))
    }
}

/// The digest of a head as it was stamped.
pub(super) fn imprint(files: &Handed, size: u64) -> Option<crate::model::exhibit::Digest> {
    files.bytes(&head_path(size)).map(sha256)
}
