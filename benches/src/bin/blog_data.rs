//! Writes the blog example's data: `blog-data --size large -o blog.jsonl.gz`.
//!
//! The same size always gives the same bytes: everything comes from a seeded generator and integer arithmetic. The
//! small set is the one in `examples/blog/data`.

use clap::{Parser, ValueEnum};
use flate2::Compression;
use flate2::write::GzEncoder;
use nuages_benches::blog_data::{Counts, write};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

/// Writes the blog example's data as JSON lines, one row a line, parents before children.
#[derive(Debug, Parser)]
struct Arguments {
    /// How much of it.
    #[arg(long, value_enum, default_value_t = Size::Small)]
    size: Size,
    /// The file; compressed when its name ends in `.gz`.
    #[arg(short, long)]
    output: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Size {
    /// 30 users, 120 posts, 400 comments.
    Small,
    /// 10,000 users, 200,000 posts, 1,000,000 comments.
    Large,
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let counts = match arguments.size {
        Size::Small => Counts::SMALL,
        Size::Large => Counts::LARGE,
    };
    let file = BufWriter::new(File::create(&arguments.output)?);
    if arguments.output.extension().is_some_and(|extension| extension == "gz") {
        let level = match arguments.size {
            Size::Small => Compression::best(),
            Size::Large => Compression::fast(),
        };
        let mut encoder = GzEncoder::new(file, level);
        write(&mut encoder, counts)?;
        encoder.finish()?.flush()
    } else {
        let mut file = file;
        write(&mut file, counts)?;
        file.flush()
    }
}
