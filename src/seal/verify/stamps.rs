//! The time stamps of a ledger's heads.

use super::book::imprint;
use super::{Findings, State};
use crate::model::time::Moment;
use crate::seal::ledger::periods::LATE;
use crate::seal::ledger::store::{CHECKPOINTS, head_path, stamp_path};
use crate::seal::timestamp::reply::Stamp;
use crate::seal::timestamp::request::Request;
use crate::seal::timestamp::verify::{Verified, verify};
use crate::tree::handed::Handed;

/// How far the clock of a run may be before that of an authority, in seconds.
const AHEAD: i64 = 300;

/// A head with what an authority says of it.
#[derive(Debug)]
struct Stamped {
    size: u64,
    time: Moment,
    outcome: Verified,
    /// Whether the request that it answers is here, whose number it has to repeat.
    asked: bool,
}

/// All of them, and what is wrong with others.
#[derive(Debug, Default)]
pub(super) struct Stamps {
    kept: Vec<Stamped>,
    faults: Vec<String>,
    /// How many entries the heads cover for which a request is here and no answer.
    unanswered: Vec<u64>,
}

impl Stamps {
    /// Reads and verifies the time stamps in a ledger.
    pub(super) fn read(files: &Handed, roots: Option<&[u8]>) -> Self {
        let mut read = Self::default();
        let start = format!("{CHECKPOINTS}/");
        for path in files.files.keys() {
            let name = path
                .strip_prefix(&start)
                .and_then(|it| it.strip_suffix(".tsr"));
            let Some(name) = name else { continue };
            let size = name.split('.').next().and_then(|size| size.parse().ok());
            match size
                .ok_or_else(|| "it is of no head".to_owned())
                .and_then(|size| {
                    let reply = files.bytes(path).unwrap_or_default();
                    one(files, size, reply, roots)
                }) {
                Ok(stamped) => read.kept.push(stamped),
                Err(says) => read.faults.push(format!("{path}: {says}")),
            }
        }
        read.kept.sort_by_key(|stamped| stamped.time);
        read.unanswered = unanswered(files);
        read
    }

    /// The earliest time at which a trusted authority saw a head over an entry.
    pub(super) fn held(&self, index: u64) -> Option<Moment> {
        self.earliest(index).map(|stamped| stamped.time)
    }

    fn earliest(&self, index: u64) -> Option<&Stamped> {
        let mut over = self.kept.iter().filter(|stamped| stamped.size > index);
        over.find(|stamped| stamped.outcome == Verified::Held)
    }

    /// Step 10 of the bundle of an entry.
    pub(super) fn of(&self, index: u64, finished: Option<Moment>, findings: &mut Findings) {
        if let Some(fault) = self.faults.first() {
            return findings.failed(10, fault.clone());
        }
        let over = || self.kept.iter().filter(|stamped| stamped.size > index);
        let failed = over().find_map(|stamped| match &stamped.outcome {
            Verified::Failed(says) => Some(format!("{}: {says}", head_path(stamped.size))),
            Verified::Held | Verified::NotChecked(_) => None,
        });
        if let Some(says) = failed {
            return findings.failed(10, says);
        }
        let Some(first) = over().next() else {
            let asked = self.unanswered.iter().find(|size| **size > index);
            let asked = asked.map_or(String::new(), |size| {
                format!("; the request for {} has no answer here", head_path(*size))
            });
            return findings.not_checked(10, format!("no head over this run is stamped{asked}"));
        };
        let (stamped, state) = match (self.earliest(index), &first.outcome) {
            (Some(stamped), _) => (stamped, State::Held),
            (None, Verified::NotChecked(says)) => {
                let says = format!("says {}: {says}", first.time);
                return findings.not_checked(10, says);
            }
            (None, _) => (first, State::NotChecked),
        };
        stamped.since(finished, state, findings);
    }
}

impl Stamped {
    /// How it stands to the time at which the run says that it was sealed.
    fn since(&self, finished: Option<Moment>, state: State, findings: &mut Findings) {
        let time = self.time;
        let asked = if self.asked {
            String::new()
        } else {
            format!("; the request for {} is not here", head_path(self.size))
        };
        match finished.map(|finished| time.epoch() - finished.epoch()) {
            None => findings.failed(10, "the manifest names no time at which it was sealed"),
            Some(after) if after < -AHEAD => {
                let says = format!("stamped at {time}, before the run says that it was sealed");
                findings.failed(10, says);
            }
            Some(after) if after > LATE => {
                let days = after / LATE;
                let says = format!(
                    "no later than {time}, which is {days} days after it says it was sealed{asked}"
                );
                findings.tell(10, state, says);
            }
            Some(_) if !self.asked => {
                findings.tell(10, state, format!("no later than {time}{asked}"));
            }
            Some(_) => findings.add(10, state, format!("no later than {time}")),
        }
    }
}

/// Heads for which a time stamp was asked and none is here.
fn unanswered(files: &Handed) -> Vec<u64> {
    let start = format!("{CHECKPOINTS}/");
    let sizes = files.files.keys().filter_map(|path| {
        let size = path.strip_prefix(&start)?.strip_suffix(".tsq")?;
        let size = size.parse().ok()?;
        (!files.files.contains_key(&stamp_path(size))).then_some(size)
    });
    sizes.collect()
}

fn one(files: &Handed, size: u64, reply: &[u8], roots: Option<&[u8]>) -> Result<Stamped, String> {
    let own = imprint(files, size).ok_or_else(|| "its head is not here".to_owned())?;
    let stamp = Stamp::parse(reply).map_err(|fault| fault.0)?;
    let request = files.bytes(&format!("{}.tsq", head_path(size)));
    let request = request
        .and_then(Request::parse)
        .filter(|it| it.imprint == own);
    let nonce = request.as_ref().map(|request| request.nonce.as_slice());
    stamp.is_of(own, nonce).map_err(|fault| fault.0)?;
    let data = files.bytes(&head_path(size)).unwrap_or_default();
    let outcome = match roots {
        None => Verified::NotChecked("give --tsa-ca".to_owned()),
        Some(roots) => verify(data, reply, &stamp, roots).map_err(|fault| fault.0)?,
    };
    Ok(Stamped {
        size,
        time: stamp.time,
        outcome,
        asked: request.is_some(),
    })
}
