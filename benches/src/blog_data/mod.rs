//! The blog example's data, made from a seed.

mod words;

use serde_json::{Value, json};
use std::io::{self, Write};
use words::{BIOS, FIRST_NAMES, LAST_NAMES, REMARKS, SUBJECTS, TAGS, TITLES};

/// How many rows of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// People.
    pub users: u32,
    /// Subjects, in a tree.
    pub categories: u32,
    /// Words.
    pub tags: u32,
    /// Articles.
    pub posts: u32,
    /// Remarks.
    pub comments: u32,
}

impl Counts {
    /// What the example comes with.
    pub const SMALL: Self = Self { users: 30, categories: 12, tags: 20, posts: 120, comments: 400 };
    /// What measurements need.
    pub const LARGE: Self =
        Self { users: 10_000, categories: 200, tags: 500, posts: 200_000, comments: 1_000_000 };
}

/// Writes all rows as JSON lines, parents before children.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut dyn Write, counts: Counts) -> io::Result<()> {
    let mut blog = Blog { out, random: Random(20_240_229), counts, written: Vec::new() };
    blog.users()?;
    blog.profiles()?;
    blog.categories()?;
    blog.tags()?;
    blog.posts()?;
    blog.post_tags()?;
    blog.comments()
}

/// 2021-01-01T00:00:00Z in seconds.
const START: u64 = 1_609_459_200;
/// Everything is written within four years.
const SPAN: u64 = 4 * 365 * 86_400;

struct Blog<'a> {
    out: &'a mut dyn Write,
    random: Random,
    counts: Counts,
    /// Of each post: when it was written, and the position of its subject.
    written: Vec<(u64, usize)>,
}

impl Blog<'_> {
    fn row(&mut self, table: &str, row: Value) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, &json!({ "table": table, "row": row }))?;
        self.out.write_all(b"\n")
    }

    fn users(&mut self) -> io::Result<()> {
        for id in 1..=self.counts.users {
            let first = FIRST_NAMES[(id as usize - 1) % FIRST_NAMES.len()];
            let last = LAST_NAMES[(id as usize * 7) % LAST_NAMES.len()];
            // A few people give no name, or a long one.
            let name = match id % 29 {
                11 => String::new(),
                17 => format!("{first} Maria {last}-{}", LAST_NAMES[(id as usize * 5) % LAST_NAMES.len()]),
                _ => format!("{first} {last}"),
            };
            let host = ["example.org", "example.com", "mail.example.net"][id as usize % 3];
            let joined = START + self.random.below(SPAN / 2);
            let updated = joined + self.random.below(90 * 86_400);
            let row = json!({
                "id": id,
                "email": format!("{}{id}@{host}", plain(first)),
                "name": name,
                "is_active": id % 8 != 0,
                "created_at": instant(joined, id % 5 * 1_000),
                "updated_at": instant(updated, 0),
            });
            self.row("blog_user", row)?;
        }
        Ok(())
    }

    fn profiles(&mut self) -> io::Result<()> {
        let mut id = 0;
        for user in (1..=self.counts.users).filter(|user| user % 5 != 0) {
            id += 1;
            let metadata = match user % 7 {
                0 => Value::Null,
                1 => json!({}),
                2 => json!({ "theme": "dark", "letters": { "weekly": true, "digest": "sunday" } }),
                3 => json!({ "theme": "light", "languages": ["de", "en"], "since": 2000 + user % 24 }),
                4 => {
                    json!({ "address": { "city": "Kraków", "country": "PL" }, "score": f64::from(user) / 4.0 })
                }
                5 => json!(["early", "adopter"]),
                _ => {
                    json!({ "links": [{ "to": "https://example.org/~me", "label": "elsewhere" }], "theme": null })
                }
            };
            let bio = BIOS[user as usize % BIOS.len()];
            self.row("blog_profile", json!({ "id": id, "user_id": user, "bio": bio, "metadata": metadata }))?;
        }
        Ok(())
    }

    fn categories(&mut self) -> io::Result<()> {
        for id in 1..=self.counts.categories {
            let position = id as usize - 1;
            let (name, parent) = match SUBJECTS.get(position) {
                Some(subject) => (subject.name.to_owned(), subject.parent.map(|parent| parent as u64 + 1)),
                None => {
                    let parent = self.random.below(u64::from(id) - 1) + 1;
                    (format!("{} {id}", SUBJECTS[position % SUBJECTS.len()].name), Some(parent))
                }
            };
            self.row("blog_category", json!({ "id": id, "name": name, "parent_id": parent }))?;
        }
        Ok(())
    }

    fn tags(&mut self) -> io::Result<()> {
        for id in 1..=self.counts.tags {
            let position = id as usize - 1;
            let word = TAGS[position % TAGS.len()];
            let name = if position < TAGS.len() { word.to_owned() } else { format!("{word}-{id}") };
            self.row("blog_tag", json!({ "id": id, "name": name }))?;
        }
        Ok(())
    }

    fn posts(&mut self) -> io::Result<()> {
        for id in 1..=self.counts.posts {
            let position = self.random.index(SUBJECTS.len());
            let subject = &SUBJECTS[position];
            let title = TITLES[self.random.index(TITLES.len())]
                .replace("{}", subject.things[self.random.index(subject.things.len())]);
            let title = capitalised(&title);
            let slug = format!("{}-{id}", plain(&title));
            let sentences = 2 + self.random.below(5);
            let content: Vec<&str> = (0..sentences)
                .map(|_| subject.sentences[self.random.index(subject.sentences.len())])
                .collect();
            // A few people write most of the posts, some none at all.
            let author = self.random.skewed(u64::from(self.counts.users) * 4 / 5) + 1;
            let category = match self.random.below(8) {
                0 => None,
                _ if self.counts.categories as usize > SUBJECTS.len() => {
                    Some(self.random.below(u64::from(self.counts.categories)) + 1)
                }
                _ => Some(position as u64 + 1),
            };
            let written = START + self.random.below(SPAN);
            self.written.push((written, position));
            let published = self.random.below(10) < 7;
            let views = if published { self.random.skewed(50_000) } else { 0 };
            let rating = (self.random.below(10) < 6).then(|| self.random.below(401) + 100);
            let deleted =
                (self.random.below(12) == 0).then(|| written + 86_400 + self.random.below(200 * 86_400));
            let row = json!({
                "id": id,
                "title": title,
                "slug": slug,
                "content": if id % 40 == 0 { String::new() } else { content.join(" ") },
                "author_id": author,
                "category_id": category,
                "published": published,
                "views": views,
                "rating": rating.map(|hundredths| format!("{}.{:02}", hundredths / 100, hundredths % 100)),
                "created_at": instant(written, if id % 6 == 0 { 250_000 } else { 0 }),
                "deleted_at": deleted.map(|deleted| instant(deleted, 0)),
            });
            self.row("blog_post", row)?;
        }
        Ok(())
    }

    fn post_tags(&mut self) -> io::Result<()> {
        let mut id = 0;
        for post in 1..=self.counts.posts {
            let (_, position) = self.written[post as usize - 1];
            let suited = SUBJECTS[position].tags;
            let many = self.random.index(4);
            let first = self.random.index(suited.len());
            // Every so often the same words exist with a number, when there are more words than subjects need.
            let layers = u64::from(self.counts.tags) / TAGS.len() as u64;
            for step in 0..many {
                id += 1;
                let layer = self.random.below(layers);
                let tag = suited[(first + step) % suited.len()] as u64 + layer * TAGS.len() as u64 + 1;
                self.row("blog_post_tags", json!({ "id": id, "post_id": post, "tag_id": tag }))?;
            }
        }
        Ok(())
    }

    fn comments(&mut self) -> io::Result<()> {
        // Of each post: its last comment, and when that was written.
        let mut last: Vec<Option<(u32, u64)>> = vec![None; self.counts.posts as usize];
        for id in 1..=self.counts.comments {
            // The first posts are discussed most; a tenth of them not at all.
            let post = self.random.skewed(u64::from(self.counts.posts) * 9 / 10);
            let (written, _) = self.written[post as usize];
            let previous = last[post as usize];
            let parent = previous.filter(|_| self.random.below(5) < 2).map(|(parent, _)| parent);
            let created = previous.map_or(written, |(_, at)| at) + 60 + self.random.below(2 * 86_400);
            last[post as usize] = Some((id, created));
            let body = match self.random.below(25) {
                0 => String::new(),
                1 => format!(
                    "{} {}",
                    REMARKS[self.random.index(REMARKS.len())],
                    REMARKS[self.random.index(REMARKS.len())]
                ),
                _ => REMARKS[self.random.index(REMARKS.len())].to_owned(),
            };
            let row = json!({
                "id": id,
                "post_id": post + 1,
                "author_id": self.random.below(u64::from(self.counts.users)) + 1,
                "parent_id": parent,
                "body": body,
                "created_at": instant(created, 0),
            });
            self.row("blog_comment", row)?;
        }
        Ok(())
    }
}

/// SplitMix64: small, and the same everywhere for ever.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to `bound - 1`, which must be less than 2³².
    fn below(&mut self, bound: u64) -> u64 {
        ((self.next() >> 32) * bound) >> 32
    }

    fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// As [`Random::below`], small numbers much more often.
    fn skewed(&mut self, bound: u64) -> u64 {
        let (one, other) = (self.below(bound), self.below(bound));
        one * other / bound
    }
}

/// Lower-case ASCII words joined by hyphens.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            'a'..='z' | '0'..='9' => out.push(character),
            'A'..='Z' => out.push(character.to_ascii_lowercase()),
            'é' | 'É' | 'è' => out.push('e'),
            'ö' | 'ø' => out.push('o'),
            'ü' => out.push('u'),
            'á' | 'ã' => out.push('a'),
            _ if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
    }
    let trimmed = out.trim_end_matches('-');
    if trimmed.is_empty() { "x".to_owned() } else { trimmed.to_owned() }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// RFC 3339, UTC. The calendar is the proleptic Gregorian one (days from civil, reversed).
fn instant(seconds: u64, micros: u32) -> String {
    let (days, time) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let era_day = days % 146_097;
    let year_of_era = (era_day - era_day / 1_460 + era_day / 36_524 - era_day / 146_096) / 365;
    let day_of_year = era_day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = days / 146_097 * 400 + year_of_era + u64::from(month <= 2);
    let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
    let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{HashMap, HashSet};

    #[test]
    fn instants_are_of_the_calendar() {
        assert_eq!(instant(0, 0), "1970-01-01T00:00:00Z");
        assert_eq!(instant(1_709_251_199, 1), "2024-02-29T23:59:59.000001Z");
        assert_eq!(instant(START + SPAN, 0), "2024-12-31T00:00:00Z");
    }

    #[test]
    fn the_example_has_exactly_the_small_set() {
        use std::io::Read;
        let mut written = Vec::new();
        write(&mut written, Counts::SMALL).unwrap();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/blog/data/blog.jsonl.gz");
        let mut committed = Vec::new();
        flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut committed).unwrap();
        assert!(
            written == committed,
            "run: cargo run -p nuages-benches --bin blog_data -- -o examples/blog/data/blog.jsonl.gz"
        );
    }

    #[test]
    fn references_lead_somewhere_and_unique_values_are() {
        let mut written = Vec::new();
        write(&mut written, Counts::SMALL).unwrap();
        let mut ids: HashMap<String, HashSet<u64>> = HashMap::new();
        let mut unique = HashSet::new();
        for line in std::str::from_utf8(&written).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let (table, row) = (line["table"].as_str().unwrap(), &line["row"]);
            assert!(ids.entry(table.to_owned()).or_default().insert(row["id"].as_u64().unwrap()));
            for (column, target) in [
                ("user_id", "blog_user"),
                ("author_id", "blog_user"),
                ("category_id", "blog_category"),
                ("post_id", "blog_post"),
                ("tag_id", "blog_tag"),
                ("parent_id", table),
            ] {
                if let Some(id) = row[column].as_u64() {
                    assert!(ids[target].contains(&id), "{line}");
                }
            }
            let key = match table {
                "blog_user" => row["email"].to_string(),
                "blog_tag" => row["name"].to_string(),
                "blog_post" => format!("{} {}", row["author_id"], row["slug"]),
                "blog_post_tags" => format!("{} {}", row["post_id"], row["tag_id"]),
                _ => continue,
            };
            assert!(unique.insert((table.to_owned(), key)), "{line}");
        }
        let count = |table: &str| ids[table].len();
        assert_eq!((count("blog_user"), count("blog_post"), count("blog_comment")), (30, 120, 400));
        assert_eq!((count("blog_category"), count("blog_tag")), (12, 20));
    }
}
