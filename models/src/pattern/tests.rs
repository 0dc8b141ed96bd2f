//! The grammar: what it takes, what it refuses, and that the translations match as the table says. The same
//! table was run on PostgreSQL 15 with the translations for it.

use super::*;
use proptest::prelude::*;

/// Pattern, text, whether it matches, and whether it does when case is ignored.
const TABLE: &[(&str, &str, bool, bool)] = &[
    ("", "", true, true),
    ("", "a", true, true),
    ("a", "cat", true, true),
    ("A", "cat", false, true),
    ("^a", "cat", false, false),
    ("^b", "a\nb", false, false),
    ("a$", "a\n", false, false),
    ("a$", "ba", true, true),
    ("a$b", "a$b", false, false),
    ("a\\$b", "a$b", true, true),
    ("a.b", "a\nb", false, false),
    ("a.b", "a\rb", true, true),
    ("a.b", "aéb", true, true),
    ("a[^x]b", "a\nb", true, true),
    ("a\\Wb", "a\nb", true, true),
    ("a\\Db", "a\nb", true, true),
    ("^\\w$", "é", false, false),
    ("^\\w$", "_", true, true),
    ("^\\W$", "é", true, true),
    ("^\\w$", "\u{17f}", false, false),
    ("^\\d$", "٣", false, false),
    ("^\\d+$", "0123456789", true, true),
    ("^\\s$", "\u{a0}", false, false),
    ("^\\s+$", " \t\n\u{b}\u{c}\r", true, true),
    ("^\\S$", "\u{85}", true, true),
    ("^[\\w-]+$", "a-b", true, true),
    ("^[\\W]$", "é", true, true),
    ("^[^\\W]$", "a", true, true),
    ("^[\\d\\D]$", "\n", true, true),
    ("^[^\\d\\D]$", "a", false, false),
    ("^[[:alpha:]]+$", "abcXYZ", true, true),
    ("^[[:alpha:]]+$", "é", false, false),
    ("^[[:upper:]]+$", "abc", false, true),
    ("^[^[:digit:][:space:]]+$", "ab", true, true),
    ("^[[:punct:]]+$", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", true, true),
    ("^[]a]+$", "]a", true, true),
    ("^[^]a]+$", "bc", true, true),
    ("^[a-]+$", "-a", true, true),
    ("^[-a]+$", "-a", true, true),
    ("^[a\\-z]+$", "-az", true, true),
    ("^[a\\-z]+$", "b", false, false),
    ("^[a&&b]+$", "&", true, true),
    ("^[a~~b-]+$", "~-", true, true),
    ("^[\\[\\]\\\\^]+$", "[]\\^", true, true),
    ("^[a-c]+$", "ABC", false, true),
    ("^[^a-c]+$", "ABC", true, false),
    ("^[à-ü]+$", "ÀÜ", false, true),
    ("^É$", "é", false, true),
    ("^k$", "\u{212a}", false, true),
    ("^ß$", "ẞ", false, true),
    ("^Σ$", "ς", false, true),
    ("^i$", "İ", false, false),
    ("^\\u00e9$", "é", true, true),
    ("^\\xe9\\u{1f600}$", "é😀", true, true),
    ("^[\\u{1f600}-\\u{1f64f}]$", "😁", true, true),
    ("^\\t\\n\\r\\f\\v\\a\\e$", "\t\n\r\u{c}\u{b}\u{7}\u{1b}", true, true),
    ("^a\tb$", "a\tb", true, true),
    ("\\bcat\\b", "a cat.", true, true),
    ("\\bcat\\b", "concat", false, false),
    ("\\ya", "éa", true, true),
    ("\\bcat", "cat", true, true),
    ("a\\Bb", "ab", true, true),
    ("a\\B", "a", false, false),
    ("\\mcat\\M", "a cat", true, true),
    ("\\mat", "cat", false, false),
    ("^a{2,3}$", "aaaa", false, false),
    ("^a{2,}$", "aaaa", true, true),
    ("^a{0}$", "", true, true),
    ("^a{255}$", "a", false, false),
    ("^(?:ab)+?$", "abab", true, true),
    ("^(ab|cd)*$", "abcdab", true, true),
    ("^a|b$", "ax", true, true),
    ("^(?:a|b)$", "ax", false, false),
    ("^(a|)$", "", true, true),
    ("^()$", "", true, true),
    ("a||b", "x", true, true),
    ("(.)\\1", "hello", true, true),
    ("(.)\\1", "helo", false, false),
    ("^(a|ab)\\1$", "abab", true, true),
    ("^(a*)\\1b$", "aab", true, true),
    ("^(a*)\\1b$", "aaab", false, false),
    ("(a)|b\\1", "b", false, false),
    ("^(a)(b)\\2\\1$", "abba", true, true),
    ("^(a)\\1$", "aA", false, true),
    ("^(a)\\1{2}$", "aaa", true, true),
    ("^(a)(?:\\1)0$", "aa0", true, true),
    ("^(?:(a)\\1b)+$", "aabaab", true, true),
    ("\\A\\w+\\Z", "abc", true, true),
    ("\\Aabc\\z", "abc\n", false, false),
    ("\\.\\*\\+\\?\\(\\)\\|\\[\\]\\{\\}\\^\\$\\\\", ".*+?()|[]{}^$\\", true, true),
    ("#!@%&=~`'\"<>,;:/ -", "#!@%&=~`'\"<>,;:/ -", true, true),
    ("]}", "a]}", true, true),
];

#[test]
fn translations_match_as_the_table_says() {
    for (pattern, text, expected, ignoring_case) in TABLE {
        let translated =
            translate(pattern, Dialect::Sqlite).unwrap_or_else(|error| panic!("{pattern}: {error}"));
        let regex =
            fancy_regex::Regex::new(&translated).unwrap_or_else(|error| panic!("{translated}: {error}"));
        assert_eq!(regex.is_match(*text).unwrap(), *expected, "{pattern} as {translated} on {text:?}");
        let translated = translate_ignoring_case(pattern, Dialect::Sqlite).unwrap();
        let regex =
            fancy_regex::Regex::new(&translated).unwrap_or_else(|error| panic!("{translated}: {error}"));
        assert_eq!(regex.is_match(*text).unwrap(), *ignoring_case, "{pattern} as {translated} on {text:?}");
    }
}

#[test]
fn what_is_outside_of_the_grammar_says_where() {
    let cases = [
        ("(?=a)", 1, "look-around"),
        ("a(?<!b)", 2, "look-around"),
        ("(?i)a", 1, "flags"),
        ("(?<name>a)", 1, "names"),
        ("(?P<name>a)", 1, "names"),
        ("(?>a)", 1, "atomic"),
        ("a++", 3, "possessive"),
        ("a**", 3, "another"),
        ("a{2}{3}", 5, "another"),
        ("*a", 1, "nothing to repeat"),
        ("a|*", 3, "nothing to repeat"),
        ("***:a", 1, "nothing to repeat"),
        ("(*a)", 2, "nothing to repeat"),
        ("^*", 2, "cannot be repeated"),
        ("\\b+", 3, "cannot be repeated"),
        ("a{", 2, "\\{"),
        ("a{,3}", 2, "\\{"),
        ("a{x}", 2, "\\{"),
        ("a{1,2", 2, "\\{"),
        ("a{256}", 2, "255"),
        ("a{99999999999}", 2, "255"),
        ("a{3,2}", 2, "below the first"),
        ("(a", 1, "not closed"),
        ("a)", 2, "closes no group"),
        ("[a", 1, "not closed"),
        ("[]", 1, "not closed"),
        ("[z-a]", 2, "wrong order"),
        ("[\\d-z]", 2, "range"),
        ("[a-\\d]", 2, "range"),
        ("[a[b]", 3, "\\["),
        ("[[:foo:]]", 2, "class"),
        ("[[.a.]]", 2, "\\["),
        ("\\1", 1, "no such group"),
        ("(a)\\2", 4, "no such group"),
        ("(a\\1)", 3, "itself"),
        ("(a)+\\1", 5, "repeated"),
        ("(?:(a)|b)*\\1", 11, "repeated"),
        ("(a)\\10", 4, "\\9"),
        ("\\p{L}", 1, "properties"),
        ("\\q", 1, "no such escape"),
        ("\\", 1, "ends"),
        ("[\\", 2, "ends"),
        ("\\x4", 1, "\\xHH"),
        ("\\u{110000}", 1, "\\xHH"),
        ("\\ud800", 1, "\\xHH"),
        ("\\x00", 1, "\\xHH"),
        ("a\u{0}", 2, "U+0000"),
    ];
    for (pattern, position, words) in cases {
        match translate(pattern, Dialect::Postgres) {
            Err(PatternError::Syntax { position: own, problem }) => {
                assert_eq!(own, position, "{pattern}: {problem}");
                assert!(problem.contains(words), "{pattern}: {problem}");
            }
            other => panic!("{pattern}: {other:?}"),
        }
    }
}

#[test]
fn large_patterns_are_refused() {
    let refused = |pattern: &str| translate(pattern, Dialect::Sqlite).unwrap_err();
    assert_eq!(refused(&"a".repeat(1001)), PatternError::TooLong);
    assert_eq!(refused(&"(".repeat(1000)), PatternError::TooDeep);
    assert_eq!(refused("(?:a{100}){100}"), PatternError::TooLarge);
    assert_eq!(refused("((((((a{255}){255}){255}){255}){255}){255}){255}"), PatternError::TooLarge);
    assert_eq!(refused("(((){255}){255}){255}"), PatternError::TooLarge);
    assert_eq!(refused("((a?){31}){31}"), PatternError::TooLarge);
    assert!(translate("(a?){255}", Dialect::Sqlite).is_ok());
    assert!(translate(&"é".repeat(1000), Dialect::Sqlite).is_ok());
}

#[test]
fn postgresql_gets_its_own_spelling() {
    let cases = [
        ("a.b$", "a[^\\u000a]b\\Z"),
        ("\\w+", "[0-9A-Z_a-z]+"),
        ("[é😀]", "[\\u00e9\\U0001f600]"),
        ("[\\D]", "[\\u0001-\\u002f\\u003a-\\U0010ffff]"),
        ("a\\{1}", "a\\{1\\}"),
        ("(a)\\1", "(a)(?:\\1)"),
        ("^[^\\d\\D]", "\\A[^\\u0001-\\U0010ffff]"),
    ];
    for (pattern, expected) in cases {
        assert_eq!(translate(pattern, Dialect::Postgres).unwrap(), expected);
    }
    assert_eq!(translate_ignoring_case("k1", Dialect::Postgres).unwrap(), "[Kk\\u212a]1");
    assert_eq!(translate_ignoring_case("(1)\\1", Dialect::Postgres).unwrap(), "(?i)(1)(?:\\1)");
}

#[test]
fn like_patterns() {
    assert_eq!(escape_like(r"50%_a\b"), r"50\%\_a\\b");
}

proptest! {
    #[test]
    fn every_accepted_pattern_compiles(pattern in "[ab\\\\dwsbB(){}\\[\\]?*+|^$.:,0-9\\-\u{e9}]{0,20}") {
        let both = [translate(&pattern, Dialect::Sqlite), translate_ignoring_case(&pattern, Dialect::Sqlite)];
        for translated in both.into_iter().flatten() {
            prop_assert!(fancy_regex::Regex::new(&translated).is_ok(), "{} as {}", pattern, translated);
        }
    }

    #[test]
    fn escaped_text_matches_itself(text in "[^\u{0}]{0,30}") {
        let pattern: String = text.chars().flat_map(|character| {
            (!character.is_alphanumeric()).then_some('\\').into_iter().chain([character])
        }).collect();
        let translated = translate(&format!("^{pattern}$"), Dialect::Sqlite).unwrap();
        prop_assert!(fancy_regex::Regex::new(&translated).unwrap().is_match(&*text).unwrap(), "{}", translated);
    }
}
