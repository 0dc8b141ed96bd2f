//! SQL expressions of databases as expressions of model files, where they mean the same.
//!
//! Only what is certain is translated: columns, literals, comparisons, a few functions. Casts that PostgreSQL prints
//! because of its types (`('draft'::character varying)::text`) are left out, those that compute are not translated.

use nuages_models::Registry;
use nuages_models::database::Dialect;
use nuages_models::sql::{quoted_identifier, quoted_text};
use nuages_models::text;
use sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident,
    InTarget, UnaryOperator, Value,
};
use sqlparser::dialect::{PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

/// Functions that are the same here and there, with the names that they have here.
const FUNCTIONS: &[(&str, &str)] = &[
    ("abs", "abs"),
    ("btrim", "trim"),
    ("ceil", "ceil"),
    ("ceiling", "ceil"),
    ("char_length", "length"),
    ("character_length", "length"),
    ("coalesce", "coalesce"),
    ("concat", "concat"),
    ("floor", "floor"),
    ("greatest", "greatest"),
    ("initcap", "initcap"),
    ("least", "least"),
    ("left", "left"),
    ("length", "length"),
    ("lower", "lower"),
    ("ltrim", "ltrim"),
    ("md5", "md5"),
    ("mod", "mod"),
    ("nullif", "nullif"),
    ("random", "random"),
    ("replace", "replace"),
    ("right", "right"),
    ("round", "round"),
    ("rtrim", "rtrim"),
    ("sign", "sign"),
    ("substr", "substr"),
    ("trim", "trim"),
    ("upper", "upper"),
];

/// An expression of a model file; `name` says what a column is called there.
///
/// `None`: it has no translation, or one that is not certain.
pub(crate) fn translate(
    sql: &str,
    dialect: Dialect,
    name: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    let translated = Translator { dialect, name }.value(&parsed(sql, dialect)?)?;
    let registry = Registry::default();
    // Read and printed again: it is of the language, and has no parentheses that it does not need.
    let expr = text::parse(&translated, &registry).ok()?;
    let printed = text::print(&expr, &registry);
    // The name that databases have for it.
    Some(if printed == "uuid4()" { "gen_random_uuid()".to_owned() } else { printed })
}

/// The column and the values of `column IN ('a', 'b')`, in either database's words.
pub(crate) fn membership(sql: &str, dialect: Dialect) -> Option<(String, Vec<Literal>)> {
    let expr = parsed(sql, dialect)?;
    let (of, list) = match bare(&expr) {
        Expr::In { expr, target: InTarget::List(list), negated: false, .. } => (expr, list),
        Expr::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. } => match bare(right) {
            Expr::Array(array) => (left, &array.elem),
            _ => return None,
        },
        _ => return None,
    };
    let column = match bare(of) {
        Expr::Identifier(ident) => ident.value.clone(),
        _ => return None,
    };
    let values = list.iter().map(literal).collect::<Option<Vec<_>>>()?;
    Some((column, values))
}

/// The text of a literal default, without its quotes and its type.
pub(crate) fn literal_text(sql: &str, dialect: Dialect) -> Option<Literal> {
    literal(&parsed(sql, dialect)?)
}

/// A value that is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    /// A text, or a value of another type in quotes.
    Text(String),
    /// A number by its digits.
    Number(String),
}

fn parsed(sql: &str, dialect: Dialect) -> Option<Expr> {
    let parser = match dialect {
        Dialect::Postgres => Parser::new(&PostgreSqlDialect {}),
        Dialect::Sqlite => Parser::new(&SQLiteDialect {}),
    };
    let mut parser = parser.try_with_sql(sql).ok()?;
    let expr = parser.parse_expr().ok()?;
    (parser.peek_token().token == sqlparser::tokenizer::Token::EOF).then_some(expr)
}

/// Without parentheses and casts.
fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(of) | Expr::Cast { expr: of, .. } => bare(of),
        other => other,
    }
}

fn literal(expr: &Expr) -> Option<Literal> {
    match bare(expr) {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some(Literal::Text(text.clone())),
            Value::Number(digits, _) => Some(Literal::Number(digits.clone())),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match literal(expr)? {
            Literal::Number(digits) => Some(Literal::Number(format!("-{digits}"))),
            Literal::Text(_) => None,
        },
        _ => None,
    }
}

struct Translator<'a> {
    dialect: Dialect,
    name: &'a dyn Fn(&str) -> Option<String>,
}

impl Translator<'_> {
    fn value(&self, expr: &Expr) -> Option<String> {
        Some(match expr {
            Expr::Identifier(ident) => self.word(ident)?,
            Expr::Nested(of) => format!("({})", self.value(of)?),
            Expr::Value(value) => match &value.value {
                Value::Number(digits, _) => digits.clone(),
                Value::SingleQuotedString(text) => quoted_text(text),
                Value::Boolean(value) => value.to_string(),
                Value::Null => "null".to_owned(),
                _ => return None,
            },
            Expr::Cast { expr, data_type, .. } => self.cast(expr, &data_type.to_string().to_lowercase())?,
            Expr::UnaryOp { op, expr } => match op {
                UnaryOperator::Not => format!("(not ({}))", self.value(expr)?),
                UnaryOperator::Minus => format!("-({})", self.value(expr)?),
                UnaryOperator::Plus => self.value(expr)?,
                _ => return None,
            },
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right)?,
            Expr::IsNull(of) => format!("({} is null)", self.value(of)?),
            Expr::IsNotNull(of) => format!("({} is not null)", self.value(of)?),
            Expr::IsTrue(of) => format!("({} is true)", self.value(of)?),
            Expr::IsFalse(of) => format!("({} is false)", self.value(of)?),
            Expr::IsNotTrue(of) => format!("({} is not true)", self.value(of)?),
            Expr::IsNotFalse(of) => format!("({} is not false)", self.value(of)?),
            Expr::IsDistinctFrom(left, right) => {
                format!("({} is distinct from {})", self.value(left)?, self.value(right)?)
            }
            Expr::IsNotDistinctFrom(left, right) => {
                format!("({} is not distinct from {})", self.value(left)?, self.value(right)?)
            }
            Expr::Between { expr, negated, low, high } => format!(
                "({} {}between {} and {})",
                self.value(expr)?,
                not(*negated),
                self.value(low)?,
                self.value(high)?
            ),
            Expr::In { expr, target: InTarget::List(list), negated, .. } => {
                self.among(expr, list, *negated)?
            }
            Expr::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. } => match bare(right) {
                Expr::Array(array) => self.among(left, &array.elem, false)?,
                _ => return None,
            },
            Expr::AllOp { left, compare_op: BinaryOperator::NotEq, right } => match bare(right) {
                Expr::Array(array) => self.among(left, &array.elem, true)?,
                _ => return None,
            },
            // SQLite's LIKE does not tell case apart.
            Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
                let word = if self.dialect == Dialect::Sqlite { "ilike" } else { "like" };
                format!("({} {}{word} {})", self.value(expr)?, not(*negated), self.value(pattern)?)
            }
            Expr::ILike { negated, any: false, expr, pattern, escape_char: None } => {
                format!("({} {}ilike {})", self.value(expr)?, not(*negated), self.value(pattern)?)
            }
            Expr::AtTimeZone { timestamp, time_zone } => self.moment_in_utc(timestamp, time_zone)?,
            Expr::Function(function) => self.function(function)?,
            Expr::Ceil { expr, .. } => format!("ceil({})", self.value(expr)?),
            Expr::Floor { expr, .. } => format!("floor({})", self.value(expr)?),
            Expr::Substring { expr, substring_from: Some(from), substring_for, .. } => {
                let length = match substring_for {
                    Some(length) => format!(", {}", self.value(length)?),
                    None => String::new(),
                };
                format!("substr({}, {}{length})", self.value(expr)?, self.value(from)?)
            }
            Expr::Trim { trim_where: None, trim_what: None, expr, trim_characters: None } => {
                format!("trim({})", self.value(expr)?)
            }
            Expr::Case { operand: None, conditions, else_result, .. } => {
                let branch = |branch: &CaseWhen| {
                    Some(format!(
                        " when {} then {}",
                        self.value(&branch.condition)?,
                        self.value(&branch.result)?
                    ))
                };
                let branches = conditions.iter().map(branch).collect::<Option<String>>()?;
                let otherwise = match else_result {
                    Some(value) => format!(" else {}", self.value(value)?),
                    None => String::new(),
                };
                format!("case{branches}{otherwise} end")
            }
            _ => return None,
        })
    }

    /// A column, or one of SQL's words that stand without quotes.
    fn word(&self, ident: &Ident) -> Option<String> {
        if ident.quote_style.is_none() {
            match ident.value.to_lowercase().as_str() {
                "current_timestamp" => return Some("now()".to_owned()),
                "current_date" => return Some("date(now(), 'UTC')".to_owned()),
                _ => {}
            }
        }
        (self.name)(&ident.value).map(|name| quoted_identifier(&name))
    }

    fn among(&self, of: &Expr, list: &[Expr], negated: bool) -> Option<String> {
        let values = list.iter().map(|value| self.value(value)).collect::<Option<Vec<_>>>()?;
        Some(format!("({} {}in ({}))", self.value(of)?, not(negated), values.join(", ")))
    }

    fn binary(&self, left: &Expr, op: &BinaryOperator, right: &Expr) -> Option<String> {
        let symbol = op.to_string();
        let symbol = match symbol.as_str() {
            "==" => "=",
            "!=" => "<>",
            "AND" => "and",
            "OR" => "or",
            "~~" => "like",
            "!~~" => "not like",
            "~~*" => "ilike",
            "!~~*" => "not ilike",
            known @ ("=" | "<>" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%" | "||" | "->"
            | "->>" | "~" | "~*") => known,
            _ => return None,
        };
        // SQLite divides integers and takes the rest of them as it does here, but only where both are integers.
        if self.dialect == Dialect::Sqlite && matches!(symbol, "/" | "%" | "->" | "->>") {
            return None;
        }
        Some(format!("({} {symbol} {})", self.value(left)?, self.value(right)?))
    }

    fn cast(&self, of: &Expr, to: &str) -> Option<String> {
        let to = to.split('(').next().unwrap_or(to).trim();
        let textual = matches!(
            to,
            "text" | "varchar" | "character varying" | "character" | "char" | "bpchar" | "citext" | "name"
        );
        let inner = match of {
            Expr::Nested(inner) => inner,
            other => other,
        };
        let Expr::Value(value) = inner else {
            // PostgreSQL compares narrower numbers and texts as wider ones, as the language does by itself.
            let widened = matches!(to, "numeric" | "bigint" | "double precision");
            return if textual || widened { self.value(of) } else { None };
        };
        match (&value.value, to) {
            (Value::SingleQuotedString(text), _) if textual => Some(quoted_text(text)),
            (
                Value::SingleQuotedString(text),
                "integer" | "bigint" | "smallint" | "numeric" | "double precision" | "real",
            ) => text.parse::<f64>().ok().map(|_| text.clone()),
            (
                Value::Number(digits, _),
                "integer" | "bigint" | "smallint" | "numeric" | "double precision",
            ) => Some(digits.clone()),
            (Value::SingleQuotedString(text), "date") => Some(format!("date {}", quoted_text(text))),
            (Value::SingleQuotedString(text), "interval") => Some(format!("interval {}", quoted_text(text))),
            (Value::SingleQuotedString(text), "timestamp with time zone" | "timestamptz") => {
                Some(format!("timestamp {}", quoted_text(text)))
            }
            (Value::SingleQuotedString(text), "boolean") => match text.as_str() {
                "t" | "true" => Some("true".to_owned()),
                "f" | "false" => Some("false".to_owned()),
                _ => None,
            },
            (Value::SingleQuotedString(text), "uuid") => Some(quoted_text(text)),
            (Value::Null, _) => Some("null".to_owned()),
            (Value::Boolean(value), "boolean") => Some(value.to_string()),
            _ => None,
        }
    }

    /// `now() AT TIME ZONE 'utc'` is the same instant for a column that has no time zone.
    fn moment_in_utc(&self, moment: &Expr, zone: &Expr) -> Option<String> {
        let utc = matches!(literal(zone)?, Literal::Text(name) if name.eq_ignore_ascii_case("utc"));
        let now = self.value(moment)?;
        (utc && now == "now()").then_some(now)
    }

    fn function(&self, function: &Function) -> Option<String> {
        let name = function.name.0.last()?.as_ident()?.value.to_lowercase();
        let given = match &function.args {
            FunctionArguments::None => Vec::new(),
            FunctionArguments::List(list)
                if list.duplicate_treatment.is_none() && list.clauses.is_empty() =>
            {
                list.args
                    .iter()
                    .map(|argument| match argument {
                        FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => Some(value),
                        _ => None,
                    })
                    .collect::<Option<Vec<_>>>()?
            }
            _ => return None,
        };
        let plain = function.filter.is_none() && function.over.is_none() && function.within_group.is_empty();
        if !plain {
            return None;
        }
        match (name.as_str(), given.as_slice()) {
            (
                "now"
                | "current_timestamp"
                | "transaction_timestamp"
                | "statement_timestamp"
                | "clock_timestamp",
                [],
            ) => {
                return Some("now()".to_owned());
            }
            ("current_date", []) => return Some("date(now(), 'UTC')".to_owned()),
            ("gen_random_uuid" | "uuid_generate_v4", []) => return Some("gen_random_uuid()".to_owned()),
            ("timezone", [zone, moment]) => return self.moment_in_utc(moment, zone),
            ("datetime", [when]) if self.dialect == Dialect::Sqlite => return now_of_sqlite(when, "now()"),
            ("date", [when]) if self.dialect == Dialect::Sqlite => {
                return now_of_sqlite(when, "date(now(), 'UTC')");
            }
            ("round" | "random", _) if self.dialect == Dialect::Sqlite => return None,
            _ => {}
        }
        let (_, ours) = FUNCTIONS.iter().find(|(theirs, _)| *theirs == name)?;
        let arguments = given.iter().map(|value| self.value(value)).collect::<Option<Vec<_>>>()?;
        Some(format!("{ours}({})", arguments.join(", ")))
    }
}

fn now_of_sqlite(when: &Expr, ours: &str) -> Option<String> {
    matches!(literal(when)?, Literal::Text(text) if text == "now").then(|| ours.to_owned())
}

fn not(negated: bool) -> &'static str {
    if negated { "not " } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(column: &str) -> Option<String> {
        Some(column.to_owned())
    }

    #[test]
    fn what_postgres_prints() {
        for (sql, expected) in [
            ("(views >= 0)", Some("views >= 0")),
            ("((price > (0)::numeric) AND (price < (1000)::numeric))", Some("price > 0 and price < 1000")),
            (
                "((status)::text = ANY ((ARRAY['a'::character varying, 'it''s'::character varying])::text[]))",
                Some("status in ('a', 'it''s')"),
            ),
            ("lower((email)::text)", Some("lower(email)")),
            ("'draft'::character varying", Some("'draft'")),
            ("'-1'::integer", Some("-1")),
            ("now()", Some("now()")),
            ("timezone('utc'::text, now())", Some("now()")),
            ("CURRENT_TIMESTAMP", Some("now()")),
            ("gen_random_uuid()", Some("gen_random_uuid()")),
            ("((a IS NULL) OR (a <> b))", Some("a is null or a <> b")),
            ("(NOT deleted)", Some("not deleted")),
            ("nextval('t_id_seq'::regclass)", None),
            ("to_tsvector('english'::regconfig, body)", None),
            ("(a)::integer", None),
            ("pg_sleep(1)", None),
        ] {
            assert_eq!(translate(sql, Dialect::Postgres, &same).as_deref(), expected, "{sql}");
        }
    }

    #[test]
    fn what_sqlite_keeps() {
        for (sql, expected) in [
            ("\"views\" >= 0", Some("views >= 0")),
            ("`a` == 'x' and [b] != 2", Some("a = 'x' and b <> 2")),
            ("CURRENT_TIMESTAMP", Some("now()")),
            ("datetime('now')", Some("now()")),
            ("a / 2", None),
            ("typeof(a) = 'text'", None),
        ] {
            assert_eq!(translate(sql, Dialect::Sqlite, &same).as_deref(), expected, "{sql}");
        }
    }

    #[test]
    fn lists_of_values() {
        let text = |text: &str| Literal::Text(text.to_owned());
        let expected = ("status".to_owned(), vec![text("a"), text("b")]);
        let sql = "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))";
        assert_eq!(membership(sql, Dialect::Postgres), Some(expected.clone()));
        assert_eq!(membership("\"status\" IN ('a', 'b')", Dialect::Sqlite), Some(expected));
        assert_eq!(membership("a > 1", Dialect::Sqlite), None);
    }
}
