#![doc = include_str!("ARCHITECTURE.md")]
#![forbid(unsafe_code)]

pub mod model;

pub mod parse;

pub mod tree;

pub mod git;

pub mod collect;

pub mod cli;
