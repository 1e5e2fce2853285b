//! All tests that go through the front door, as one program: it links once.

#![cfg(test)]

mod attest;
mod base;
mod binding;
mod bundle;
mod bundle_store;
mod bundle_tree;
mod catalogue;
mod controls;
mod diff;
mod docs;
mod engine;
mod examples;
mod export;
mod faults;
mod forge;
mod formats;
mod git_door;
mod hostile;
mod invariants;
mod large;
mod layers;
mod links;
mod pages;
mod period;
mod planted;
mod policy;
mod reading;
mod record;
mod redaction;
mod register;
mod reperform;
mod reperform_insider;
mod runs;
mod sample;
mod schema;
mod secrets;
mod source;
mod sources;
#[path = "../../src/render/sample/states.rs"]
mod states;
mod support;
mod transcripts;
mod verify;
mod verify_bundle;
mod verify_entry;
mod verify_fixture;
mod verify_flips;
mod verify_forged;
mod verify_insider;
mod verify_keys;
mod verify_ledger;
mod verify_rewritten;
mod verify_signers;
mod verify_stamps;
