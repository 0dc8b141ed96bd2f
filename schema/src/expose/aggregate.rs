//! The types of aggregates and groups: what they give, how they are filtered, how they are ordered.

use super::assembly::{Arguments, Kind};
use super::draft::{filter_kind, logical_leaf};
use super::exposure::{Aggregated, EnumUse, ExposedModel, GroupMember, InputUse, Leaf, Scalar, TypeUse};
use super::write::Writer;
use crate::names::ModelNames;
use nuages_models::bind::aggregate_type;
use nuages_models::registry::{LogicalType, ModelId};

/// What follows a model's name in the names of these types.
pub(super) const TYPES: [&str; 17] = [
    "Aggregate",
    "Sum",
    "Avg",
    "Deviation",
    "MinMax",
    "AggregateFilter",
    "SumFilter",
    "AvgFilter",
    "MinMaxFilter",
    "AggregateOrder",
    "NumberOrder",
    "MinMaxOrder",
    "Group",
    "GroupKey",
    "GroupKeyValues",
    "GroupOrder",
    "GroupKeyOrder",
];

/// One of the aggregates of values: its name in the schema and in expressions, and the suffix of its type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// The field's name.
    pub(crate) name: &'static str,
    /// What the values are made by.
    pub(crate) function: &'static str,
    object: &'static str,
    filter: Option<&'static str>,
    order: Option<&'static str>,
    doc: &'static str,
}

/// The aggregates of values, in the schema's order.
pub(crate) const PARTS: [Part; 6] = [
    Part {
        name: "sum",
        function: "sum",
        object: "Sum",
        filter: Some("SumFilter"),
        order: Some("NumberOrder"),
        doc: "The sums of values; null of no values.",
    },
    Part {
        name: "avg",
        function: "avg",
        object: "Avg",
        filter: Some("AvgFilter"),
        order: Some("NumberOrder"),
        doc: "The means of values; null of no values.",
    },
    Part {
        name: "min",
        function: "min",
        object: "MinMax",
        filter: Some("MinMaxFilter"),
        order: Some("MinMaxOrder"),
        doc: "The smallest values; null of no values.",
    },
    Part {
        name: "max",
        function: "max",
        object: "MinMax",
        filter: Some("MinMaxFilter"),
        order: Some("MinMaxOrder"),
        doc: "The largest values; null of no values.",
    },
    Part {
        name: "stddev",
        function: "stddev",
        object: "Deviation",
        filter: None,
        order: None,
        doc: "The standard deviations of values (of all of them, not of a sample); null of no values.",
    },
    Part {
        name: "variance",
        function: "variance",
        object: "Deviation",
        filter: None,
        order: None,
        doc: "The variances of values (of all of them, not of a sample); null of no values.",
    },
];

/// The part with this name.
pub(crate) fn part(name: &str) -> Option<&'static Part> {
    PARTS.iter().find(|part| part.name == name)
}

/// The type of what an aggregate makes of a value; `None` where it makes nothing of it.
pub(crate) fn part_type(part: &Part, value: &Aggregated) -> Option<(LogicalType, Leaf)> {
    // Keys and choices are names, whatever their columns hold.
    if matches!(value.leaf, Leaf::Scalar(Scalar::Id) | Leaf::Enum(_)) {
        return None;
    }
    let logical = aggregate_type(part.function, &value.logical)?;
    let leaf = logical_leaf(&logical);
    Some((logical, leaf))
}

impl Writer<'_> {
    /// The types of a model's aggregates and groups.
    pub(super) fn aggregates(&mut self, names: &ModelNames, exposed: &ExposedModel) {
        let present: Vec<&Part> = PARTS.iter().filter(|part| has_values(part, exposed)).collect();
        let doc = format!("Values made of many `{}` rows.", names.object);
        self.open_aggregate(&doc, Kind::Object, exposed.model, &names.of_aggregates("Aggregate"));
        self.aggregate_fields(names, exposed, &present);
        self.schema.close();

        let doc = format!("`{}` rows that agree on the keys, and values made of them.", names.object);
        self.open_aggregate(&doc, Kind::Object, exposed.model, &names.of_aggregates("Group"));
        let keys = format!("{}!", names.of_aggregates("GroupKeyValues"));
        self.schema.member(Some("What the rows agree on."), "key", &keys);
        self.aggregate_fields(names, exposed, &present);
        self.schema.close();

        let mut written: Vec<&str> = Vec::new();
        for part in &present {
            if written.contains(&part.object) {
                continue;
            }
            written.push(part.object);
            self.part(names, exposed, part);
        }
        self.aggregate_filter(names, exposed.model, &present);
        self.aggregate_order(names, exposed.model, &present);
        self.group_key(names, exposed);
    }

    fn open_aggregate(&mut self, doc: &str, kind: Kind, model: ModelId, name: &str) {
        self.schema.open(Some(doc), kind, name);
        if kind == Kind::Object {
            self.uses.types.insert(name.to_owned(), TypeUse::Aggregate(model));
        } else {
            self.uses.inputs.insert(name.to_owned(), InputUse::Aggregate(model));
        }
    }

    fn aggregate_fields(&mut self, names: &ModelNames, exposed: &ExposedModel, present: &[&Part]) {
        let filter = names.filter_type();
        let only = "Only of the rows for which this holds.";
        let mut arguments: Arguments = vec![self.schema.argument(Some(only), "where", &filter)];
        let of_values = arguments.clone();
        if !exposed.distinct.is_empty() {
            let doc = "Count the different values of this column that are not null.";
            arguments.insert(0, self.schema.argument(Some(doc), "distinct", &names.field_enum()));
        }
        self.schema.field(Some("The number of rows."), "count", arguments, "Int!");
        for part in present {
            let type_text = format!("{}!", names.of_aggregates(part.object));
            self.schema.field(Some(part.doc), part.name, of_values.clone(), &type_text);
        }
    }

    /// The object, the filter and the order of one kind of aggregate.
    fn part(&mut self, names: &ModelNames, exposed: &ExposedModel, part: &Part) {
        let values: Vec<(&String, Leaf)> = exposed
            .aggregated
            .iter()
            .filter_map(|(name, value)| Some((name, part_type(part, value)?.1)))
            .collect();
        let doc = format!("Values of `{}` rows, aggregated column by column.", names.object);
        self.open_aggregate(&doc, Kind::Object, exposed.model, &names.of_aggregates(part.object));
        for (name, leaf) in &values {
            let type_text = self.leaf(leaf);
            self.schema.member(None, name, &type_text);
        }
        self.schema.close();
        if let Some(filter) = part.filter {
            let doc = "Tests of aggregated values; all that are given must hold.";
            self.open_aggregate(doc, Kind::Input, exposed.model, &names.of_aggregates(filter));
            for (name, leaf) in &values {
                let kind = filter_kind(leaf);
                let Some((input, _)) = kind.names() else { continue };
                self.filters.insert(kind);
                self.schema.member(None, name, &input);
            }
            self.schema.close();
        }
        // Sums and means are of the same columns.
        if let Some(order) = part.order.filter(|_| part.name != "avg") {
            let doc = "The column whose aggregated values rows are ordered by.";
            self.open_aggregate(doc, Kind::OneOf, exposed.model, &names.of_aggregates(order));
            for (name, _) in &values {
                self.schema.member(None, name, "Direction");
            }
            self.schema.close();
        }
    }

    fn aggregate_filter(&mut self, names: &ModelNames, model: ModelId, present: &[&Part]) {
        let own = names.of_aggregates("AggregateFilter");
        let doc = format!("What must hold for values made of `{}` rows.", names.object);
        self.open_aggregate(&doc, Kind::Input, model, &own);
        self.schema.member(Some("All of these hold."), "and", &format!("[{own}!]"));
        self.schema.member(Some("At least one of these holds."), "or", &format!("[{own}!]"));
        self.schema.member(Some("This does not hold."), "not", &own);
        let doc = "Only these rows are aggregated by the members beside it.";
        self.schema.member(Some(doc), "where", &names.filter_type());
        self.filters.insert(super::FilterKind::Int);
        self.schema.member(Some("The number of rows."), "count", "IntFilter");
        for part in present {
            if let Some(filter) = part.filter {
                self.schema.member(Some(part.doc), part.name, &names.of_aggregates(filter));
            }
        }
        self.schema.close();
    }

    fn aggregate_order(&mut self, names: &ModelNames, model: ModelId, present: &[&Part]) {
        let own = names.of_aggregates("AggregateOrder");
        let doc = format!(
            "A value made of `{}` rows that others are ordered by: one member besides `where`.",
            names.object
        );
        self.open_aggregate(&doc, Kind::Input, model, &own);
        self.schema.member(Some("Only these rows are aggregated."), "where", &names.filter_type());
        self.schema.member(Some("The number of rows."), "count", "Direction");
        for part in present {
            if let Some(order) = part.order {
                self.schema.member(Some(part.doc), part.name, &names.of_aggregates(order));
            }
        }
        self.schema.close();

        let key = names.of_aggregates("GroupKeyOrder");
        self.open_aggregate("A key that groups are ordered by.", Kind::Input, model, &key);
        let by = format!("{}!", names.of_aggregates("GroupKey"));
        self.schema.member(Some("The key: one of those that the rows are grouped by."), "by", &by);
        self.schema.member(None, "direction", "Direction!");
        self.schema.close();
        let doc = format!("One key of the order of groups of `{}` rows.", names.object);
        self.open_aggregate(&doc, Kind::OneOf, model, &names.of_aggregates("GroupOrder"));
        self.schema.member(Some("By a key of the groups."), "key", &key);
        self.schema.member(Some("By a value made of the group's rows."), "aggregate", &own);
        self.schema.close();
    }

    fn group_key(&mut self, names: &ModelNames, exposed: &ExposedModel) {
        let doc = format!(
            "One value that `{}` rows are grouped by. A plain column is chosen by `true`.",
            names.object
        );
        self.open_aggregate(&doc, Kind::OneOf, exposed.model, &names.of_aggregates("GroupKey"));
        for (name, member) in &exposed.group {
            let type_text = match member {
                GroupMember::Value(value) => match value.logical {
                    LogicalType::DateTime => "DateTimeGroup".to_owned(),
                    LogicalType::Date => "DateGroup".to_owned(),
                    _ => "Boolean".to_owned(),
                },
                GroupMember::Expression => "Expr".to_owned(),
                GroupMember::ToOne(relation) => {
                    let relation = self.registry.model(exposed.model).relation(*relation);
                    let Some((target, _)) = self.target(relation) else { continue };
                    target.of_aggregates("GroupKey")
                }
            };
            self.schema.member(None, name, &type_text);
        }
        self.schema.close();

        let doc = format!(
            "What `{}` rows of a group agree on; only what they are grouped by can be asked for.",
            names.object
        );
        self.open_aggregate(&doc, Kind::Object, exposed.model, &names.of_aggregates("GroupKeyValues"));
        for (name, member) in &exposed.group {
            match member {
                GroupMember::Value(value) => {
                    let unit = match value.logical {
                        LogicalType::DateTime => Some("TimeUnit"),
                        LogicalType::Date => Some("DateUnit"),
                        _ => None,
                    };
                    let mut arguments = Arguments::new();
                    if let Some(unit) = unit {
                        self.units.insert(unit);
                        let doc = "As in the key that the rows are grouped by.";
                        arguments.push(self.schema.argument(Some(doc), "trunc", unit));
                        if unit == "TimeUnit" {
                            arguments.push(self.schema.argument(Some(doc), "tz", "String"));
                        }
                    }
                    let type_text = self.leaf(&value.leaf);
                    self.schema.field(None, name, arguments, &type_text);
                }
                GroupMember::Expression => {
                    let doc = "The expression, as in the key that the rows are grouped by.";
                    let arguments = vec![self.schema.argument(Some(doc), "expr", "Expr!")];
                    self.use_scalar("JSON");
                    self.schema.field(None, name, arguments, "JSON");
                }
                GroupMember::ToOne(relation) => {
                    let relation = self.registry.model(exposed.model).relation(*relation);
                    let Some((target, _)) = self.target(relation) else { continue };
                    self.schema.member(None, name, &target.of_aggregates("GroupKeyValues"));
                }
            }
        }
        self.schema.close();
    }

    /// The units of truncation that are used, and the keys that have one.
    pub(super) fn units(&mut self) {
        let dates: &[&str] = &["YEAR", "QUARTER", "MONTH", "WEEK", "DAY"];
        let times: &[&str] = &["YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"];
        for (unit, group, what, units) in
            [("DateUnit", "DateGroup", "date", dates), ("TimeUnit", "DateTimeGroup", "instant", times)]
        {
            if !self.units.contains(unit) {
                continue;
            }
            self.schema.open(Some(&format!("Where a {what} is cut off.")), Kind::Enum, unit);
            units.iter().for_each(|unit| self.schema.value(None, unit));
            self.schema.close();
            self.uses.enums.insert(unit.to_owned(), EnumUse::Unit);
            self.schema.open(Some(&format!("A {what} that rows are grouped by.")), Kind::Input, group);
            let doc = format!("Cut off here; the whole {what} when absent.");
            self.schema.member(Some(&doc), "trunc", unit);
            if unit == "TimeUnit" {
                let doc = "IANA name of the time zone in which it is cut off; the request's when absent.";
                self.schema.member(Some(doc), "tz", "String");
            }
            self.schema.close();
            self.uses.inputs.insert(group.to_owned(), InputUse::Unit);
        }
    }
}

fn has_values(part: &Part, exposed: &ExposedModel) -> bool {
    exposed.aggregated.values().any(|value| part_type(part, value).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_names_and_types() {
        for (index, part) in PARTS.iter().enumerate() {
            assert!(PARTS[..index].iter().all(|other| other.name != part.name), "{}", part.name);
            for suffix in [Some(part.object), part.filter, part.order].into_iter().flatten() {
                assert!(TYPES.contains(&suffix), "{suffix}");
            }
        }
    }
}
