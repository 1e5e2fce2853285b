//! Types only: the field's own nouns, with no input and no output.
//!
//! Nothing in here opens a file, looks at a clock or knows a format.

pub mod attestation;
pub mod base64;
pub mod control;
pub mod criterion;
pub mod exhibit;
pub mod fact;
pub mod gap;
pub mod inventory;
pub mod orders;
pub mod parameter;
pub mod period;
pub mod policy;
pub mod reading;
pub mod record;
pub mod relation;
pub mod relations;
pub mod result;
pub mod run;
pub mod text;
pub mod time;
pub mod value;
pub mod waiver;
pub mod words;
