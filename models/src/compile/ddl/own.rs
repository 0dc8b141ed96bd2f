//! What all databases ask of an expression that they keep: it is of the row's own columns, of a fitting type, and (but
//! for defaults) the same at any moment.

use super::{Body, DdlRole};
use crate::bind::types::{COMPUTED_DIGITS, is_flexible, is_integer, is_number, type_name};
use crate::bind::{Binder, BoundExpr, Scalar, Typed, cast, convert, retyped};
use crate::expr::{Expr, Slot};
use crate::functions::{self, Volatility};
use crate::prepare::CompileError;
use crate::registry::{Field, FieldId, LogicalType, Member, Model, ModelId, Registry};
use crate::text::{self, TextError};
use crate::value::Value;

/// Why an expression cannot be kept.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{error}")]
pub struct DdlError {
    /// What kind of fault it is.
    pub fault: DdlFault,
    /// What is wrong, and where in the text.
    pub error: TextError,
}

/// Kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DdlFault {
    /// The text cannot be read.
    Syntax,
    /// A name leads nowhere.
    UnknownName,
    /// Parts do not go together, or have no place here.
    Wrong,
    /// The dialect has no built-in function for it.
    Unsupported,
}

impl DdlError {
    pub(super) fn new(fault: DdlFault, error: TextError) -> Self {
        Self { fault, error }
    }

    fn bind(text: &str, error: &CompileError) -> Self {
        let fault = match error {
            CompileError::UnknownName { .. } => DdlFault::UnknownName,
            _ => DdlFault::Wrong,
        };
        Self::new(fault, TextError::from_bind(text, error))
    }
}

/// What an expression says of the generated column that it is of.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratedValue {
    /// The column's type; an error when the expression does not say it: NULL alone, a decimal of unknown digits.
    pub logical: Result<LogicalType, DdlError>,
    /// Whether its value may be NULL.
    pub nullable: bool,
}

/// Where an expression stands.
struct Site<'a> {
    model: &'a Model,
    role: DdlRole,
    text: &'a str,
}

/// Reads and binds an expression, and checks that the database may keep it.
pub(super) fn bind(registry: &Registry, model: ModelId, role: DdlRole, text: &str) -> Result<Body, DdlError> {
    let site = Site { model: registry.model(model), role, text };
    let value = match role {
        DdlRole::Check | DdlRole::Condition => {
            let condition = site.bound(registry, |binder, expr| binder.filter(expr))?;
            site.same_always(&Part::Condition(&condition))?;
            site.no_values_of_custom_types(&Part::Condition(&condition))?;
            return Ok(Body::Condition(condition));
        }
        DdlRole::IndexKey => {
            let value = site.value(registry)?;
            if is_flexible(&value) {
                return Err(site.whole("the key of an index is the same in every row").into());
            }
            value
        }
        DdlRole::Generated(field) | DdlRole::Default(field) => {
            let value = site.value(registry)?;
            let field = site.model.field(field);
            assigned(value, field).map_err(|error| DdlError::bind(text, &error))?
        }
    };
    Ok(Body::Value(value))
}

/// What a generated column takes from its expression.
pub(super) fn generated_value(
    registry: &Registry,
    model: ModelId,
    field: FieldId,
    text: &str,
) -> Result<GeneratedValue, DdlError> {
    let site = Site { model: registry.model(model), role: DdlRole::Generated(field), text };
    let value = site.value(registry)?;
    let unknown = |why: &str, output: &str| {
        let error = TextError::new(text, 0..text.len(), why).hint(format!("say it: output = {output}"));
        Err(DdlError::new(DdlFault::Wrong, error))
    };
    let logical = match value.logical {
        _ if value.scalar == Scalar::Null => unknown("NULL alone has no type", "\"integer\""),
        LogicalType::Decimal { digits: COMPUTED_DIGITS, scale } => unknown(
            "a computed decimal does not say how many digits it has",
            &format!("{{ type = \"decimal\", max_digits = 18, decimal_places = {} }}", scale.min(18)),
        ),
        logical => Ok(logical),
    };
    Ok(GeneratedValue { logical, nullable: value.nullable })
}

impl Site<'_> {
    fn whole(&self, message: &str) -> TextError {
        TextError::new(self.text, 0..self.text.len(), message)
    }

    fn value(&self, registry: &Registry) -> Result<Typed, DdlError> {
        let value = self.bound(registry, |binder, expr| binder.value(expr))?;
        self.same_always(&Part::Value(&value))?;
        self.no_values_of_custom_types(&Part::Value(&value))?;
        Ok(value)
    }

    /// Migrations know what columns hold, not the types of an embedder's own: a written value of such a type would be another
    /// one there.
    fn no_values_of_custom_types(&self, part: &Part<'_>) -> Result<(), DdlError> {
        let mut found = None;
        part.walk(&mut |typed| {
            if let (LogicalType::Custom(custom), true) = (&typed.logical, super::is_constant(typed)) {
                found.get_or_insert_with(|| custom.name());
            }
        });
        match found {
            None => Ok(()),
            Some(name) => {
                let message = format!(
                    "{} has no written values of the type `{name}`: only the program that knows it can store them",
                    self.role.words()
                );
                let error =
                    self.whole(&message).hint("let the type itself, `min`, `max` or `choices` check them");
                Err(DdlError::new(DdlFault::Wrong, error))
            }
        }
    }

    /// Reads the text and binds it to the model's own columns.
    fn bound<T>(
        &self,
        registry: &Registry,
        bind: impl FnOnce(&mut Binder<'_>, &Expr) -> Result<T, CompileError>,
    ) -> Result<T, DdlError> {
        let text = self.text;
        let expr = text::parse(text, registry).map_err(|error| {
            let unknown = error.message.starts_with("there is no");
            DdlError::new(if unknown { DdlFault::UnknownName } else { DdlFault::Syntax }, error)
        })?;
        if let Some((name, why)) = self.foreign_part(&expr) {
            let span = name.and_then(|name| text::locate(text, &name)).unwrap_or(0..text.len());
            let whose = match self.role {
                DdlRole::Default(_) => "speaks of no row",
                _ => "speaks of the row's own columns",
            };
            let message = format!("{} {whose}, and {why}", self.role.words());
            let error = TextError::new(text, span, message);
            let error = match self.role {
                DdlRole::Default(_) => error.hint(self.default_hint(&expr)),
                _ if why.ends_with("each time") => error
                    .hint("what the database keeps holds at any moment; filter by it in a manager instead"),
                _ => error,
            };
            return Err(DdlError::new(DdlFault::Wrong, error));
        }
        let mut binder = Binder::new(registry);
        binder.enter(self.model.id);
        let bound = bind(&mut binder, &expr).map_err(|error| DdlError::bind(text, &error))?;
        // The name of a reverse one-to-one relation is a row's, although no other name follows it.
        if binder.scope().is_some_and(|scope| !scope.joins.is_empty()) {
            let message =
                format!("{} speaks of the row's own columns, and this is another row's", self.role.words());
            return Err(self.whole(&message).into());
        }
        Ok(bound)
    }

    /// The part of an expression that is of more than one row or moment, by its name, and why it has no place.
    fn foreign_part(&self, expr: &Expr) -> Option<(Option<String>, String)> {
        let is_default = matches!(self.role, DdlRole::Default(_));
        let named = |name: String, why: &str| Some((Some(name.clone()), format!("`{name}` {why}")));
        match expr {
            Expr::Path(path) => match path.as_slice() {
                [name] if self.model.annotations.contains_key(name) => named(name.clone(), "is computed"),
                [name] if is_default => named(name.clone(), "is a name"),
                // An unknown name is told as such, with the nearest one.
                [name] if self.model.member(name).is_none() && name != "pk" => None,
                [name] => self.generated_part(name),
                path => named(path.join("."), "is another row's"),
            },
            Expr::Slot(Slot::Session(name)) => named(format!("@{name}"), "is of the session"),
            Expr::Slot(Slot::Named(name)) => {
                named(format!(":{name}"), "is an argument, and only computed fields have some")
            }
            Expr::Slot(Slot::Now) if !is_default => {
                Some((Some("now".to_owned()), "`now()` is another moment each time".to_owned()))
            }
            Expr::Aggregate(aggregate) => named(aggregate.function.to_owned(), "is of many rows"),
            Expr::Window(window) => named(window.function.to_owned(), "is of many rows"),
            Expr::Annotated { path, .. } => Some((path.last().cloned(), "this is computed".to_owned())),
            Expr::Related { path, .. } => Some((Some(path.join(".")), "these are other rows".to_owned())),
            Expr::Outer { .. } | Expr::Query(_) | Expr::Exists(_) | Expr::InQuery { .. } => {
                Some((None, "a sub-query is of other rows".to_owned()))
            }
            Expr::Call { function, .. }
                if !is_default
                    && functions::find(function)
                        .is_some_and(|known| known.volatility == Volatility::Volatile) =>
            {
                named((*function).to_owned(), "is another value each time")
            }
            other => {
                let mut found = None;
                other.clone().each_part(&mut |part| {
                    if found.is_none() {
                        found = self.foreign_part(part);
                    }
                });
                found
            }
        }
    }

    /// What to write instead of a name.
    fn default_hint(&self, expr: &Expr) -> String {
        match expr {
            Expr::Path(path) => match path.as_slice() {
                [name] if matches!(name.as_str(), "now" | "random" | "gen_random_uuid") => {
                    format!("a function is written with parentheses: {name}()")
                }
                [name] if self.model.member(name).is_none() => {
                    format!("a text stands in quotes of its own: \"'{name}'\"")
                }
                _ => "a column of other columns is a generated field".to_owned(),
            },
            _ => "the value of a new row is known before the row: write now(), 1 + 2, 'draft'".to_owned(),
        }
    }

    /// PostgreSQL computes all generated columns at once, so none may use another; Django refuses it too.
    fn generated_part(&self, name: &str) -> Option<(Option<String>, String)> {
        let (DdlRole::Generated(_), Some(Member::Field(id))) = (self.role, self.model.member(name)) else {
            return None;
        };
        let why = format!("`{name}` is itself generated");
        self.model.field(id).generated.as_ref().map(|_| (Some(name.to_owned()), why))
    }

    /// That no part depends on the request: its time zone, settings of the server.
    fn same_always(&self, part: &Part<'_>) -> Result<(), DdlError> {
        let mut fault = None;
        part.walk(&mut |typed| {
            let Scalar::Call { function, arguments } = &typed.scalar else { return };
            if fault.is_some() || function.volatility != Volatility::Stable {
                return;
            }
            let zone_at = if function.name == "trunc" { 2 } else { 1 };
            let instant = arguments.first().is_some_and(|value| value.logical == LogicalType::DateTime);
            fault = match arguments.first().map(|value| &value.logical) {
                Some(LogicalType::Date | LogicalType::Time) => None,
                Some(LogicalType::DateTime) if instant && arguments.len() > zone_at => None,
                Some(LogicalType::DateTime) => Some((
                    function.name,
                    "is in the time zone of the request",
                    Some("say the zone: extract(year from created_at at time zone 'UTC'), date(created_at, 'UTC')"),
                )),
                _ if matches!(self.role, DdlRole::Default(_)) => None,
                _ => Some((function.name, "depends on the server's settings", None)),
            };
        });
        let Some((name, why, hint)) = fault else { return Ok(()) };
        let rule = match self.role {
            DdlRole::Default(_) => "does not know the request",
            _ => "is the same at any moment",
        };
        let message = format!("{} {rule}, and `{name}` {why}", self.role.words());
        let mut error = TextError::from_bind(self.text, &CompileError::Invalid(format!("`{name}`")));
        error.message = message;
        if let Some(hint) = hint {
            error = error.hint(hint);
        }
        Err(error.into())
    }
}

impl From<TextError> for DdlError {
    fn from(error: TextError) -> Self {
        Self::new(DdlFault::Wrong, error)
    }
}

/// A bound expression of either kind.
pub(super) enum Part<'b> {
    Condition(&'b BoundExpr),
    Value(&'b Typed),
}

impl Part<'_> {
    /// Calls a function with each value, the outer ones first.
    pub(super) fn walk(&self, f: &mut dyn FnMut(&Typed)) {
        match self {
            Self::Condition(condition) => match condition {
                BoundExpr::And(parts) | BoundExpr::Or(parts) => {
                    parts.iter().for_each(|part| Part::Condition(part).walk(f));
                }
                BoundExpr::Not(part) => Part::Condition(part).walk(f),
                BoundExpr::Lookup { left, right, .. } => {
                    Part::Value(left).walk(f);
                    right.iter().for_each(|operand| Part::Value(operand).walk(f));
                }
                // Of other rows: these were refused.
                BoundExpr::Present(..) | BoundExpr::Exists(_) | BoundExpr::InSelect { .. } => {}
            },
            Self::Value(typed) => {
                f(typed);
                match &typed.scalar {
                    Scalar::Call { arguments, .. } => {
                        arguments.iter().for_each(|argument| Part::Value(argument).walk(f));
                    }
                    Scalar::Case { branches, otherwise } => {
                        for (when, then) in branches {
                            Part::Condition(when).walk(f);
                            Part::Value(then).walk(f);
                        }
                        otherwise.iter().for_each(|otherwise| Part::Value(otherwise).walk(f));
                    }
                    Scalar::Cast(of) => Part::Value(of).walk(f),
                    Scalar::Condition(condition) => Part::Condition(condition).walk(f),
                    _ => {}
                }
            }
        }
    }
}

/// A value as one of a field: what an INSERT would take without losing anything but digits beyond the field's.
fn assigned(value: Typed, field: &Field) -> Result<Typed, CompileError> {
    let wrong = |problem: String| CompileError::Invalid(problem);
    if value.scalar == Scalar::Null {
        if !field.null {
            return Err(wrong(format!("null cannot stand for `{}`, which may not be null", field.name)));
        }
        return Ok(Typed { logical: field.logical.clone(), encoding: field.sqlite, ..value });
    }
    if is_flexible(&value) {
        let written = retyped(value, &field.logical, field.sqlite)?;
        if let Scalar::Slot(Slot::Constant(constant)) = &written.scalar {
            fits(constant, field).map_err(wrong)?;
        }
        return Ok(written);
    }
    let fits = match (&value.logical, &field.logical) {
        (from, to) if from == to => true,
        (from, to) if is_integer(from) && is_integer(to) => true,
        (LogicalType::Decimal { .. }, LogicalType::Decimal { .. }) => true,
        (LogicalType::Float, LogicalType::Decimal { .. }) => false,
        (from, to) if is_number(from) && is_number(to) => !is_integer(to),
        (LogicalType::Date, LogicalType::DateTime) => true,
        _ => false,
    };
    if !fits {
        let hint = match (&value.logical, &field.logical) {
            (LogicalType::DateTime, LogicalType::Date) => "; write date(…, 'UTC')",
            (LogicalType::DateTime, LogicalType::Time) => "; write time(…, 'UTC')",
            _ => "",
        };
        return Err(wrong(format!(
            "the field `{}` needs {}, not {}{hint}",
            field.name,
            type_name(&field.logical),
            type_name(&value.logical)
        )));
    }
    if is_integer(&value.logical) && is_integer(&field.logical) {
        // The database refuses what does not fit.
        return Ok(value);
    }
    if value.logical == field.logical && value.encoding == field.sqlite {
        return Ok(value);
    }
    match &field.logical {
        LogicalType::Decimal { .. } => Ok(cast(value, &field.logical)),
        to => convert(value, to),
    }
}

/// What is wrong with a literal for a field, if anything.
fn fits(value: &Value, field: &Field) -> Result<(), String> {
    let problem = match (value, &field.logical) {
        (Value::Int(number), LogicalType::Int16) if i16::try_from(*number).is_err() => {
            format!("{number} is no integer of 16 bits")
        }
        (Value::Int(number), LogicalType::Int32) if i32::try_from(*number).is_err() => {
            format!("{number} is no integer of 32 bits")
        }
        (Value::Int(number), _) if *number < 0 && field.kind.starts_with("positive_") => {
            format!("{number} is negative")
        }
        (Value::Decimal(decimal), LogicalType::Decimal { digits, scale }) => {
            match decimal.rescale(u32::from(*scale)) {
                Some(exact) if exact.fit(*digits, *scale).is_ok() => return Ok(()),
                _ => format!("it has {digits} digits, {scale} of them after the point"),
            }
        }
        (Value::Text(text), LogicalType::Text) => match field.max_length {
            Some(longest) if text.chars().count() > longest as usize => {
                format!("it is longer than `max_length`, which is {longest}")
            }
            _ => return Ok(()),
        },
        _ => return Ok(()),
    };
    Err(format!("this is no value of `{}`: {problem}", field.name))
}
