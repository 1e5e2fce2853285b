//! JSON in one form only: sorted keys, no spaces, one line. With integers, texts and ASCII keys, as
//! everything here has, that is the canonical form of RFC 8785 as well.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Fault;
use crate::parse::json;

/// The bytes of a value, without a line end.
///
/// # Errors
/// None that outside input can cause; a defect of serialisation.
pub fn bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    // A value keeps its keys sorted, whatever the order of the fields of what it was made from.
    serde_json::to_vec(&serde_json::to_value(value)?)
}

/// The same with a line end, as a file.
///
/// # Errors
/// None that outside input can cause; a defect of serialisation.
pub fn line<T: Serialize>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = bytes(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Reads a value from bytes that are exactly what [`bytes`] writes of it. A byte more, less or
/// elsewhere is refused, a field that nobody knows included: what is signed leaves no room.
///
/// # Errors
/// Bytes that are not that value in that form.
pub fn exactly<T: DeserializeOwned + Serialize>(found: &[u8]) -> Result<T, Fault> {
    let value: T = parsed(found)?;
    let again = bytes(&value).map_err(|error| Fault::new(error.to_string()))?;
    if again == found {
        Ok(value)
    } else {
        Err(Fault::new(
            "expected JSON in one line with sorted keys and nothing else, found another form",
        ))
    }
}

/// The same for a file, which ends in one line end.
///
/// # Errors
/// As [`exactly`].
pub fn exact_line<T: DeserializeOwned + Serialize>(found: &[u8]) -> Result<T, Fault> {
    let found = found
        .strip_suffix(b"\n")
        .ok_or_else(|| Fault::new("expected a line end after the JSON, found none"))?;
    exactly(found)
}

/// Reads a value in whatever form it is written.
///
/// # Errors
/// Bytes that are not that value.
pub fn parsed<T: DeserializeOwned>(found: &[u8]) -> Result<T, Fault> {
    let text = std::str::from_utf8(found).map_err(|_| Fault::new("expected UTF-8"))?;
    json::parse(text).map_err(|error| Fault::new(format!("expected other JSON: {error}")))
}
