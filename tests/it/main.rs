//! All tests that go through the front door, as one program: it links once.

#![cfg(test)]

mod base;
mod binding;
mod bundle;
mod bundle_store;
mod bundle_tree;
mod catalogue;
mod controls;
mod docs;
mod engine;
mod examples;
mod formats;
mod git_door;
mod hostile;
mod invariants;
mod layers;
mod record;
mod sample;
mod schema;
mod secrets;
mod support;
mod transcripts;
