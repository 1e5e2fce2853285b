//! The same envelope in the wrapper that the tools of Sigstore read (bundle v0.3), with a key that
//! is managed by whoever signs. The signature is not made again.

use serde::{Deserialize, Serialize};

use super::dsse::Envelope;
use crate::seal::Fault;

const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// The wrapper as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Wrapped {
    media_type: String,
    verification_material: Material,
    /// The envelope.
    pub dsse_envelope: Envelope,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Material {
    public_key: Hint,
    tlog_entries: [(); 0],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hint {
    hint: String,
}

impl Wrapped {
    /// An envelope with its wrapper.
    pub fn of(envelope: &Envelope) -> Self {
        let keyid = envelope.signatures.first().map(|it| it.keyid.clone());
        Self {
            media_type: MEDIA_TYPE.to_owned(),
            verification_material: Material {
                public_key: Hint {
                    hint: keyid.unwrap_or_default(),
                },
                tlog_entries: [],
            },
            dsse_envelope: envelope.clone(),
        }
    }

    /// Whether it holds this envelope and nothing else.
    ///
    /// # Errors
    /// It does not.
    pub fn holds(&self, envelope: &Envelope) -> Result<(), Fault> {
        if *self == Self::of(envelope) {
            Ok(())
        } else {
            Err(Fault::new(
                "expected the same signature in both wrappers, found another",
            ))
        }
    }
}
