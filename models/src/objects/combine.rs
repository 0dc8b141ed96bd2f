//! Sets of rows: union, intersection, difference.

use super::{Objects, QueryError};
use crate::query::{Combination, QuerySet, Source};

impl Objects {
    /// The rows of both, each once. Ordering and slices that follow are of the whole.
    #[must_use]
    pub fn union(self, other: &Self) -> Self {
        self.combined(Combination::Union, other)
    }

    /// The rows of both, as often as they come.
    #[must_use]
    pub fn union_all(self, other: &Self) -> Self {
        self.combined(Combination::UnionAll, other)
    }

    /// The rows that are in both.
    #[must_use]
    pub fn intersection(self, other: &Self) -> Self {
        self.combined(Combination::Intersection, other)
    }

    /// The rows that are not in the other.
    #[must_use]
    pub fn difference(self, other: &Self) -> Self {
        self.combined(Combination::Difference, other)
    }

    fn combined(self, how: Combination, other: &Self) -> Self {
        let other = other.query.clone();
        self.change(|query, _| {
            let other = other?;
            if query.is_sliced() && query.combined.is_empty()
                || !query.order.is_empty() && query.combined.is_empty()
            {
                // What is said of this query alone must not become of the whole.
                let alone = std::mem::replace(query, QuerySet::all(query.model));
                let columns = alone.columns.clone();
                query.source = Some(Source::Query(Box::new(alone)));
                query.columns = columns
                    .into_iter()
                    .map(|(name, _)| (name.clone(), crate::expr::Expr::name(name)))
                    .collect();
            }
            if query.lock.is_some() || other.lock.is_some() {
                return Err(QueryError::Misuse("combined queries cannot be locked".to_owned()));
            }
            query.combined.push((how, other));
            Ok(())
        })
    }
}
