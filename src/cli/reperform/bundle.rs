//! A bundle as it was handed over: first whether it is what was sealed, then its parts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli::delivery::INVENTORY;
use crate::cli::opened::Opened;
pub(super) use crate::cli::opened::Refused;
use crate::cli::report::SHIPPED;
use crate::load::Problem;
use crate::model::exhibit::Digest;
use crate::model::inventory::{Inventory, Row, SCHEMA};
use crate::model::text::excerpt;
use crate::model::time::Moment;
use crate::seal::door::Private;
use crate::seal::manifest::Listed;
use crate::seal::{Manifest, canonical, sources};
use crate::tree::digest::sha256;
use crate::tree::file;

/// The largest file of a bundle that is read whole: lists grow with the repository.
const MOST: u64 = 1024 * 1024 * 1024;

/// What a bundle that holds consists of.
pub(super) struct Bundle {
    /// Its name.
    pub(super) name: String,
    /// Its manifest.
    pub(super) manifest: Manifest,
    /// What was taken for given.
    pub(super) inventory: Inventory,
    /// The report as it was sealed.
    pub(super) report: serde_json::Value,
    /// The digests of the files of source code that were read, by path.
    pub(super) sources: BTreeMap<String, Digest>,
    /// How many of its files were held against its list, in words.
    pub(super) held: String,
    /// Whether its list is signed.
    pub(super) signed: bool,
    folder: PathBuf,
    _unpacked: Option<Private>,
}

impl Bundle {
    /// Opens a bundle, once it is known to be what was sealed.
    pub(super) fn open(given: &Path, now: Moment) -> Result<Self, Refused> {
        let Opened {
            folder,
            held,
            unpacked,
        } = Opened::of(given, now, "Nothing was re-performed.")?;
        let full = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        let name = full.file_name().unwrap_or_default().to_string_lossy();
        let manifest = read(&folder, "manifest.json")?;
        let manifest = Manifest::parse(&manifest)
            .map_err(|fault| Refused::Broken(changed("manifest.json", &fault.0)))?;
        let mut bundle = Self {
            name: name.into_owned(),
            manifest,
            inventory: Inventory::default(),
            report: serde_json::Value::Null,
            sources: BTreeMap::new(),
            held,
            signed: folder.join(crate::seal::store::SIGNATURE).exists(),
            folder,
            _unpacked: unpacked,
        };
        bundle.read_parts()?;
        Ok(bundle)
    }

    fn read_parts(&mut self) -> Result<(), Refused> {
        let Some(bytes) = self.bytes(INVENTORY)? else {
            let title = format!("expected {INVENTORY} in the bundle, found none");
            let fix = "It was made by an audit that did not ship it: read its files by hand, or \
                ask for a run by this one.";
            return Err(Problem::new("bundle", title, fix).into());
        };
        self.inventory = canonical::exact_line(&bytes)
            .map_err(|fault| unusable(INVENTORY, &fault.0))
            .and_then(sound)?;
        let report = self.bytes(SHIPPED)?.unwrap_or_default();
        self.report = canonical::parsed(&report).map_err(|fault| unusable(SHIPPED, &fault.0))?;
        let list = self.bytes(sources::LIST)?.unwrap_or_default();
        let list = String::from_utf8(list).map_err(|_| unusable(sources::LIST, "no text"))?;
        let parsed =
            sources::read(&list).filter_map(|(path, digest)| Some((path, Digest::parse(&digest)?)));
        self.sources = parsed.collect();
        Ok(())
    }

    /// The bytes of a file of the bundle, which have to be those that are listed; nothing where it
    /// lists none.
    pub(super) fn bytes(&self, path: &str) -> Result<Option<Vec<u8>>, Refused> {
        let Some(listed) = self.listed(path) else {
            return Ok(None);
        };
        let bytes = read(&self.folder, path)?;
        if sha256(&bytes) == listed.sha256 {
            Ok(Some(bytes))
        } else {
            let says = "it changed while it was looked at";
            Err(Refused::Broken(changed(path, says)))
        }
    }

    /// What the manifest says of a file.
    pub(super) fn listed(&self, path: &str) -> Option<&Listed> {
        let mut files = self.manifest.files.iter();
        files.find(|file| file.path == path)
    }

    /// The evidence of the bundle: where each lies on this machine, by its digest.
    pub(super) fn evidence(&self) -> BTreeMap<Digest, PathBuf> {
        let files = self.manifest.files.iter();
        files
            .filter(|file| file.role == "evidence")
            .map(|file| (file.sha256, self.folder.join(&file.path)))
            .collect()
    }

    /// The digest of what was looked into at a path; nothing where nothing was.
    pub(super) fn digest(&self, row: &Row) -> Option<Digest> {
        row.sha256.or_else(|| self.sources.get(&row.path).copied())
    }
}

fn changed(path: &str, says: &str) -> Problem {
    let title = format!("expected {} as it was sealed: {says}", excerpt(path));
    Problem::new("bundle-changed", title, "Do not rely on this bundle.")
}

fn unusable(path: &str, says: &str) -> Refused {
    Refused::Broken(changed(path, &excerpt(says)))
}

fn read(folder: &Path, path: &str) -> Result<Vec<u8>, Refused> {
    file::read_up_to(&folder.join(path), path, MOST)
        .map_err(|unread| Refused::Broken(changed(path, &unread.says)))
}

/// An inventory whose rows stand in their order, once each: they are looked up by it.
fn sound(inventory: Inventory) -> Result<Inventory, Refused> {
    let ordered = inventory.files.windows(2).all(|pair| match pair {
        [one, other] => one.path.as_bytes() < other.path.as_bytes(),
        _ => true,
    });
    match (inventory.schema == SCHEMA, ordered) {
        (true, true) => Ok(inventory),
        (false, _) => {
            let says = format!("expected {SCHEMA}, found {}", excerpt(&inventory.schema));
            Err(unusable(INVENTORY, &says))
        }
        (true, false) => Err(unusable(INVENTORY, "its files are not in their order")),
    }
}
