//! English words in the plural and back: names of lists and of reverse relations, and of models whose tables are in the plural.

/// Plurals that follow no rule; the key is the end of the word.
const IRREGULAR: &[(&str, &str)] = &[
    ("person", "people"),
    ("child", "children"),
    ("mouse", "mice"),
    ("goose", "geese"),
    ("foot", "feet"),
    ("tooth", "teeth"),
    ("datum", "data"),
    ("medium", "media"),
    ("criterion", "criteria"),
    ("phenomenon", "phenomena"),
    ("quiz", "quizzes"),
    ("axis", "axes"),
    ("leaf", "leaves"),
    ("knife", "knives"),
    ("wife", "wives"),
    ("life", "lives"),
    ("shelf", "shelves"),
    ("wolf", "wolves"),
    ("thief", "thieves"),
    ("half", "halves"),
    ("potato", "potatoes"),
    ("tomato", "tomatoes"),
    ("hero", "heroes"),
    ("echo", "echoes"),
    ("alias", "aliases"),
    ("bias", "biases"),
    ("canvas", "canvases"),
    ("atlas", "atlases"),
    ("lens", "lenses"),
    ("stomach", "stomachs"),
    ("epoch", "epochs"),
    ("monarch", "monarchs"),
    ("human", "humans"),
    ("german", "germans"),
    ("roman", "romans"),
    ("woman", "women"),
];

/// Words that are their own plural or have none. A word in `s` after another letter than `s`, `u` and `i`
/// (`news`, `settings`, `series`) is taken for one too.
const INVARIANT: &[&str] = &[
    "data",
    "media",
    "metadata",
    "sheep",
    "fish",
    "deer",
    "equipment",
    "information",
    "money",
    "software",
    "hardware",
    "feedback",
    "staff",
    "people",
    "children",
    "men",
    "women",
];

/// The English plural of the last word of a lower camel case name; the word itself when it has none.
pub fn plural(name: &str) -> String {
    let characters: Vec<(usize, char)> = name.char_indices().collect();
    let last_word = characters
        .windows(2)
        .rev()
        .find(|pair| !pair[0].1.is_uppercase() && pair[1].1.is_uppercase())
        .map_or(0, |pair| pair[1].0);
    let (before, word) = name.split_at(last_word);
    format!("{before}{}", plural_word(word))
}

fn plural_word(word: &str) -> String {
    let lower = word.to_lowercase();
    if INVARIANT.contains(&lower.as_str()) {
        return word.to_owned();
    }
    for (singular, plural) in IRREGULAR {
        if let Some(before) = lower.strip_suffix(singular)
            && (before.is_empty() || matches!(*singular, "person" | "child" | "woman"))
        {
            return replace_end(word, singular.len(), plural);
        }
    }
    if lower == "man" || lower.ends_with("sman") || lower.ends_with("rman") {
        return replace_end(word, 2, "en");
    }
    let end = |suffixes: &[&str]| suffixes.iter().any(|suffix| lower.ends_with(suffix));
    if end(&["sis"]) {
        return replace_end(word, 2, "es");
    }
    if end(&["ss", "us", "is", "x", "z", "ch", "sh", "gas"]) {
        return format!("{word}es");
    }
    if end(&["s"]) {
        return word.to_owned();
    }
    let consonant_before_y = lower.len() > 1 && end(&["y"]) && !end(&["ay", "ey", "iy", "oy", "uy"]);
    if consonant_before_y || end(&["quy"]) {
        return replace_end(word, 1, "ies");
    }
    format!("{word}s")
}

/// Replaces the last `length` bytes (ASCII) and keeps the case of the first letter when the whole word goes.
fn replace_end(word: &str, length: usize, end: &str) -> String {
    let kept = word.get(..word.len().saturating_sub(length)).unwrap_or(word);
    if kept.is_empty() && word.starts_with(|c: char| c.is_uppercase()) {
        let mut characters = end.chars();
        let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
        return format!("{first}{}", characters.as_str());
    }
    format!("{kept}{end}")
}

/// Words that keep the `e` of their plural's `es` or `ies`.
const E_WORDS: &[&str] = &[
    "movie", "cookie", "zombie", "calorie", "pie", "tie", "lie", "genie", "selfie", "prairie", "cache", "axe",
];

/// The English singular of a lower case word; the word itself when it is no plural.
pub fn singular(word: &str) -> String {
    if INVARIANT.contains(&word) && !matches!(word, "people" | "children" | "men" | "women") {
        return word.to_owned();
    }
    let irregular = IRREGULAR.iter().find(|(_, plural)| word.strip_suffix(plural) == Some(""));
    if let Some((singular, _)) = irregular {
        return (*singular).to_owned();
    }
    if word == "men" {
        return "man".to_owned();
    }
    if word.ends_with("series") || word.ends_with("species") || word.ends_with("news") {
        return word.to_owned();
    }
    // `status` and `address` are no plurals, whatever they end in.
    if ["ss", "us", "is"].iter().any(|end| word.ends_with(end)) {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("es")
        && ["yses", "theses", "crises"].iter().any(|end| word.ends_with(end))
    {
        return format!("{stem}is");
    }
    let candidates: [Option<String>; 4] = [
        E_WORDS.iter().find(|known| word.strip_suffix('s') == Some(known)).map(|known| (*known).to_owned()),
        word.strip_suffix("ies").map(|stem| format!("{stem}y")),
        // `houses` are of a house, `buses` of a bus.
        word.strip_suffix("es")
            .filter(|stem| !stem.ends_with("ous") && !stem.ends_with("aus"))
            .map(str::to_owned),
        word.strip_suffix('s').map(str::to_owned),
    ];
    // The singular is what would be written so in the plural.
    candidates
        .into_iter()
        .flatten()
        .find(|candidate| candidate.len() > 2 && plural_word(candidate) == word)
        .unwrap_or_else(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singulars() {
        for (plural, expected) in [
            ("users", "user"),
            ("categories", "category"),
            ("addresses", "address"),
            ("address", "address"),
            ("status", "status"),
            ("statuses", "status"),
            ("boxes", "box"),
            ("movies", "movie"),
            ("people", "person"),
            ("children", "child"),
            ("series", "series"),
            ("news", "news"),
            ("staff", "staff"),
            ("houses", "house"),
            ("clauses", "clause"),
            ("caches", "cache"),
            ("purchases", "purchase"),
            ("analyses", "analysis"),
            ("gas", "gas"),
            ("bus", "bus"),
            ("user", "user"),
            ("sales", "sale"),
        ] {
            assert_eq!(singular(plural), expected, "{plural}");
        }
    }
}
