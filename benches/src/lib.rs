//! What the benchmarks need: data to run on, contestants, a load generator, and what is measured.

pub mod answers;
pub mod blog_data;
pub mod contestants;
pub mod data;
pub mod failure;
pub mod growth;
pub mod http;
pub mod load;
pub mod measure;
pub mod peers;
pub mod proc;
pub mod programs;
pub mod queries;
pub mod reference;
pub mod report;
pub mod scale;
