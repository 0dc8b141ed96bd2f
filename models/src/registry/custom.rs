//! Field types of an embedder's own: the trait [`FieldType`], the set of them ([`FieldTypes`]), and what the stages hand
//! about of one ([`CustomType`]).

use super::LogicalType;
use crate::define::FieldKind;
use crate::value::{Value, ValueError, fits_type};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A field type of an embedder's own. One implementation in one file is all that it takes: registered with [`FieldTypes`], its
/// [`name`](Self::name) is a word for `type` in model files, and every stage treats its fields like those of the built-in types.
///
/// A type speaks of its values in two forms. The *value* is what everybody sees: Rust, GraphQL, expressions, data files; it is
/// a [`Value`] of the built-in type [`value_type`](Self::value_type). The *stored* form is what the column holds, of the
/// built-in type [`stored_type`](Self::stored_type), which has a column type on each database already.
/// [`clean`](Self::clean) makes a proper value of a given one, or refuses it; [`store`](Self::store) and [`load`](Self::load)
/// go from one form to the other.
///
/// ```
/// use nuages_models::define::{SourceFile, define_with};
/// use nuages_models::registry::{Comparison, FieldType, FieldTypes, LogicalType};
/// use nuages_models::value::Value;
///
/// /// E-mail addresses whose case does not matter.
/// #[derive(Debug)]
/// struct EmailLower;
///
/// impl FieldType for EmailLower {
///     fn name(&self) -> &'static str {
///         "email_lower"
///     }
///     fn doc(&self) -> &'static str {
///         "E-mail address in lower case."
///     }
///     fn scalar(&self) -> &'static str {
///         "EmailAddress"
///     }
///     fn value_type(&self) -> LogicalType {
///         LogicalType::Text
///     }
///     fn comparison(&self) -> Comparison {
///         Comparison::Order
///     }
///     fn clean(&self, value: Value) -> Result<Value, String> {
///         match value {
///             Value::Text(text) if text.contains('@') => Ok(Value::Text(text.to_lowercase())),
///             _ => Err("an e-mail address has an `@`".to_owned()),
///         }
///     }
/// }
///
/// let types = FieldTypes::new().with(EmailLower)?;
/// let file = SourceFile { path: "app.toml".into(), text: "[User.fields]\nemail = { type = 'email_lower' }".into() };
/// let registry = define_with(&[file], &types).unwrap();
/// assert_eq!(registry.models()[0].fields[1].kind, "email_lower");
/// # Ok::<(), nuages_models::registry::FieldTypeError>(())
/// ```
pub trait FieldType: fmt::Debug + Send + Sync + 'static {
    /// The word in `type = "…"`: lower case letters, digits and `_`. No built-in type has it.
    fn name(&self) -> &'static str;

    /// What it is for, in one sentence: the description of the GraphQL scalar, and of the type in editors.
    fn doc(&self) -> &'static str;

    /// The GraphQL scalar's name: a capital letter, then letters and digits. No built-in scalar has it.
    fn scalar(&self) -> &'static str;

    /// What a value is for everybody but the database; its JSON form is that of this type. Any built-in type but `SearchVector`
    /// and `Encrypted`.
    fn value_type(&self) -> LogicalType;

    /// What the column holds: a boolean, an integer, a float, text, a date, time, datetime or duration, a UUID, JSON or bytes. Exact
    /// numbers are kept as integers of their smallest unit.
    fn stored_type(&self) -> LogicalType {
        self.value_type()
    }

    /// What databases can ask of stored values. They compare the stored form, so `Equality` asks that equal values are stored alike,
    /// and `Order` that stored ones sort as the values do. JSON cannot be compared.
    fn comparison(&self) -> Comparison {
        Comparison::Equality
    }

    /// The proper form of a given value, which is of [`value_type`](Self::value_type) and not NULL. What this returns is a value
    /// that it takes unchanged.
    ///
    /// # Errors
    /// Why it is none, as a sentence that its writer can act on. It reaches clients.
    fn clean(&self, value: Value) -> Result<Value, String>;

    /// A clean value as the column holds it.
    ///
    /// # Errors
    /// Why it cannot be stored; it reaches clients.
    fn store(&self, value: &Value) -> Result<Value, String> {
        Ok(value.clone())
    }

    /// The value of what a column holds, which is not NULL.
    ///
    /// # Errors
    /// Why it stands for no value. Clients learn which field it is, the log why.
    fn load(&self, stored: Value) -> Result<Value, String> {
        Ok(stored)
    }

    /// The options that fields of the type take in model files beside those that every field has.
    fn options(&self) -> &'static [FieldTypeOption] {
        &[]
    }

    /// The type of a field with these options: those of [`options`](Self::options) that the model file gives, by name. It is asked
    /// only when there is one.
    ///
    /// # Errors
    /// What is wrong with which option, as a sentence; it is shown with the field's place.
    fn with_options(
        &self,
        options: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Arc<dyn FieldType>, String> {
        Err(format!("`{}` takes no options, and {} were given", self.name(), options.len()))
    }
}

/// An option of a field type of one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldTypeOption {
    /// Its name; none of the built-in options has it.
    pub name: &'static str,
    /// What it does, in one sentence, for editors.
    pub doc: &'static str,
}

/// What can be asked of the values of a field type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Comparison {
    /// Only whether there is one: `isnull`.
    Nothing,
    /// Also whether two are equal: `exact`, `in`, unique fields, keys, choices, `expect`.
    Equality,
    /// Also which is larger: `gt`, `gte`, `lt`, `lte`, `range`, orderings, `min` and `max`, primary keys.
    Order,
}

/// Why a field type cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the field type `{name}` cannot be used: {problem}")]
pub struct FieldTypeError {
    /// The type's name.
    pub name: String,
    /// What is wrong, and what to do.
    pub problem: String,
}

/// The field types of an embedder: handed to [`define_with`](crate::define::define_with), or to a project.
#[derive(Debug, Clone, Default)]
pub struct FieldTypes(Vec<FieldKind>);

impl FieldTypes {
    /// None.
    pub const NONE: &'static Self = &Self(Vec::new());

    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// These and one more.
    ///
    /// # Errors
    /// When its names are taken or badly formed, or its types are not among those that it may have.
    pub fn with(mut self, field_type: impl FieldType) -> Result<Self, FieldTypeError> {
        let custom = CustomType::new(Arc::new(field_type), String::new());
        let name = custom.name();
        let refused = |problem: String| Err(FieldTypeError { name: name.to_owned(), problem });
        if let Some(problem) = custom.problem() {
            return refused(problem);
        }
        if FieldKind::named(name).is_some() || self.named(name).is_some() {
            return refused("there is a field type of this name already; choose another".to_owned());
        }
        let same = |kind: &FieldKind| kind.custom().is_some_and(|other| other.scalar() == custom.scalar());
        if self.0.iter().any(same) {
            return refused(format!("another field type has the scalar `{}` already", custom.scalar()));
        }
        self.0.push(FieldKind::of_custom(custom));
        Ok(self)
    }

    /// The types as field types of model files, in the order in which they were given.
    pub fn kinds(&self) -> &[FieldKind] {
        &self.0
    }

    /// The field type of this name.
    pub fn named(&self, name: &str) -> Option<&FieldKind> {
        self.0.iter().find(|kind| kind.name == name)
    }
}

impl PartialEq for FieldTypes {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().map(|kind| kind.name).eq(other.0.iter().map(|kind| kind.name))
    }
}

impl Eq for FieldTypes {}

/// A field type of an embedder's own with the options of a field. Cheap to clone; compared by its name and its options.
#[derive(Clone)]
pub struct CustomType(Arc<Inner>);

struct Inner {
    of: Arc<dyn FieldType>,
    /// The options as JSON; empty when there are none.
    options: String,
    value_type: LogicalType,
    stored_type: LogicalType,
}

impl CustomType {
    fn new(of: Arc<dyn FieldType>, options: String) -> Self {
        let (value_type, stored_type) = (of.value_type(), of.stored_type());
        Self(Arc::new(Inner { of, options, value_type, stored_type }))
    }

    /// The same type with the options of a field.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(crate) fn with_options(
        &self,
        options: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Self, String> {
        if options.is_empty() {
            return Ok(self.clone());
        }
        let of = self.0.of.with_options(options)?;
        let text = serde_json::to_string(options).map_err(|error| error.to_string())?;
        let custom = Self::new(of, text);
        let renamed = custom.name() != self.name() || custom.scalar() != self.scalar();
        match custom.problem() {
            Some(problem) => Err(problem),
            None if renamed => Err(format!("`{}` must keep its name and its scalar", self.name())),
            None => Ok(custom),
        }
    }

    /// What is wrong with it, if anything.
    fn problem(&self) -> Option<String> {
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let name = self.name();
        if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(is_word) {
            return Some("its name must be lower case letters, digits and `_`".to_owned());
        }
        let scalar = self.scalar();
        let capital = scalar.starts_with(|c: char| c.is_ascii_uppercase());
        if !capital || !scalar.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Some(format!("its scalar `{scalar}` must be a capital letter, then letters and digits"));
        }
        let of = crate::bind::type_name;
        if !may_be_value(self.value_type()) {
            return Some(format!("its values cannot be {}", of(self.value_type())));
        }
        if !may_be_stored(self.stored_type()) {
            let kept = of(self.stored_type());
            return Some(format!(
                "{kept} is no stored form; store an integer, text, a moment, JSON or bytes"
            ));
        }
        if *self.stored_type() == LogicalType::Json && self.comparison() != Comparison::Nothing {
            return Some("what is stored as JSON cannot be compared: say Comparison::Nothing".to_owned());
        }
        let taken = |option: &&FieldTypeOption| {
            crate::define::FIELD_OPTIONS.iter().any(|known| known.name == option.name)
        };
        self.options().iter().find(taken).map(|option| {
            format!("`{}` is an option of the built-in types; give yours another name", option.name)
        })
    }

    /// Its name in model files.
    pub fn name(&self) -> &'static str {
        self.0.of.name()
    }

    /// What it is for.
    pub fn doc(&self) -> &'static str {
        self.0.of.doc()
    }

    /// The name of its GraphQL scalar.
    pub fn scalar(&self) -> &'static str {
        self.0.of.scalar()
    }

    /// The type of its values.
    pub fn value_type(&self) -> &LogicalType {
        &self.0.value_type
    }

    /// The type of its columns.
    pub fn stored_type(&self) -> &LogicalType {
        &self.0.stored_type
    }

    /// What can be asked of stored values.
    pub fn comparison(&self) -> Comparison {
        self.0.of.comparison()
    }

    /// The options of its own.
    pub fn options(&self) -> &'static [FieldTypeOption] {
        self.0.of.options()
    }

    /// A given value as one of the type.
    ///
    /// # Errors
    /// When it is none.
    pub fn clean(&self, value: Value) -> Result<Value, ValueError> {
        if value == Value::Null {
            return Ok(value);
        }
        let clean = self.0.of.clean(fits_type(self.value_type(), value)?);
        fits_type(self.value_type(), clean.map_err(|message| ValueError::Refused { message })?)
    }

    /// A value as its column holds it.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub fn store(&self, value: &Value) -> Result<Value, ValueError> {
        if *value == Value::Null {
            return Ok(Value::Null);
        }
        let stored = self.0.of.store(value).map_err(|message| ValueError::Refused { message })?;
        fits_type(self.stored_type(), stored)
    }

    /// The value of what a column holds.
    ///
    /// # Errors
    /// When it stands for none.
    pub fn load(&self, stored: Value) -> Result<Value, ValueError> {
        if stored == Value::Null {
            return Ok(Value::Null);
        }
        self.0.of.load(stored).map_err(|message| ValueError::Refused { message })
    }
}

fn may_be_value(logical: &LogicalType) -> bool {
    match logical {
        LogicalType::SearchVector | LogicalType::Encrypted(_) | LogicalType::Custom(_) => false,
        LogicalType::Array(element) => may_be_value(element),
        _ => true,
    }
}

fn may_be_stored(logical: &LogicalType) -> bool {
    !matches!(
        logical,
        LogicalType::Decimal { .. }
            | LogicalType::IpAddress
            | LogicalType::Array(_)
            | LogicalType::Range(_)
            | LogicalType::SearchVector
            | LogicalType::Encrypted(_)
            | LogicalType::Custom(_)
    )
}

impl fmt::Debug for CustomType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CustomType({}{})", self.name(), self.0.options)
    }
}

impl fmt::Display for CustomType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.options.as_str() {
            "" => write!(f, "`{}`", self.name()),
            options => write!(f, "`{}` with {options}", self.name()),
        }
    }
}

impl PartialEq for CustomType {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name() && self.0.options == other.0.options
    }
}

impl Eq for CustomType {}

impl Hash for CustomType {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
        self.0.options.hash(state);
    }
}
