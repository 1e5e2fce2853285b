#![doc = include_str!("ARCHITECTURE.md")]
#![forbid(unsafe_code)]

pub mod model;

pub mod parse;

pub mod tree;

pub mod git;

pub mod load;

pub mod collect;

pub mod evaluate;

pub mod seal;

pub mod render;

pub mod cli;
