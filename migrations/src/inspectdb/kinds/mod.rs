//! Which field type a column has.

mod postgres;
mod sqlite;

pub(super) use postgres::{is_unbounded_decimal, postgres};
pub(super) use sqlite::sqlite;

/// A field type with the options that belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Kind {
    /// The word of the model file.
    pub(super) word: &'static str,
    /// Longest text.
    pub(super) max_length: Option<u32>,
    /// Digits of a decimal, and those after the point.
    pub(super) digits: Option<(u32, u32)>,
    /// What a list is of.
    pub(super) items: Option<Box<Kind>>,
    /// The values of an enum.
    pub(super) choices: Vec<String>,
    /// The type's name where the database has another than Nuages would give.
    pub(super) db_type: Option<String>,
    /// What a reader should know.
    pub(super) note: Option<String>,
    /// The checks that the type itself stands for, by their text.
    pub(super) checks: Vec<String>,
}

impl Kind {
    pub(super) fn new(word: &'static str) -> Self {
        Self { word, ..Self::default() }
    }

    fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// A text of at most so many characters, or of any length.
    fn text(length: Option<u32>) -> Self {
        match length {
            Some(length) if length > 0 => Self { max_length: Some(length), ..Self::new("char") },
            _ => Self::new("text"),
        }
    }

    fn decimal(digits: u32, places: u32) -> Self {
        Self { digits: Some((digits.max(places).max(1), places)), ..Self::new("decimal") }
    }

    /// Whether it is an integer.
    pub(super) fn is_integer(&self) -> bool {
        self.word.ends_with("integer")
    }

    /// Its options as a model file has them, `type` first.
    pub(super) fn options(&self) -> Vec<(&'static str, String)> {
        let mut options = vec![("type", format!("\"{}\"", self.word))];
        options.extend(self.max_length.map(|length| ("max_length", length.to_string())));
        if let Some((digits, places)) = self.digits {
            options.push(("max_digits", digits.to_string()));
            options.push(("decimal_places", places.to_string()));
        }
        if let Some(items) = &self.items {
            options.push(("items", items.bare()));
        }
        options
    }

    /// It as a type without a field: `"integer"`, `{ type = "char", max_length = 20 }`.
    pub(super) fn bare(&self) -> String {
        match self.options().as_slice() {
            [(_, word)] => word.clone(),
            options => {
                let options: Vec<String> =
                    options.iter().map(|(key, value)| format!("{key} = {value}")).collect();
                format!("{{ {} }}", options.join(", "))
            }
        }
    }
}

/// Digits of a decimal whose column does not say them: room for what is there.
fn decimal_of_values(whole: u64, places: u64) -> Kind {
    let places = u32::try_from(places.clamp(2, 100)).unwrap_or(2);
    let whole = u32::try_from(whole.clamp(8, 100)).unwrap_or(8);
    Kind::decimal(whole + 2 + places, places)
        .noted("the column does not say its digits; these have room for the values that are there")
}
