//! Which names models and their members may have, and names that are derived.

use super::errors::{Code, Problem, Problems};
use super::tree::{At, Place};

/// PostgreSQL cuts longer identifiers (NAMEDATALEN - 1), and would then find two that are the same.
pub(super) const MAX_IDENTIFIER_BYTES: usize = 63;

/// A model's name is a GraphQL type name: letters, digits and `_`, no `__`.
pub(super) fn check_model_name(name: &At<String>, problems: &mut Problems) {
    if let Some(fault) = fault(&name.value) {
        problems.add(
            Problem::new(Code::BadName, name.at, format!("the model name `{}` {fault}", name.value))
                .help(format!("`{}` would do", model_example(&name.value))),
        );
    } else {
        check_length(&name.value, name.at, "model name", "choose a shorter one", problems);
    }
}

/// The rules of Django (fields.E001, E002, E003) and of GraphQL together.
pub(super) fn check_member_name(name: &At<String>, what: &str, problems: &mut Problems) {
    if name.value == "pk" {
        problems.add(
            Problem::new(Code::BadName, name.at, "`pk` is reserved: it stands for the primary key")
                .help("name the field `id`, or what it is"),
        );
    } else if let Some(fault) = fault(&name.value) {
        problems.add(
            Problem::new(Code::BadName, name.at, format!("the {what} name `{}` {fault}", name.value))
                .help(format!("`{}` would do", repaired(&name.value))),
        );
    } else {
        check_length(&name.value, name.at, &format!("{what} name"), "choose a shorter one", problems);
    }
}

/// A name that the file gives for GraphQL.
pub(super) fn check_graphql_name(name: Option<&str>, at: Place, problems: &mut Problems) {
    let Some(name) = name else { return };
    let legal = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if !legal || name.starts_with("__") {
        problems.add(
            Problem::new(Code::BadName, at, format!("`{name}` cannot be a GraphQL name"))
                .help("letters, digits and `_`, not a digit first and not `__` first"),
        );
    }
}

/// Reports an identifier that PostgreSQL would cut.
pub(super) fn check_length(name: &str, at: Place, what: &str, remedy: &str, problems: &mut Problems) {
    if name.len() > MAX_IDENTIFIER_BYTES {
        problems.add(
            Problem::new(
                Code::NameTooLong,
                at,
                format!(
                    "the {what} `{name}` has {} bytes, PostgreSQL's limit is {MAX_IDENTIFIER_BYTES}",
                    name.len()
                ),
            )
            .help(remedy),
        );
    }
}

fn fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("is empty")
    } else if name.starts_with("__") {
        Some("begins with `__`, which GraphQL keeps for itself")
    } else if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        Some("does not begin with a letter")
    } else if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        Some("has other characters than letters, digits and `_`")
    } else if name.contains("__") {
        Some("contains `__`, which separates the steps of a path")
    } else if name.ends_with('_') {
        Some("ends with `_`")
    } else {
        None
    }
}

/// Whether a model's member, or a model, may have this name as it stands.
pub fn is_member_name(name: &str) -> bool {
    name != "pk" && name.len() <= MAX_IDENTIFIER_BYTES && fault(name).is_none()
}

/// A legal name that is like this one.
pub fn repaired(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let parts: Vec<_> = plain.split('_').filter(|part| !part.is_empty()).collect();
    let joined = parts.join("_");
    match joined.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => joined,
        Some(_) => format!("n_{joined}"),
        None => "name".to_owned(),
    }
}

/// A legal model name that is like this one.
pub(super) fn model_example(name: &str) -> String {
    let repaired = repaired(name);
    let mut characters = repaired.chars();
    match characters.next() {
        Some(first) => first.to_ascii_uppercase().to_string() + characters.as_str(),
        None => "Model".to_owned(),
    }
}

/// A name made of parts: `<table>_<columns>_<suffix>`, and when that is too long, its beginning, a hash of the
/// whole, and the suffix. The same parts give the same name for ever: it is in people's databases.
pub(super) fn derived(parts: &[&str], suffix: &str) -> String {
    let whole = parts.join("_");
    let full = if suffix.is_empty() { whole.clone() } else { format!("{whole}_{suffix}") };
    if full.len() <= MAX_IDENTIFIER_BYTES {
        return full;
    }
    let tail = if suffix.is_empty() {
        format!("_{:08x}", hash(&full))
    } else {
        format!("_{:08x}_{suffix}", hash(&full))
    };
    let mut keep = MAX_IDENTIFIER_BYTES - tail.len();
    while !whole.is_char_boundary(keep) {
        keep -= 1;
    }
    format!("{}{tail}", &whole[..keep])
}

/// FNV-1a, folded: the standard library's hasher may change between releases, these names may not.
fn hash(text: &str) -> u32 {
    let mut wide: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in text.bytes() {
        wide = (wide ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // Both halves, so that every input byte counts.
    (wide ^ (wide >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_names_fit_and_do_not_change() {
        assert_eq!(derived(&["blog_post", "author_id"], "idx"), "blog_post_author_id_idx");
        let long = "a".repeat(40);
        let one = derived(&[&long, &long, "x"], "idx");
        assert_eq!(one.len(), MAX_IDENTIFIER_BYTES);
        assert_ne!(one, derived(&[&long, &long, "y"], "idx"));
        assert!(one.ends_with("_idx"));
        let wide = "ü".repeat(40);
        assert!(derived(&[&wide], "").len() <= MAX_IDENTIFIER_BYTES);
    }

    #[test]
    fn faults_of_names() {
        for bad in ["", "__x", "_x", "1x", "a__b", "a_", "a-b", "größe"] {
            assert!(fault(bad).is_some(), "{bad}");
            assert!(fault(&repaired(bad)).is_none(), "{bad}");
        }
        for good in ["a", "createdAt", "a_b", "and", "x1"] {
            assert!(fault(good).is_none(), "{good}");
        }
    }
}
