//! Which of the known names was meant.

/// Most names that are suggested.
const MAX_SUGGESTIONS: usize = 3;
/// Longer names, in bytes, are nobody's typing error; comparing them would cost.
const LONGEST: usize = 80;
/// So few names are all shown when none is near.
const FEW: usize = 8;

/// What to suggest.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Near<'n> {
    /// These are near, the nearest first.
    Meant(Vec<&'n str>),
    /// None is near, but there are only these.
    Few(Vec<&'n str>),
    /// None is near.
    Nothing,
}

/// The names that are near one that is not known. Case and underscores do not count: `created_at` is `createdAt`.
pub(super) fn nearest<'n>(name: &str, known: Vec<&'n str>) -> Near<'n> {
    if name.len() > LONGEST {
        return Near::Nothing;
    }
    let plain = |name: &str| name.replace('_', "").to_lowercase();
    let wanted = plain(name);
    let allowed = (wanted.chars().count() / 3).max(1);
    let mut near: Vec<(usize, &str)> = known
        .iter()
        .map(|candidate| (plain(candidate), *candidate))
        // A name that is much longer or shorter is not near, which is cheaper to see.
        .filter(|(plain, _)| plain.len().abs_diff(wanted.len()) <= allowed)
        .map(|(plain, candidate)| (strsim::damerau_levenshtein(&wanted, &plain), candidate))
        .filter(|(distance, _)| *distance <= allowed && *distance < wanted.chars().count().max(2))
        .collect();
    near.sort_unstable();
    let Some((best, _)) = near.first().copied() else {
        return if known.is_empty() || known.len() > FEW { Near::Nothing } else { Near::Few(known) };
    };
    Near::Meant(
        near.into_iter()
            .take_while(|(distance, _)| *distance <= best + best.min(1))
            .map(|(_, name)| name)
            .take(MAX_SUGGESTIONS)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_were_meant() {
        let known = || vec!["id", "title", "createdAt", "author", "authorId", "tags", "views"];
        assert_eq!(nearest("titel", known()), Near::Meant(vec!["title"]));
        assert_eq!(nearest("created_at", known()), Near::Meant(vec!["createdAt"]));
        assert_eq!(nearest("Views", known()), Near::Meant(vec!["views"]));
        assert_eq!(nearest("autor", known()), Near::Meant(vec!["author"]));
        assert_eq!(nearest("nothing", known()), Near::Few(known()));
        assert_eq!(nearest("x", known()), Near::Few(known()));
        assert_eq!(nearest("nothing", Vec::new()), Near::Nothing);
        assert_eq!(nearest(&"title".repeat(1_000), known()), Near::Nothing);
    }
}
