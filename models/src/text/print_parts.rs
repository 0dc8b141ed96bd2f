//! The parts of a printed expression: names, slots, aggregates, windows, queries.

use super::calls::is_taken;
use super::literals;
use super::print::Printer;
use super::words::{RESERVED, SPECIAL};
use crate::expr::{Aggregate, Expr, FrameBound, FrameUnit, Quantifier, Slot, Window};
use crate::query::{Bound, QuerySet, Scope};
use crate::value::Value;

/// How tightly the outermost operator of a text binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Or,
    And,
    Not,
    Is,
    Equal,
    Between,
    Other,
    Sum,
    Product,
    Sign,
    Power,
    Atom,
}

impl Level {
    /// The next tighter one.
    pub(super) fn next(self) -> Self {
        match self {
            Self::Or => Self::And,
            Self::And => Self::Not,
            Self::Not => Self::Is,
            Self::Is => Self::Equal,
            Self::Equal => Self::Between,
            Self::Between => Self::Other,
            Self::Other => Self::Sum,
            Self::Sum => Self::Product,
            Self::Product => Self::Sign,
            Self::Sign => Self::Power,
            Self::Power | Self::Atom => Self::Atom,
        }
    }
}

/// A name, in quotation marks where it would be taken for a word.
pub(super) fn name(name: &str) -> String {
    let mut characters = name.chars();
    let plain = characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|next| next.is_ascii_alphanumeric() || next == '_');
    let lower = name.to_ascii_lowercase();
    let is_word = RESERVED.contains(&lower.as_str()) || SPECIAL.contains(&lower.as_str());
    if plain && !is_word { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// A path. `first` says that `outer` would be read as the query around this one.
pub(super) fn path(names: &[String], first: bool) -> String {
    let alone = names.len() == 1;
    let names: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(position, part)| match part.as_str() {
            // Beside a point a word is a name, but for this one.
            "outer" if first && position == 0 || !first && position + 1 < names.len() => name(part),
            _ if alone => name(part),
            _ => unless_word(part),
        })
        .collect();
    names.join(".")
}

/// A name beside a point, where no word has another meaning.
fn unless_word(part: &str) -> String {
    let lower = part.to_ascii_lowercase();
    if RESERVED.contains(&lower.as_str()) || SPECIAL.contains(&lower.as_str()) {
        part.to_owned()
    } else {
        name(part)
    }
}

pub(super) fn slot(slot: &Slot) -> (String, Level) {
    let text = match slot {
        Slot::Constant(value) => {
            let text = literals::print(value);
            let level = if text.starts_with('-') { Level::Sign } else { Level::Atom };
            return (text, level);
        }
        Slot::Argument(index) => format!("${index}"),
        Slot::TimeZone => "$time_zone".to_owned(),
        Slot::ParentKey(index) => format!("$parent_{index}"),
        Slot::Now => "now()".to_owned(),
        Slot::Named(argument) => format!(":{}", slot_name(argument)),
        Slot::Session(variable) => format!("@{}", slot_name(variable)),
    };
    (text, Level::Atom)
}

/// The name of a slot, where no word has another meaning.
fn slot_name(text: &str) -> String {
    unless_word(text)
}

/// Whether a sign before the expression would become part of it.
pub(super) fn is_signed(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Slot(Slot::Constant(Value::Int(_) | Value::Float(_) | Value::Decimal(_) | Value::Duration(_)))
    )
}

pub(super) fn annotated(names: &[String], arguments: &[(String, Slot)]) -> String {
    let arguments: Vec<String> = arguments
        .iter()
        .map(|(argument, value)| format!("{} => {}", name(argument), slot(value).0))
        .collect();
    let called = match names {
        // Quoted, it is no function.
        [only] if is_taken(only) && name(only) == *only => format!("\"{only}\""),
        _ => path(names, true),
    };
    format!("{called}({})", arguments.join(", "))
}

/// A path of a document as arrows; `None` when its steps have no such form.
pub(super) fn arrows(json: &str, as_text: bool) -> Option<String> {
    let steps: Vec<serde_json::Value> = serde_json::from_str(json).ok()?;
    let last = steps.len().checked_sub(1)?;
    let mut text = String::new();
    for (position, step) in steps.iter().enumerate() {
        text.push_str(if as_text && position == last { "->>" } else { "->" });
        match step {
            serde_json::Value::String(key) => text.push_str(&literals::quoted(key)),
            // `->-1` would be one operator to PostgreSQL.
            serde_json::Value::Number(position) => {
                let position = position.as_i64()?;
                text.push_str(&if position < 0 { format!(" {position}") } else { position.to_string() });
            }
            _ => return None,
        }
    }
    Some(text)
}

impl Printer<'_> {
    pub(super) fn related(self, names: &[String], quantifier: Quantifier, filter: &Expr) -> String {
        let word = match quantifier {
            Quantifier::One => "one",
            Quantifier::Some => "some",
            Quantifier::Every => "every",
            Quantifier::None => "none",
        };
        match filter {
            Expr::And(parts) if parts.is_empty() => format!("{word}({})", path(names, true)),
            _ => format!("{word}({}, {})", path(names, true), self.whole(filter)),
        }
    }

    fn filter(self, filter: Option<&Expr>) -> String {
        filter.map(|filter| format!(" filter (where {})", self.whole(filter))).unwrap_or_default()
    }

    pub(super) fn aggregate(self, aggregate: &Aggregate) -> String {
        let distinct = if aggregate.distinct { "distinct " } else { "" };
        let arguments = match aggregate.arguments.as_slice() {
            [] => "*".to_owned(),
            arguments => self.list(arguments),
        };
        let order = match aggregate.order.as_slice() {
            [] => String::new(),
            keys => format!(" order by {}", self.ordering(keys)),
        };
        format!(
            "{}({distinct}{arguments}{order}){}",
            aggregate.function,
            self.filter(aggregate.filter.as_ref())
        )
    }

    pub(super) fn window(self, window: &Window) -> String {
        let arguments = match window.arguments.as_slice() {
            [] if window.function == "count" => "*".to_owned(),
            arguments => self.list(arguments),
        };
        let mut over = Vec::new();
        if !window.partition.is_empty() {
            over.push(format!("partition by {}", self.list(&window.partition)));
        }
        if !window.order.is_empty() {
            over.push(format!("order by {}", self.ordering(&window.order)));
        }
        if let Some(frame) = window.frame {
            let unit = match frame.unit {
                FrameUnit::Rows => "rows",
                FrameUnit::Range => "range",
                FrameUnit::Groups => "groups",
            };
            over.push(format!("{unit} between {} and {}", bound(frame.start), bound(frame.end)));
        }
        let filter = self.filter(window.filter.as_ref());
        format!("{}({arguments}){filter} over ({})", window.function, over.join(" "))
    }

    /// A query; of one whose rows matter only, the column is not said.
    pub(super) fn query(self, query: &QuerySet, exists: bool) -> String {
        let model = self.registry.model(query.model);
        let distinct = if query.distinct { "distinct " } else { "" };
        let columns = match query.columns.as_slice() {
            _ if exists => "1".to_owned(),
            [] => "*".to_owned(),
            columns => columns.iter().map(|(_, column)| self.whole(column)).collect::<Vec<_>>().join(", "),
        };
        let mut text = format!("select {distinct}{columns} from {}", name(&model.name));
        match query.manager {
            Scope::Default => {}
            Scope::Manager(position) => {
                let manager =
                    model.managers.get(position).map(|manager| manager.name.as_str()).unwrap_or_default();
                text.push_str(&format!(".{}", unless_word(manager)));
            }
            Scope::Unscoped => text.push_str(" $unscoped"),
        }
        let more = query.source.is_some()
            || query.reverse
            || !query.joins.is_empty()
            || !query.annotations.is_empty()
            || !query.distinct_on.is_empty()
            || !query.combined.is_empty()
            || query.after.is_some()
            || query.before.is_some()
            || query.lock.is_some();
        if more {
            text.push_str(" $more");
        }
        if let Some(filter) = &query.filter {
            text.push_str(&format!(" where {}", self.whole(filter)));
        }
        if let Some(keys) = query.group.as_ref().map(|group| &group.keys).filter(|keys| !keys.is_empty()) {
            let keys: Vec<String> = keys.iter().map(|(_, key)| self.whole(key)).collect();
            text.push_str(&format!(" group by {}", keys.join(", ")));
        }
        if let Some(having) = &query.having {
            text.push_str(&format!(" having {}", self.whole(having)));
        }
        if !query.order.is_empty() {
            text.push_str(&format!(" order by {}", self.ordering(&query.order)));
        }
        for (word, rows) in [("limit", query.limit), ("offset", query.offset)] {
            match rows {
                None => {}
                Some(Bound::Inline(rows)) => text.push_str(&format!(" {word} {rows}")),
                Some(Bound::Argument(index)) => text.push_str(&format!(" {word} ${index}")),
            }
        }
        text
    }
}

fn bound(bound: FrameBound) -> String {
    match bound {
        FrameBound::UnboundedPreceding => "unbounded preceding".to_owned(),
        FrameBound::Preceding(rows) => format!("{rows} preceding"),
        FrameBound::CurrentRow => "current row".to_owned(),
        FrameBound::Following(rows) => format!("{rows} following"),
        FrameBound::UnboundedFollowing => "unbounded following".to_owned(),
    }
}
