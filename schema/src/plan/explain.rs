//! Plans as readable text: an indented tree in response order. For `extensions.plan`, and for people who compare plans.

use nuages_models::Registry;
use nuages_models::expr::{Expr, Quantifier, Slot};
use nuages_models::plan::{
    AggregateLoad, AggregateValue, Connection, ConnectionValue, EdgeValue, Encoder, Load, Nodes,
    PageInfoValue, PayloadValue, Plan, PlanField, RootValue, RowValue,
};
use nuages_models::query::{Bound, Nulls, OrderBy, Position, QuerySet};
use nuages_models::registry::Model;
use nuages_models::value::Value;
use std::fmt::Write as _;

/// The plan as text. Arguments are written `#0`, `#1`, …: a plan has no values of a request in it.
pub fn explain(plan: &Plan, registry: &Registry) -> String {
    let mut text = Text { registry, out: String::new(), depth: 0 };
    for field in &plan.fields {
        match &field.value {
            RootValue::One(load) => text.load(&field.key, "one", load),
            RootValue::Aggregate(load) => text.aggregate(&field.key, "aggregate", load),
            RootValue::Groups(load) => text.aggregate(&field.key, "groups", load),
            RootValue::Many(load) => text.load(&field.key, "many", load),
            RootValue::Connection(connection) => text.connection(&field.key, "connection", connection),
            RootValue::Nodes(nodes) => text.nodes(&field.key, nodes),
            RootValue::Payload(fields) => {
                text.line(format_args!("{}: payload", field.key));
                text.below(|text| {
                    for PlanField { key, value } in fields {
                        match value {
                            PayloadValue::Argument(index) => text.line(format_args!("{key}: #{index}")),
                            PayloadValue::Nodes(nodes) => text.nodes(key, nodes),
                            PayloadValue::Typename(name) => text.line(format_args!("{key}: \"{name}\"")),
                        }
                    }
                });
            }
            RootValue::Json(json) => text.line(format_args!("{}: {} bytes of JSON", field.key, json.len())),
        }
    }
    text.out
}

struct Text<'a> {
    registry: &'a Registry,
    out: String,
    depth: usize,
}

impl<'a> Text<'a> {
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        for _ in 0..self.depth {
            self.out.push_str("  ");
        }
        // Writing to a String does not fail.
        let _ = self.out.write_fmt(line);
        self.out.push('\n');
    }

    fn below(&mut self, write: impl FnOnce(&mut Self)) {
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }

    fn nodes(&mut self, key: &str, nodes: &Nodes) {
        let what = if nodes.list { "nodes" } else { "node" };
        self.line(format_args!("{key}: {what} by id argument #{}", nodes.argument));
        self.below(|text| {
            for arm in &nodes.arms {
                let model = text.registry.model(arm.model());
                text.load(&format!("on {}", model.name), "one", arm);
            }
        });
    }

    fn load(&mut self, key: &str, what: &str, load: &Load) {
        let model = self.registry.model(load.model());
        self.line(format_args!("{key}: {what} {}", model.name));
        self.below(|text| {
            text.query(&load.query);
            text.rows(model, &load.fields);
        });
    }

    fn aggregate(&mut self, key: &str, what: &str, load: &AggregateLoad) {
        let model = self.registry.model(load.query.model);
        self.line(format_args!("{key}: {what} {}", model.name));
        self.below(|text| {
            text.query(&load.query);
            text.values(&load.fields);
        });
    }

    fn values(&mut self, fields: &[PlanField<AggregateValue>]) {
        for PlanField { key, value } in fields {
            match value {
                AggregateValue::Value { value, encoder: how, nullable } => {
                    let null = if *nullable { "?" } else { "" };
                    self.line(format_args!("{key}: {} as {}{null}", expr(value), encoder(how)));
                }
                AggregateValue::Object(fields) => {
                    self.line(format_args!("{key}:"));
                    self.below(|text| text.values(fields));
                }
                AggregateValue::Typename(name) => self.line(format_args!("{key}: \"{name}\"")),
            }
        }
    }

    fn query(&mut self, query: &QuerySet) {
        if let Some(group) = query.group.as_ref().filter(|group| !group.keys.is_empty()) {
            let keys: Vec<String> = group.keys.iter().map(|(_, key)| expr(key)).collect();
            self.line(format_args!("group by {}", keys.join(", ")));
        }
        if let Some(having) = &query.having {
            self.line(format_args!("having {}", expr(having)));
        }
        if let Some(filter) = &query.filter {
            self.line(format_args!("where {}", expr(filter)));
        }
        if !query.distinct_on.is_empty() {
            let names: Vec<String> = query.distinct_on.iter().map(expr).collect();
            self.line(format_args!("distinct on {}", names.join(", ")));
        }
        if !query.order.is_empty() {
            let keys: Vec<String> = query.order.iter().map(order).collect();
            let reverse = if query.reverse { ", from the end" } else { "" };
            self.line(format_args!("order by {}{reverse}", keys.join(", ")));
        }
        if let Some(after) = &query.after {
            self.line(format_args!("after {}", position(after)));
        }
        if let Some(before) = &query.before {
            self.line(format_args!("before {}", position(before)));
        }
        if let Some(limit) = query.limit {
            self.line(format_args!("limit {}", bound(limit)));
        }
        if let Some(offset) = query.offset {
            self.line(format_args!("offset {}", bound(offset)));
        }
    }

    fn rows(&mut self, model: &'a Model, fields: &[PlanField<RowValue>]) {
        for PlanField { key, value } in fields {
            match value {
                RowValue::Column { field, encoder: how, nullable } => {
                    let null = if *nullable { "?" } else { "" };
                    self.line(format_args!("{key}: {} as {}{null}", model.field(*field).name, encoder(how)));
                }
                RowValue::Computed { value, encoder: how, nullable } => {
                    let null = if *nullable { "?" } else { "" };
                    self.line(format_args!("{key}: {} as {}{null}", expr(value), encoder(how)));
                }
                RowValue::Id => self.line(format_args!("{key}: primary key as ID")),
                RowValue::NodeId(name) => self.line(format_args!("{key}: global id of {name}")),
                RowValue::Typename(name) => self.line(format_args!("{key}: \"{name}\"")),
                RowValue::One { relation, load, nullable } => {
                    let null = if *nullable { "?" } else { "" };
                    let what = format!("one{null} by {} of", model.relation(*relation).name);
                    self.load(key, &what, load);
                }
                RowValue::Many { relation, load } => {
                    self.load(key, &format!("many by {} of", model.relation(*relation).name), load);
                }
                RowValue::Aggregate { relation, load } => {
                    let what = format!("aggregate by {} of", model.relation(*relation).name);
                    self.aggregate(key, &what, load);
                }
                RowValue::Connection { relation, connection } => {
                    let what = format!("connection by {} of", model.relation(*relation).name);
                    self.connection(key, &what, connection);
                }
            }
        }
    }

    fn connection(&mut self, key: &str, what: &str, connection: &Connection) {
        let model = self.registry.model(connection.query.model);
        self.line(format_args!("{key}: {what} {}", model.name));
        self.below(|text| {
            text.query(&connection.query);
            for PlanField { key, value } in &connection.fields {
                match value {
                    ConnectionValue::Edges(fields) => {
                        text.line(format_args!("{key}: edges"));
                        text.below(|text| text.edges(model, fields));
                    }
                    ConnectionValue::Nodes(fields) => {
                        text.line(format_args!("{key}: nodes"));
                        text.below(|text| text.rows(model, fields));
                    }
                    ConnectionValue::PageInfo(fields) => {
                        text.line(format_args!("{key}: page info"));
                        text.below(|text| text.page_info(fields));
                    }
                    ConnectionValue::Aggregate(load) => text.aggregate(key, "aggregate", load),
                    ConnectionValue::TotalCount => text.line(format_args!("{key}: total count")),
                    ConnectionValue::Typename(name) => text.line(format_args!("{key}: \"{name}\"")),
                }
            }
        });
    }

    fn edges(&mut self, model: &'a Model, fields: &[PlanField<EdgeValue>]) {
        for PlanField { key, value } in fields {
            match value {
                EdgeValue::Cursor => self.line(format_args!("{key}: cursor")),
                EdgeValue::Node(fields) => {
                    self.line(format_args!("{key}: node"));
                    self.below(|text| text.rows(model, fields));
                }
                EdgeValue::Typename(name) => self.line(format_args!("{key}: \"{name}\"")),
            }
        }
    }

    fn page_info(&mut self, fields: &[PlanField<PageInfoValue>]) {
        for PlanField { key, value } in fields {
            match value {
                PageInfoValue::HasNextPage => self.line(format_args!("{key}: has next page")),
                PageInfoValue::HasPreviousPage => self.line(format_args!("{key}: has previous page")),
                PageInfoValue::StartCursor => self.line(format_args!("{key}: start cursor")),
                PageInfoValue::EndCursor => self.line(format_args!("{key}: end cursor")),
                PageInfoValue::Typename(name) => self.line(format_args!("{key}: \"{name}\"")),
            }
        }
    }
}

fn bound(bound: Bound) -> String {
    match bound {
        Bound::Inline(number) => number.to_string(),
        Bound::Argument(index) => format!("#{index}"),
    }
}

fn position(position: &Position) -> String {
    let keys = position.0.iter().map(|key| match key {
        Some(index) => format!("#{index}"),
        None => "null".to_owned(),
    });
    format!("({})", keys.collect::<Vec<_>>().join(", "))
}

fn order(key: &OrderBy) -> String {
    let direction = if key.descending { " desc" } else { "" };
    let nulls = match (key.descending, key.nulls) {
        (false, Nulls::First) => " nulls first",
        (true, Nulls::Last) => " nulls last",
        _ => "",
    };
    format!("{}{direction}{nulls}", expr(&key.key))
}

fn encoder(encoder: &Encoder) -> String {
    match encoder {
        Encoder::Enum(names) => {
            let names: Vec<&str> = names.iter().map(|(_, name)| name.as_str()).collect();
            format!("one of {}", names.join(", "))
        }
        Encoder::Id(_) => "ID".to_owned(),
        Encoder::Array(element) => format!("list of {}", self::encoder(element)),
        Encoder::Decimal { scale } => format!("Decimal with {scale} digits after the point"),
        other => format!("{other:?}"),
    }
}

fn expr(expression: &Expr) -> String {
    match expression {
        Expr::Slot(slot) => self::slot(slot),
        Expr::Path(path) => path.join("."),
        Expr::And(parts) if parts.is_empty() => "true".to_owned(),
        Expr::Or(parts) if parts.is_empty() => "false".to_owned(),
        Expr::And(parts) => joined(parts, " and "),
        Expr::Or(parts) => joined(parts, " or "),
        Expr::Not(part) => format!("not ({})", expr(part)),
        Expr::Lookup { left, lookup, right } => {
            let mut text = format!("{} {lookup}", expr(left));
            for operand in right {
                text.push(' ');
                text.push_str(&expr(operand));
            }
            text
        }
        Expr::Call { function, arguments } => {
            let arguments: Vec<String> = arguments.iter().map(expr).collect();
            format!("{function}({})", arguments.join(", "))
        }
        Expr::Related { path, quantifier, filter } => {
            let quantifier = match quantifier {
                Quantifier::One => "one",
                Quantifier::Some => "some",
                Quantifier::Every => "every",
                Quantifier::None => "none",
            };
            format!("{quantifier}({}, {})", path.join("."), expr(filter))
        }
        Expr::Aggregate(aggregate) => {
            let mut text = format!("{}(", aggregate.function);
            if aggregate.distinct {
                text.push_str("distinct ");
            }
            let arguments: Vec<String> = aggregate.arguments.iter().map(expr).collect();
            text.push_str(if arguments.is_empty() { "*" } else { "" });
            text.push_str(&arguments.join(", "));
            text.push(')');
            if let Some(filter) = &aggregate.filter {
                text.push_str(&format!(" where ({})", expr(filter)));
            }
            text
        }
        Expr::Annotated { path, arguments } => {
            let arguments: Vec<String> =
                arguments.iter().map(|(name, value)| format!("{name} => {}", slot(value))).collect();
            format!("{}({})", path.join("."), arguments.join(", "))
        }
        // Their text is longer than it helps here.
        other => format!("{other:?}"),
    }
}

fn joined(parts: &[Expr], operator: &str) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| match part {
            Expr::And(inner) | Expr::Or(inner) if inner.len() > 1 => format!("({})", expr(part)),
            _ => expr(part),
        })
        .collect();
    parts.join(operator)
}

fn slot(slot: &Slot) -> String {
    match slot {
        Slot::Argument(index) => format!("#{index}"),
        Slot::Constant(value) => self::value(value),
        Slot::TimeZone => "request's time zone".to_owned(),
        Slot::Now => "now".to_owned(),
        Slot::Named(name) => format!(":{name}"),
        Slot::Session(name) => format!("@{name}"),
        Slot::ParentKey(index) => format!("parent's key {index}"),
    }
}

/// A value in the way of its debug form, shorter for the common ones.
fn value(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::Json(json) => format!("json {json}"),
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(self::value).collect();
            format!("[{}]", values.join(", "))
        }
        other => format!("{other:?}"),
    }
}
