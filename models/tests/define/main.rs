//! The define stage from the outside: what it makes of good files, and what it says about bad ones.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

mod golden;
mod registry;
mod robust;
