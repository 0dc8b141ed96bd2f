//! The plan stage: what operations become, what is refused, and which requests share a plan.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../expose/builder.rs"]
#[allow(dead_code, reason = "the builder is shared with the tests of the expose stage")]
mod builder;
mod planning;
mod refusals;
mod sharing;
mod snapshots;
mod writes;
