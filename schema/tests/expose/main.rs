//! The expose stage: what schemas registries get, and what the exposure map says of them.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic is how a test fails")]

mod builder;
mod introspection;
mod map;
mod naming;
mod sdl;
mod size;
