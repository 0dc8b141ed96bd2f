//! PostgreSQL: the SQL of queries with literals for parameters, without what is not immutable there.
//!
//! What is immutable is what PostgreSQL's catalog says of the functions that the SQL has: `to_char`, `to_jsonb`, reading a
//! date from a text and adding an interval to an instant depend on settings of the session. A test builds indexes of
//! everything that is let through, and PostgreSQL refuses an index of anything else.

use super::literal::{array_text, literal};
use super::own::Part;
use super::{Body, DdlRole, Logic, refused};
use crate::bind::types::{is_integer, is_number, type_name};
use crate::bind::{BoundExpr, Scalar, Typed};
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::expr::Slot;
use crate::prepare::{CompileError, Strategy, Target};
use crate::registry::LogicalType;
use crate::sql::Sql;

/// Functions whose SQL has a part that is not immutable.
const UNSTABLE: &[(&str, &str)] = &[
    ("json_object", "how values become JSON depends on settings of the session"),
    ("json_array", "how values become JSON depends on settings of the session"),
    ("json_set", "it is computed in a sub-query"),
    ("json_merge", "it is computed in a sub-query"),
    ("json_remove", "it is computed in a sub-query"),
    ("element", "it is read by way of JSON, which depends on settings of the session"),
    ("concat_ws", "PostgreSQL takes values of any type there, whose texts depend on settings; write a || b"),
    ("initcap", "without a collation of the server it knows the case of ASCII letters only"),
    ("unaccent", "its rules are a file of the server"),
    ("sha1", "how a text becomes bytes can be redefined in the server"),
    ("sha224", "how a text becomes bytes can be redefined in the server"),
    ("sha256", "how a text becomes bytes can be redefined in the server"),
    ("sha384", "how a text becomes bytes can be redefined in the server"),
    ("sha512", "how a text becomes bytes can be redefined in the server"),
    ("address_text", "it is written by way of JSON, which depends on settings of the session"),
];

/// Lookups whose SQL is not immutable.
const UNSTABLE_LOOKUPS: &[(&str, &str)] = &[
    ("search", "its configuration is a setting of the session"),
    ("similar", "its threshold is a setting of the session"),
    ("word_similar", "its threshold is a setting of the session"),
    ("strict_word_similar", "its threshold is a setting of the session"),
];

pub(super) fn compile(body: &Body, role: DdlRole, logic: Logic) -> Result<Sql, CompileError> {
    let part = match body {
        Body::Condition(condition) => Part::Condition(condition),
        Body::Value(value) => Part::Value(value),
    };
    if !matches!(role, DdlRole::Default(_)) {
        immutable(&part, role)?;
    }
    let target =
        Target { dialect: Dialect::Postgres, folding_collation: None, strategy: Strategy::default() };
    let mut compiler = Compiler::for_ddl(&target, logic == Logic::Sql);
    let mut sql = match body {
        Body::Condition(condition) => compiler.condition(condition)?,
        Body::Value(value) => compiler.scalar(value)?,
    };
    let literals = compiler
        .slots
        .iter()
        .map(|slot| match slot.slot {
            Slot::Now => Ok(Sql::call("now", Vec::new())),
            _ => literal(slot, Dialect::Postgres),
        })
        .collect::<Result<Vec<_>, _>>()?;
    written(&mut sql, &literals);
    arrays(&mut sql);
    // A column's own type is that of its default already.
    if let (DdlRole::Default(_), Sql::Cast { of, .. }) = (role, &mut sql)
        && matches!(**of, Sql::Integer(_) | Sql::Number(_) | Sql::Text(_) | Sql::Null)
    {
        sql = std::mem::replace(of.as_mut(), Sql::Null);
    }
    Ok(sql)
}

/// That no part of the SQL depends on settings of the session.
fn immutable(part: &Part<'_>, role: DdlRole) -> Result<(), CompileError> {
    let mut fault = lookup_fault(part);
    part.walk(&mut |typed| {
        if fault.is_none() {
            fault = value_fault(typed);
        }
    });
    match fault {
        Some((name, why)) => Err(refused(role, &name, "PostgreSQL", &why)),
        None => Ok(()),
    }
}

type Fault = Option<(String, String)>;

fn listed(list: &[(&str, &str)], name: &str) -> Fault {
    let found = list.iter().find(|(known, _)| *known == name);
    found.map(|(known, why)| ((*known).to_owned(), (*why).to_owned()))
}

fn lookup_fault(part: &Part<'_>) -> Fault {
    match part {
        Part::Condition(BoundExpr::And(parts) | BoundExpr::Or(parts)) => {
            parts.iter().find_map(|part| lookup_fault(&Part::Condition(part)))
        }
        Part::Condition(BoundExpr::Not(part)) => lookup_fault(&Part::Condition(part)),
        Part::Condition(BoundExpr::Lookup { lookup, left, right }) => listed(UNSTABLE_LOOKUPS, lookup.name)
            .or_else(|| {
                std::iter::once(left).chain(right).find_map(|value| lookup_fault(&Part::Value(value)))
            }),
        Part::Condition(_) => None,
        Part::Value(typed) => match &typed.scalar {
            Scalar::Call { arguments, .. } => {
                arguments.iter().find_map(|argument| lookup_fault(&Part::Value(argument)))
            }
            Scalar::Case { branches, otherwise } => branches
                .iter()
                .find_map(|(when, then)| {
                    lookup_fault(&Part::Condition(when)).or_else(|| lookup_fault(&Part::Value(then)))
                })
                .or_else(|| otherwise.as_ref().and_then(|value| lookup_fault(&Part::Value(value)))),
            Scalar::Cast(of) => lookup_fault(&Part::Value(of)),
            Scalar::Condition(condition) => lookup_fault(&Part::Condition(condition)),
            _ => None,
        },
    }
}

fn value_fault(typed: &Typed) -> Fault {
    match &typed.scalar {
        Scalar::Call { function, arguments } => {
            let adds_to_instant = matches!(function.name, "+" | "-")
                && typed.logical == LogicalType::DateTime
                && arguments.len() == 2;
            if adds_to_instant {
                let why = "an instant and a duration are added by the session's time zone; \
                    compare the difference of two instants with the duration";
                return Some((function.name.to_owned(), why.to_owned()));
            }
            listed(UNSTABLE, function.name)
        }
        Scalar::Cast(of) if !cast_is_immutable(&of.logical, &typed.logical) => {
            let why = format!(
                "{} as {} depends on settings of the session",
                type_name(&of.logical),
                type_name(&typed.logical)
            );
            Some(("cast".to_owned(), why))
        }
        _ => None,
    }
}

fn cast_is_immutable(from: &LogicalType, to: &LogicalType) -> bool {
    use LogicalType::{Binary, Boolean, Date, DateTime, IpAddress, Json, Text, Time, Uuid};
    if from == to || is_number(from) && (is_number(to) || *to == Text) {
        return true;
    }
    match (from, to) {
        (Date, DateTime) | (DateTime, Date | Time) | (Boolean | Uuid | Json | Binary, Text) => true,
        (Text, Boolean | Uuid | IpAddress | Binary) => true,
        (Text | Json, to) if is_number(to) => true,
        (Json, Boolean) => true,
        (Boolean, to) => is_integer(to),
        (from, Boolean) => is_integer(from),
        _ => false,
    }
}

/// Puts literals in place of parameters, and writes plainly what a parameter needs more words for.
fn written(sql: &mut Sql, literals: &[Sql]) {
    sql.each_part(&mut |part| written(part, literals));
    let taken = std::mem::replace(sql, Sql::Null);
    *sql = match taken {
        Sql::Parameter(index) => literals.get(index).cloned().unwrap_or(Sql::Null),
        Sql::Column { column, .. } => Sql::Name(column),
        Sql::Cast { of, to } => match *of {
            // An address is read by way of a text.
            Sql::Cast { of: inner, to: "text" } if matches!(*inner, Sql::Text(_)) => {
                Sql::Cast { of: inner, to }
            }
            Sql::Call { function: "now", .. } if to == "timestamptz" => *of,
            _ => Sql::Cast { of, to },
        },
        Sql::InArray { element, array } => {
            let list = match *array {
                Sql::Cast { of, to } => match *of {
                    Sql::Row(list) => Ok(list),
                    other => Err(Sql::cast(other, to)),
                },
                Sql::Row(list) => Ok(list),
                other => Err(other),
            };
            match list {
                Ok(list) if list.is_empty() => Sql::Boolean(false),
                Ok(list) => Sql::InList { element, list },
                Err(array) => Sql::InArray { element, array: Box::new(array) },
            }
        }
        // `now()` and columns have types of their own; beside them a number needs none.
        Sql::Binary { left, operator, right } if matches!(operator, "=" | "<>" | "<" | "<=" | ">" | ">=") => {
            Sql::Binary { left, operator, right: Box::new(plain(*right)) }
        }
        // Only the two-argument form is immutable.
        Sql::Call { function: "date_trunc", mut arguments } if arguments.len() == 3 => {
            let zone = arguments.pop().unwrap_or(Sql::Null);
            let value = arguments.pop().unwrap_or(Sql::Null);
            arguments.push(Sql::binary(value, "AT TIME ZONE", zone.clone()));
            Sql::binary(Sql::call("date_trunc", arguments), "AT TIME ZONE", zone)
        }
        Sql::Collate { of, .. } if matches!(*of, Sql::Call { function: "lower" | "upper", .. }) => *of,
        Sql::Call { function: function @ ("lower" | "upper"), mut arguments } => {
            if let [Sql::Collate { of, .. }] = arguments.as_mut_slice()
                && let Some(text) = written_text(of)
            {
                // PostgreSQL computes it before it knows the collation, and fails.
                let ascii =
                    if function == "lower" { text.to_ascii_lowercase() } else { text.to_ascii_uppercase() };
                Sql::Text(ascii)
            } else {
                Sql::Call { function, arguments }
            }
        }
        other => other,
    };
}

/// A text that stands there as it is.
fn written_text(sql: &Sql) -> Option<&str> {
    match sql {
        Sql::Text(text) => Some(text),
        Sql::Cast { of, to: "text" } => written_text(of),
        _ => None,
    }
}

/// A number without the type that a parameter needs.
fn plain(sql: Sql) -> Sql {
    match sql {
        // The other side has the collation, or says it.
        Sql::Collate { of, .. } if written_text(&of).is_some() => *of,
        Sql::Cast { of, to } => match *of {
            Sql::Integer(number) if to == "int8" && i32::try_from(number).is_ok() => *of,
            Sql::Number(_) if to == "numeric" => *of,
            _ => Sql::Cast { of, to },
        },
        other => other,
    }
}

/// Lists that are no longer part of a test of membership become arrays.
fn arrays(sql: &mut Sql) {
    sql.each_part(&mut arrays);
    if let Sql::Row(elements) = sql {
        *sql = Sql::Text(array_text(elements));
    }
}
