//! Counts in words: zero takes the plural, and both forms stand in the source.

use crate::model::text::grouped;

/// The form for a count.
pub const fn plural(count: usize, one: &'static str, more: &'static str) -> &'static str {
    if count == 1 { one } else { more }
}

/// The count with its noun: `1,214 tracked files`.
pub fn count(count: usize, one: &'static str, more: &'static str) -> String {
    format!("{} {}", number(count), plural(count, one, more))
}

/// The count with thousands separators.
pub fn number(count: usize) -> String {
    grouped(count as u64)
}
