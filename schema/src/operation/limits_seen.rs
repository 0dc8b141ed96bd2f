//! Which numbers of rows become part of statements. A bound LIMIT keeps PostgreSQL from its generic plan, so the
//! first distinct numbers of a place are written into the text; more would only multiply statements.

use super::variables::VariablePath;
use parking_lot::RwLock;
use std::collections::HashMap;

/// How many distinct numbers of one place are inlined.
const INLINED: usize = 8;

/// The numbers that an operation has seen. An answer, once given, is given for ever: the first eight numbers stay
/// inlined, and every other number came when these were full.
#[derive(Debug, Default)]
pub struct LimitsSeen {
    seen: RwLock<HashMap<VariablePath, Vec<u64>>>,
}

impl LimitsSeen {
    /// Whether this number at this place is part of the statement.
    pub fn inlined(&self, path: &VariablePath, number: u64) -> bool {
        let known = |seen: &HashMap<VariablePath, Vec<u64>>| {
            let numbers = seen.get(path)?;
            (numbers.contains(&number) || numbers.len() >= INLINED).then(|| numbers.contains(&number))
        };
        if let Some(inlined) = known(&self.seen.read()) {
            return inlined;
        }
        let mut seen = self.seen.write();
        // Another request may have come first.
        if let Some(inlined) = known(&seen) {
            return inlined;
        }
        seen.entry(path.clone()).or_default().push(number);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_eight_numbers_stay_inlined() {
        let seen = LimitsSeen::default();
        let path = VariablePath::variable("n");
        assert!((0..8).all(|number| seen.inlined(&path, number)));
        assert!((8..20).all(|number| !seen.inlined(&path, number)));
        assert!((0..8).all(|number| seen.inlined(&path, number)));
        assert!(seen.inlined(&VariablePath::variable("m"), 99));
    }
}
