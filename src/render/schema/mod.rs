//! Keeps the published schemas true: what the program writes and reads is held against them, and
//! every object in them is closed, so that a field that comes or goes is noticed.

mod check;
mod tests;
