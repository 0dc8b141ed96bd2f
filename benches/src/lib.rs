//! What the benchmarks need: data to run on.

pub mod blog_data;
