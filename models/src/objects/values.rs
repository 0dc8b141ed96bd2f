//! [`Values`]: what is written into a row, by the names of its fields.

use super::QueryError;
use crate::build::E;
use crate::expr::{Expr, Slot};
use crate::registry::{FieldId, Model};
use crate::value::Value;

/// Values by the names of fields, in order: of a new row, or of a change. A relation's name stands for its foreign key.
///
/// ```
/// use nuages_models::build::f;
/// use nuages_models::objects::Values;
/// use nuages_models::values;
///
/// let new = values! { "title" => "Hello", "views" => 0 };
/// let change = Values::new().set("views", f("views") + 1);
/// assert_eq!(new.names().collect::<Vec<_>>(), ["title", "views"]);
/// assert_eq!(change.names().count(), 1);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Values(pub(super) Vec<(String, Expr)>);

impl Values {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more: a value, or an expression over the row as it was. A name that was set before gets the new value.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<E>) -> Self {
        let value = Expr::from(value.into());
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name.to_owned(), value)),
        }
        self
    }

    /// These, and those of others where the names are new or say something else.
    #[must_use]
    pub fn and(self, others: &Self) -> Self {
        others.0.iter().fold(self, |all, (name, value)| all.set(name, value.clone()))
    }

    /// The values by the fields of a model.
    pub(crate) fn assignments(&self, model: &Model) -> Result<Vec<(FieldId, Expr)>, QueryError> {
        super::write::assignments(model, self)
    }

    /// The value of a name; `None` when it is not among them, or is an expression.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self.0.iter().find(|(known, _)| known == name) {
            Some((_, Expr::Slot(Slot::Constant(value)))) => Some(value),
            _ => None,
        }
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<N: AsRef<str>, V: Into<E>> FromIterator<(N, V)> for Values {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(values: T) -> Self {
        values.into_iter().fold(Self::new(), |all, (name, value)| all.set(name.as_ref(), value))
    }
}

impl<N: AsRef<str>, V: Into<E>, const COUNT: usize> From<[(N, V); COUNT]> for Values {
    fn from(values: [(N, V); COUNT]) -> Self {
        values.into_iter().collect()
    }
}

/// Values by the names of fields: `values! { "title" => "Hello", "views" => f("views") + 1 }`.
#[macro_export]
macro_rules! values {
    ($($name:expr => $value:expr),* $(,)?) => {
        $crate::objects::Values::new()$(.set($name, $value))*
    };
}
