//! The expose stage: what schemas registries get, and what the exposure map says of them.

mod builder;
mod introspection;
mod map;
mod naming;
mod sdl;
mod size;
