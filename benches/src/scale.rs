//! How much data a run has.

use clap::ValueEnum;

/// A size of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scale {
    /// A few thousand rows, for checks.
    Small,
    /// 10,000 users, 200,000 posts, 1,000,000 comments.
    #[value(name = "1x")]
    One,
    /// Ten times that.
    #[value(name = "10x")]
    Ten,
    /// Fifty times that: some 60 GB on disk.
    #[value(name = "50x")]
    Fifty,
}

/// Rows of each table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows {
    /// Who writes.
    pub users: u32,
    /// What they write.
    pub posts: u32,
    /// What others write about it.
    pub comments: u32,
    /// Words on posts.
    pub tags: u32,
    /// Which are on which; a little less, because pairs are drawn and repeated ones dropped.
    pub post_tags: u32,
}

impl Scale {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::One => "1x",
            Self::Ten => "10x",
            Self::Fifty => "50x",
        }
    }

    /// How many rows it has.
    pub fn rows(self) -> Rows {
        let times = match self {
            Self::Small => {
                return Rows { users: 200, posts: 2_000, comments: 8_000, tags: 50, post_tags: 4_000 };
            }
            Self::One => 1,
            Self::Ten => 10,
            Self::Fifty => 50,
        };
        Rows {
            users: 10_000 * times,
            posts: 200_000 * times,
            comments: 1_000_000 * times,
            tags: 1_000 * times,
            post_tags: 400_000 * times,
        }
    }
}
