//! One record of an lcov tracefile: a source file under one test.

use std::collections::HashMap;

use super::marks::{GREATEST, Marks, key};
use super::measured::{Shares, ranges};
use crate::model::value::Ratio;
use crate::parse::json::Hits;

/// The most groups of functions of one record.
const FUNCTIONS: usize = 1_000_000;

/// What the records of a file amount to.
#[derive(Debug, Default)]
pub(super) struct Traced {
    listed: Listed,
    /// What records declare that list no lines.
    declared: Option<Box<Shares>>,
    /// How many records the file has.
    pub(super) records: u64,
}

impl Traced {
    /// Takes in a record of the file.
    pub(super) fn join(&mut self, record: Record) {
        if record.listed.lines.is_empty() {
            self.declare(record.declared());
        }
        self.listed.lines.add_all(record.listed.lines);
        self.listed.branches.add_all(record.listed.branches);
        self.listed.functions.add_all(record.listed.functions);
        self.records += 1;
    }

    fn declare(&mut self, declared: Shares) {
        // Records repeat the totals of their file, so that adding them would count lines twice.
        let most = |own: Option<Ratio>, other: Option<Ratio>| match (own, other) {
            (Some(own), Some(other)) => Some(Ratio::new(
                own.covered.max(other.covered),
                own.total.max(other.total),
            )),
            (own, other) => own.or(other),
        };
        let own = self.declared.get_or_insert_default();
        **own = Shares {
            lines: most(own.lines, declared.lines),
            branches: most(own.branches, declared.branches),
            functions: most(own.functions, declared.functions),
            statements: None,
        };
    }

    /// Whether any line is listed, so that nothing has to rest on a declared total.
    pub(super) const fn lists_lines(&self) -> bool {
        !self.listed.lines.is_empty()
    }

    /// What the file amounts to: what is listed, and what is declared where nothing is.
    pub(super) fn shares(&mut self) -> Shares {
        let listed = self.listed.shares();
        if self.lists_lines() {
            return listed;
        }
        let declared = self.declared.as_ref();
        let declared = declared.map_or_else(Shares::default, |declared| declared.of_something());
        Shares {
            lines: declared.lines,
            branches: listed.branches.or(declared.branches),
            functions: listed.functions.or(declared.functions),
            statements: None,
        }
    }

    /// The lines that did not run, as ranges.
    pub(super) fn missing(&mut self) -> String {
        ranges(self.listed.lines.unmarked())
    }
}

/// Lines, branches and functions, each once.
#[derive(Debug, Default)]
struct Listed {
    lines: Marks,
    branches: Marks,
    functions: Marks,
}

impl Listed {
    fn shares(&mut self) -> Shares {
        let share = |marks: &mut Marks| {
            let (ran, all) = marks.counts();
            (all > 0).then_some(Ratio::new(ran, all))
        };
        Shares {
            lines: share(&mut self.lines),
            branches: share(&mut self.branches),
            functions: share(&mut self.functions),
            statements: None,
        }
    }
}

/// A record that is being read.
#[derive(Debug)]
pub(super) struct Record {
    /// The place of its file.
    pub(super) place: usize,
    /// The name of its file.
    pub(super) name: String,
    listed: Listed,
    /// Where the functions begin that records of lcov 2.2 name by an index.
    begins: HashMap<u64, u64>,
    lines: Declared,
    branches: Declared,
    functions: Declared,
}

/// The totals a record declares of one thing: found and hit.
#[derive(Debug, Default)]
struct Declared {
    found: Option<u64>,
    hit: Option<u64>,
}

impl Declared {
    fn ratio(&self) -> Option<Ratio> {
        let found = self.found?;
        // A writer that found nothing may leave out how much of it was hit.
        let hit = if found == 0 {
            self.hit.or(Some(0))
        } else {
            self.hit
        };
        Some(Ratio::new(hit?, found))
    }
}

/// The kinds of lines that are details of a file.
const DETAILS: [&str; 16] = [
    "DA", "BRDA", "LF", "LH", "BRF", "BRH", "FN", "FNDA", "FNF", "FNH", "FNL", "FNA", "VER",
    "MCDC", "MCF", "MCH",
];

/// Whether a line is a detail of a file.
pub(super) fn is_detail(line: &str) -> bool {
    let end = line.bytes().take(5).position(|byte| byte == b':');
    let kind = end.and_then(|end| line.get(..end));
    kind.is_some_and(|kind| DETAILS.contains(&kind))
}

impl Record {
    /// A record that begins.
    pub(super) fn of(place: usize, name: &str) -> Self {
        Self {
            place,
            name: name.to_owned(),
            listed: Listed::default(),
            begins: HashMap::new(),
            lines: Declared::default(),
            branches: Declared::default(),
            functions: Declared::default(),
        }
    }

    /// Takes a detail, and says whether it could be read.
    pub(super) fn take(&mut self, line: &str, odd: &mut u64) -> bool {
        let Some((kind, rest)) = line.split_once(':') else {
            return false;
        };
        let taken = match kind {
            "DA" => self.line(rest, odd),
            "BRDA" => self.branch(rest),
            "FN" => self.function(rest),
            "FNDA" => self.calls(rest),
            "FNL" => self.group(rest),
            "FNA" => self.alias(rest),
            "LF" => count(rest, &mut self.lines.found),
            "LH" => count(rest, &mut self.lines.hit),
            "BRF" => count(rest, &mut self.branches.found),
            "BRH" => count(rest, &mut self.branches.hit),
            "FNF" => count(rest, &mut self.functions.found),
            "FNH" => count(rest, &mut self.functions.hit),
            // The version of the file, and conditions, for which there is no measure.
            _ => Some(()),
        };
        taken.is_some()
    }

    /// `DA:<line>,<hits>[,<checksum>]`
    fn line(&mut self, rest: &str, odd: &mut u64) -> Option<()> {
        let (line, rest) = rest.split_once(',')?;
        let hits = Hits::parse(rest.split(',').next()?);
        if hits == Hits::Absent {
            return None;
        }
        *odd += u64::from(hits == Hits::Odd);
        self.listed.lines.add(number(line)?, hits.ran());
        Some(())
    }

    /// `BRDA:<line>,[e][f][U]<block>,<branch>,<taken>`: the branch may be an expression with commas
    /// in it. `U` is one that the source marks as unreachable, which lcov leaves out of its counts.
    fn branch(&mut self, rest: &str) -> Option<()> {
        let (line, rest) = rest.split_once(',')?;
        let (block, rest) = rest.split_once(',')?;
        let (branch, taken) = rest.rsplit_once(',')?;
        let line = number(line)?;
        let block = block.trim_start_matches(['e', 'f']);
        if block.starts_with('U') {
            return Some(());
        }
        let ran = match Hits::parse(taken) {
            Hits::Absent if taken.trim() == "-" => false,
            Hits::Absent => return None,
            hits => hits.ran(),
        };
        self.listed
            .branches
            .add(branch_key(line, block, branch), ran);
        Some(())
    }

    /// `FN:<line>,[<last line>,]<name>`: names hold commas too.
    fn function(&mut self, rest: &str) -> Option<()> {
        let (line, rest) = rest.split_once(',')?;
        number(line)?;
        let name = match rest.split_once(',') {
            Some((last, name)) if number(last).is_some() => name,
            _ => rest,
        };
        self.listed.functions.add(key(&name), false);
        Some(())
    }

    /// `FNDA:<calls>,<name>`
    fn calls(&mut self, rest: &str) -> Option<()> {
        let (calls, name) = rest.split_once(',')?;
        let calls = Hits::parse(calls);
        self.listed.functions.add(key(&name), calls.ran());
        (calls != Hits::Absent).then_some(())
    }

    /// `FNL:<index>,<line>[,<last line>]`, of lcov 2.2: a group of functions at one place, which
    /// counts once.
    fn group(&mut self, rest: &str) -> Option<()> {
        let (index, rest) = rest.split_once(',')?;
        let line = number(rest.split(',').next()?)?;
        if self.begins.len() == FUNCTIONS {
            return None;
        }
        self.begins.insert(number(index)?, line);
        self.listed.functions.add(key(&line), false);
        Some(())
    }

    /// `FNA:<index>,<calls>,<name>`: one function of such a group.
    fn alias(&mut self, rest: &str) -> Option<()> {
        let (index, rest) = rest.split_once(',')?;
        let calls = Hits::parse(rest.split(',').next()?);
        let line = self.begins.get(&number(index)?)?;
        self.listed.functions.add(key(line), calls.ran());
        (calls != Hits::Absent).then_some(())
    }

    /// What the record declares.
    fn declared(&self) -> Shares {
        Shares {
            lines: self.lines.ratio(),
            branches: self.branches.ratio(),
            functions: self.functions.ratio(),
            statements: None,
        }
    }

    /// What the record declares and what it lists, as far as it does both.
    pub(super) fn totals(&mut self) -> (Shares, Shares) {
        let (declared, listed) = (self.declared(), self.listed.shares());
        let both = |one: Option<Ratio>, other: Option<Ratio>| one.filter(|_| other.is_some());
        let pick = |one: Shares, other: Shares| Shares {
            lines: both(one.lines, other.lines),
            branches: both(one.branches, other.branches),
            functions: both(one.functions, other.functions),
            statements: None,
        };
        (pick(declared, listed), pick(listed, declared))
    }
}

fn count(text: &str, into: &mut Option<u64>) -> Option<()> {
    *into = Some(number(text)?);
    Some(())
}

/// A number that is not negative and can be kept.
fn number(text: &str) -> Option<u64> {
    let number = text.trim().parse().ok()?;
    (number <= GREATEST).then_some(number)
}

/// A branch as a number: exact for the numbers that tools write, which lie close to each other and
/// take few bytes, and by [`key`] for expressions.
fn branch_key(line: u64, block: &str, branch: &str) -> u64 {
    const NAMED: u64 = 1 << 61;
    let small = |text: &str, below: u64| number(text).filter(|number| *number < below);
    match (small(block, 1 << 20), small(branch, 1 << 18)) {
        (Some(block), Some(branch)) if line < 1 << 23 => line << 38 | block << 18 | branch,
        _ => key(&(line, block, branch)) | NAMED,
    }
}
