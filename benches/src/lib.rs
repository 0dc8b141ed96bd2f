//! What the benchmarks need: data to run on, contestants, a load generator, and what is measured.

pub mod blog_data;
pub mod reference;
