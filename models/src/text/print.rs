//! Expressions as text that is read as the same expression, with the parentheses that it needs.

use super::print_parts::{self, Level};
use super::{literals, types};
use crate::expr::{Expr, Slot};
use crate::query::{Nulls, OrderBy};
use crate::registry::Registry;
use crate::value::Value;

/// Writes an expression as text. [`super::parse`] reads it as the same expression, but for what has two spellings:
/// `and` and `or` of one part or of none, lookups and functions given other operands than they take.
///
/// What only the planner makes has no spelling and is written with a `$`, which is not read: arguments by their index,
/// keys of parents, the time zone of the request; and `$more` where a query has more than a column, a model with its manager, a
/// filter, names that group its rows, an ordering and bounds.
pub fn print(expr: &Expr, registry: &Registry) -> String {
    Printer { registry }.at(expr, Level::Or)
}

/// Writes the keys of an ordering; [`super::parse_order`] reads them.
pub fn print_order(keys: &[OrderBy], registry: &Registry) -> String {
    Printer { registry }.ordering(keys)
}

/// Writes expressions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Printer<'r> {
    pub(super) registry: &'r Registry,
}

impl Printer<'_> {
    /// The text of an expression where at least this level is needed.
    pub(super) fn at(self, expr: &Expr, least: Level) -> String {
        let (text, level) = self.text(expr);
        if level < least { format!("({text})") } else { text }
    }

    /// Where nothing surrounds it.
    pub(super) fn whole(self, expr: &Expr) -> String {
        self.at(expr, Level::Or)
    }

    pub(super) fn list(self, exprs: &[Expr]) -> String {
        exprs.iter().map(|expr| self.whole(expr)).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn ordering(self, keys: &[OrderBy]) -> String {
        let keys = keys.iter().map(|key| {
            let mut text = self.whole(&key.key);
            if key.descending {
                text.push_str(" desc");
            }
            match (key.descending, key.nulls) {
                (false, Nulls::First) => text.push_str(" nulls first"),
                (true, Nulls::Last) => text.push_str(" nulls last"),
                _ => {}
            }
            text
        });
        keys.collect::<Vec<_>>().join(", ")
    }

    fn text(self, expr: &Expr) -> (String, Level) {
        match expr {
            Expr::Slot(slot) => print_parts::slot(slot),
            Expr::Path(path) => (print_parts::path(path, true), Level::Atom),
            Expr::Outer { levels, path } => (
                format!("{}{}", "outer.".repeat(usize::from(*levels)), print_parts::path(path, false)),
                Level::Atom,
            ),
            Expr::Annotated { path, arguments } => (print_parts::annotated(path, arguments), Level::Atom),
            Expr::And(parts) => self.logic(parts, " and ", "true", Level::And),
            Expr::Or(parts) => self.logic(parts, " or ", "false", Level::Or),
            Expr::Not(of) => self.negated(of),
            Expr::Lookup { left, lookup, right } => self.lookup(left, lookup, right, false),
            Expr::Call { function, arguments } => self.call(function, arguments),
            Expr::Case { branches, otherwise } => {
                let mut text = "case".to_owned();
                for (when, then) in branches {
                    text.push_str(&format!(" when {} then {}", self.whole(when), self.whole(then)));
                }
                if let Some(otherwise) = otherwise {
                    text.push_str(&format!(" else {}", self.whole(otherwise)));
                }
                (text + " end", Level::Atom)
            }
            Expr::Cast { of, to } => {
                (format!("cast({} as {})", self.whole(of), types::print(to)), Level::Atom)
            }
            Expr::Related { path, quantifier, filter } => {
                (self.related(path, *quantifier, filter), Level::Atom)
            }
            Expr::Aggregate(aggregate) => (self.aggregate(aggregate), Level::Atom),
            Expr::Window(window) => (self.window(window), Level::Atom),
            Expr::Query(query) => (format!("({})", self.query(query, false)), Level::Atom),
            Expr::Exists(query) => (format!("exists({})", self.query(query, true)), Level::Atom),
            Expr::InQuery { left, query } => {
                (format!("{} in ({})", self.at(left, Level::Other), self.query(query, false)), Level::Between)
            }
        }
    }

    fn logic(self, parts: &[Expr], word: &str, none: &str, level: Level) -> (String, Level) {
        match parts {
            [] => (none.to_owned(), Level::Atom),
            [only] => self.text(only),
            _ => {
                let parts: Vec<String> = parts.iter().map(|part| self.at(part, level.next())).collect();
                (parts.join(word), level)
            }
        }
    }

    /// The complement, which some tests have words for.
    fn negated(self, of: &Expr) -> (String, Level) {
        match of {
            Expr::Lookup {
                left,
                lookup: lookup @ ("exact" | "isnull" | "in" | "range" | "regex" | "iregex"),
                right,
            } => {
                let (text, level) = self.lookup(left, lookup, right, true);
                if level != Level::Atom {
                    return (text, level);
                }
            }
            Expr::InQuery { left, query } => {
                let text = format!("{} not in ({})", self.at(left, Level::Other), self.query(query, false));
                return (text, Level::Between);
            }
            _ => {}
        }
        let text = self.at(of, Level::Not);
        // The grammar takes `not exists(…)` as one, whatever follows.
        if text.starts_with("exists(") && !matches!(of, Expr::Exists(_)) {
            return (format!("not ({text})"), Level::Not);
        }
        (format!("not {text}"), Level::Not)
    }

    /// A test in its operator's form, or as a call of the lookup, which is an atom.
    fn lookup(self, left: &Expr, lookup: &str, right: &[Expr], negated: bool) -> (String, Level) {
        let not = if negated { "not " } else { "" };
        let as_call = || {
            let mut operands = vec![self.whole(left)];
            operands.extend(right.iter().map(|operand| self.whole(operand)));
            (format!("{lookup}({})", operands.join(", ")), Level::Atom)
        };
        let left_of = |level: Level| self.at(left, level);
        let nothing = |expr: &Expr| matches!(expr, Expr::Slot(Slot::Constant(Value::Null)));
        match (lookup, right) {
            ("isnull", []) => (format!("{} is {not}null", left_of(Level::Other)), Level::Is),
            ("in", [list]) => match list {
                Expr::Slot(Slot::Constant(Value::Array(values)))
                    if !values.is_empty()
                        && !values.iter().any(|value| matches!(value, Value::Null | Value::Array(_))) =>
                {
                    let values: Vec<String> = values.iter().map(literals::print).collect();
                    (format!("{} {not}in ({})", left_of(Level::Other), values.join(", ")), Level::Between)
                }
                Expr::Slot(Slot::Named(_) | Slot::Session(_)) => (
                    format!("{} {not}in {}", left_of(Level::Other), self.at(list, Level::Atom)),
                    Level::Between,
                ),
                _ if negated => as_call(),
                _ => (format!("{} = any({})", left_of(Level::Between), self.whole(list)), Level::Equal),
            },
            ("range", [low, high]) => {
                let bounds = [low, high].map(|bound| self.at(bound, Level::Other));
                (
                    format!("{} {not}between {} and {}", left_of(Level::Other), bounds[0], bounds[1]),
                    Level::Between,
                )
            }
            (_, [operand]) if !nothing(left) && !nothing(operand) => {
                let (operator, level) = match (lookup, negated) {
                    ("exact", false) => ("=", Level::Equal),
                    ("exact", true) => ("<>", Level::Equal),
                    ("lt", false) => ("<", Level::Equal),
                    ("lte", false) => ("<=", Level::Equal),
                    ("gt", false) => (">", Level::Equal),
                    ("gte", false) => (">=", Level::Equal),
                    // The parser binds them as it does `=`.
                    ("regex", false) => ("~", Level::Equal),
                    ("regex", true) => ("!~", Level::Equal),
                    ("iregex", false) => ("~*", Level::Equal),
                    ("iregex", true) => ("!~*", Level::Equal),
                    ("json_contains", false) => ("@>", Level::Other),
                    ("has_key", false) => ("?", Level::Other),
                    ("has_keys", false) => ("?&", Level::Other),
                    ("has_any_keys", false) => ("?|", Level::Other),
                    _ => return as_call(),
                };
                let sides = [left, operand].map(|side| self.at(side, level.next()));
                (format!("{} {operator} {}", sides[0], sides[1]), level)
            }
            _ => as_call(),
        }
    }

    fn call(self, function: &str, arguments: &[Expr]) -> (String, Level) {
        let infix = |operator: &str, level: Level, left: &Expr, right: &Expr| {
            (format!("{} {operator} {}", self.at(left, level), self.at(right, level.next())), level)
        };
        match (function, arguments) {
            ("+" | "-", [left, right]) => infix(function, Level::Sum, left, right),
            ("*" | "/" | "%", [left, right]) => infix(function, Level::Product, left, right),
            ("power", [left, right]) => infix("^", Level::Power, left, right),
            ("negate", [of]) => {
                let text = self.at(of, Level::Sign);
                // A sign before a number is part of it, and two signs are a comment.
                let apart = print_parts::is_signed(of) || text.starts_with('-');
                (if apart { format!("-({text})") } else { format!("-{text}") }, Level::Sign)
            }
            ("concat", [_, _, ..]) => {
                let parts: Vec<String> =
                    arguments.iter().map(|part| self.at(part, Level::Other.next())).collect();
                (parts.join(" || "), Level::Other)
            }
            ("add_months", [to, Expr::Slot(Slot::Constant(Value::Int(months)))]) => {
                let sign = if *months < 0 { '-' } else { '+' };
                let unit = if months.unsigned_abs() == 1 { "month" } else { "months" };
                let text =
                    format!("{} {sign} interval '{} {unit}'", self.at(to, Level::Sum), months.unsigned_abs());
                (text, Level::Sum)
            }
            ("json_path" | "json_text", [document, Expr::Slot(Slot::Constant(Value::Json(path)))]) => {
                match print_parts::arrows(path, function == "json_text") {
                    Some(arrows) => {
                        (format!("{}{arrows}", self.at(document, Level::Other.next())), Level::Other)
                    }
                    None => (format!("{function}({})", self.list(arguments)), Level::Atom),
                }
            }
            _ => (format!("{function}({})", self.list(arguments)), Level::Atom),
        }
    }
}
