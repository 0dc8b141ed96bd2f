//! Aggregates and groups: what they give, conditions on them, orderings by them.

use super::Planner;
use super::input::{Given, Input};
use super::operators::Tested;
use super::selection::Selected;
use crate::error::{Code, RequestError};
use crate::expose::aggregate::{Part, part, part_type};
use crate::expose::{Aggregated, Direction, FilterKind, GroupMember, Leaf, Scalar};
use apollo_compiler::executable::{Field, SelectionSet};
use nuages_models::expr::{Aggregate, Expr, Slot};
use nuages_models::plan::{AggregateLoad, AggregateValue, Encoder, PlanField};
use nuages_models::query::{Grouping, Nulls, OrderBy, QuerySet};
use nuages_models::registry::{LogicalType, ModelId};
use nuages_models::value::Value;

/// Most aggregates over related rows in the filters and orderings of one operation: each is a sub-query of every row.
const MAX_RELATED_AGGREGATES: usize = 20;

/// What aggregates are of: the rows of a group, or the related rows at a path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Of<'p> {
    pub(super) model: ModelId,
    pub(super) path: &'p [String],
}

impl Of<'_> {
    fn aggregate(
        &self,
        function: &'static str,
        name: Option<&str>,
        distinct: bool,
        filter: Option<&Expr>,
    ) -> Expr {
        let arguments = match name {
            Some(name) => {
                let mut path = self.path.to_vec();
                path.push(name.to_owned());
                vec![Expr::Path(path)]
            }
            None if self.path.is_empty() => Vec::new(),
            None => vec![Expr::Path(self.path.to_vec())],
        };
        let filter = filter.map(|filter| filter.clone().under(self.path));
        Expr::Aggregate(Box::new(Aggregate { function, arguments, distinct, filter, order: Vec::new() }))
    }
}

impl<'a> Planner<'a> {
    /// `postsAggregate` and its like, at the root and under a row.
    pub(super) fn aggregate_load(
        &mut self,
        model: ModelId,
        selected: &Selected<'a>,
    ) -> Result<AggregateLoad, RequestError> {
        let field = selected.field();
        let query = QuerySet {
            manager: self.manager(model, field)?,
            filter: self.filter_of(model, field)?,
            ..QuerySet::all(model)
        };
        self.aggregate_of(query, selected)
    }

    /// What is selected of an aggregate over the rows of a query.
    pub(super) fn aggregate_of(
        &mut self,
        query: QuerySet,
        selected: &Selected<'a>,
    ) -> Result<AggregateLoad, RequestError> {
        let type_name = selected.field().ty().inner_named_type().as_str();
        let fields = self.aggregate_fields(query.model, type_name, &selected.below(), &[])?;
        Ok(AggregateLoad { query: QuerySet { group: Some(Grouping::default()), ..query }, fields })
    }

    /// `postsGroupBy`.
    pub(super) fn groups(
        &mut self,
        model: ModelId,
        selected: &Selected<'a>,
    ) -> Result<AggregateLoad, RequestError> {
        let field = selected.field();
        let by = self.required_argument(field, "by")?;
        let Given::Value(elements) = self.elements(&by)? else { return Err(self.missing(&by)) };
        let mut keys: Vec<(String, Expr)> = Vec::new();
        for element in &elements {
            let key = self.group_key(model, element, &[])?;
            if !keys.iter().any(|(_, known)| *known == key) {
                keys.push((format!("k{}", keys.len()), key));
            }
        }
        if keys.is_empty() {
            return Err(
                self.wrong(&by, "rows are grouped by at least one key; of all rows there is the aggregate")
            );
        }
        let of = Of { model, path: &[] };
        let having = match self.argument(field, "having") {
            Some(input) => self.aggregate_filter(of, &input)?,
            None => None,
        };
        let mut order = match self.argument(field, "orderBy") {
            Some(input) => self.group_order(model, &input, &keys)?,
            None => Vec::new(),
        };
        // Groups differ in their keys, so those make the order total.
        for (name, _) in &keys {
            let key = OrderBy::new(vec![name.clone()], false);
            if !order.iter().any(|known| known.key == key.key) {
                order.push(key);
            }
        }
        let maximum = u64::from(self.exposure.options.max_limit);
        let limit = self.rows_argument(field, "limit", Some(maximum))?.unwrap_or(self.default_limit());
        let query = QuerySet {
            manager: self.manager(model, field)?,
            filter: self.filter_of(model, field)?,
            having,
            order,
            limit: Some(limit),
            offset: self.rows_argument(field, "offset", None)?,
            group: Some(Grouping { keys: keys.clone(), row_annotations: 0 }),
            ..QuerySet::all(model)
        };
        let type_name = field.ty().inner_named_type().as_str();
        let fields = self.aggregate_fields(model, type_name, &selected.below(), &keys)?;
        Ok(AggregateLoad { query, fields })
    }

    fn aggregate_fields(
        &mut self,
        model: ModelId,
        type_name: &str,
        sets: &[&'a SelectionSet],
        keys: &[(String, Expr)],
    ) -> Result<Vec<PlanField<AggregateValue>>, RequestError> {
        let of = Of { model, path: &[] };
        let mut fields = Vec::new();
        for selected in self.select(type_name, sets)? {
            let field = selected.field();
            let value = match (field.name.as_str(), part(&field.name)) {
                ("__typename", _) => AggregateValue::Typename(type_name.to_owned()),
                ("key", _) => self.key_values(model, &selected, keys, &[])?,
                ("count", _) => {
                    let filter = self.filter_of(model, field)?;
                    let distinct = self.counted(model, field)?;
                    AggregateValue::Value {
                        value: of.aggregate(
                            "count",
                            distinct.as_deref(),
                            distinct.is_some(),
                            filter.as_ref(),
                        ),
                        encoder: Encoder::Int,
                        nullable: false,
                    }
                }
                (_, Some(part)) => {
                    let filter = self.filter_of(model, field)?;
                    self.part_values(of, part, filter.as_ref(), &selected)?
                }
                (name, None) => {
                    return Err(RequestError::internal(format_args!("{type_name} has no field {name}")));
                }
            };
            fields.push(PlanField { key: selected.key.to_owned(), value });
        }
        Ok(fields)
    }

    /// The column whose different values are counted.
    fn counted(&mut self, model: ModelId, field: &Field) -> Result<Option<String>, RequestError> {
        let Some(input) = self.argument(field, "distinct") else { return Ok(None) };
        if self.presence(&input)?.or_nothing().is_none() {
            return Ok(None);
        }
        let name = self.required_text(&input)?;
        let Some(id) = self.exposed(model)?.distinct.get(&name).copied() else {
            return Err(self.wrong(&input, "this is not a column of the model"));
        };
        Ok(Some(self.registry.model(model).field(id).name.clone()))
    }

    fn part_values(
        &mut self,
        of: Of<'_>,
        part: &'static Part,
        filter: Option<&Expr>,
        selected: &Selected<'a>,
    ) -> Result<AggregateValue, RequestError> {
        let type_name = selected.field().ty().inner_named_type().as_str();
        let mut fields = Vec::new();
        for selected in self.select(type_name, &selected.below())? {
            let name = selected.field().name.as_str();
            let value = if name == "__typename" {
                AggregateValue::Typename(type_name.to_owned())
            } else {
                let (value, logical, leaf) = self.aggregated(of.model, part, name)?;
                AggregateValue::Value {
                    value: of.aggregate(part.function, Some(&value.name), false, filter),
                    encoder: self.encoder(&leaf, &logical)?,
                    nullable: true,
                }
            };
            fields.push(PlanField { key: selected.key.to_owned(), value });
        }
        Ok(AggregateValue::Object(fields))
    }

    /// A value that an aggregate is made of, and the type of the aggregate.
    fn aggregated(
        &self,
        model: ModelId,
        part: &Part,
        name: &str,
    ) -> Result<(&'a Aggregated, LogicalType, Leaf), RequestError> {
        let exposed = self.exposed(model)?;
        let value = exposed.aggregated.get(name);
        let typed = value.and_then(|value| Some((value, part_type(part, value)?)));
        typed.map(|(value, (logical, leaf))| (value, logical, leaf)).ok_or_else(|| {
            RequestError::internal(format_args!("{} of {} has no {name}", part.name, exposed.type_name))
        })
    }

    /// The condition of an aggregate filter; `None` keeps everything.
    pub(super) fn aggregate_filter(
        &mut self,
        of: Of<'_>,
        input: &Input,
    ) -> Result<Option<Expr>, RequestError> {
        let members = match self.members(input)? {
            Given::Absent => return Ok(None),
            Given::Null => return Err(self.null_filter(input)),
            Given::Value(members) => members,
        };
        self.nested(|planner| {
            let mut rows = None;
            if let Some((_, input)) = members.iter().find(|(name, _)| name == "where") {
                rows = planner.where_filter(of.model, input)?;
            }
            let mut conditions = Vec::new();
            for (name, input) in &members {
                planner.aggregate_test(of, name, input, rows.as_ref(), &mut conditions)?;
            }
            Ok(Some(super::key::all(conditions)))
        })
    }

    fn aggregate_test(
        &mut self,
        of: Of<'_>,
        name: &str,
        input: &Input,
        rows: Option<&Expr>,
        conditions: &mut Vec<Expr>,
    ) -> Result<(), RequestError> {
        self.count_condition()?;
        match (name, part(name)) {
            ("where", _) => {}
            ("and" | "or", _) => {
                let elements = match self.elements(input)? {
                    Given::Absent => return Ok(()),
                    Given::Null => return Err(self.null_filter(input)),
                    Given::Value(elements) => elements,
                };
                let mut parts = Vec::with_capacity(elements.len());
                for element in &elements {
                    match self.aggregate_filter(of, element)? {
                        Some(part) => parts.push(part),
                        None => return Err(self.missing(element)),
                    }
                }
                conditions.push(if name == "and" { Expr::And(parts) } else { Expr::Or(parts) });
            }
            ("not", _) => {
                if let Some(part) = self.aggregate_filter(of, input)? {
                    conditions.push(Expr::Not(Box::new(part)));
                }
            }
            ("count", _) => {
                self.count_related(of)?;
                let left = of.aggregate("count", None, false, rows);
                let tested = Tested::of(left, &LogicalType::Int32);
                self.tests(FilterKind::Int, &tested, input, conditions)?;
            }
            (_, Some(part)) => {
                let members = match self.members(input)? {
                    Given::Absent => return Ok(()),
                    Given::Null => return Err(self.null_filter(input)),
                    Given::Value(members) => members,
                };
                for (name, input) in &members {
                    self.count_related(of)?;
                    let (value, logical, leaf) = self.aggregated(of.model, part, name)?;
                    let left = of.aggregate(part.function, Some(&value.name), false, rows);
                    let tested = Tested::of(left, &logical);
                    self.tests(crate::expose::filter_kind(&leaf), &tested, input, conditions)?;
                }
            }
            (name, None) => {
                return Err(RequestError::internal(format_args!("an aggregate has no test {name}")));
            }
        }
        Ok(())
    }

    /// A key of an ordering by a value made of rows.
    pub(super) fn aggregate_order(
        &mut self,
        of: Of<'_>,
        input: &Input,
        keys: &mut Vec<OrderBy>,
    ) -> Result<(), RequestError> {
        let Given::Value(members) = self.members(input)? else { return Err(self.missing(input)) };
        let mut rows = None;
        if let Some((_, input)) = members.iter().find(|(name, _)| name == "where") {
            rows = self.where_filter(of.model, input)?;
        }
        let mut given = Vec::new();
        for (name, input) in members.iter().filter(|(name, _)| name != "where") {
            if self.presence(input)?.or_nothing().is_some() {
                given.push((name, input));
            }
        }
        let [(name, input)] = given.as_slice() else {
            return Err(self.wrong(
                input,
                "exactly one value to order by is needed besides `where`; further ones are further elements of the list",
            ));
        };
        self.count_related(of)?;
        let (key, direction) = match part(name) {
            None => (of.aggregate("count", None, false, rows.as_ref()), self.direction(input)?),
            Some(part) => {
                let Given::Value(members) = self.members(input)? else { return Err(self.missing(input)) };
                let [(name, direction)] = members.as_slice() else {
                    return Err(self.wrong(input, "exactly one column is needed"));
                };
                let (value, ..) = self.aggregated(of.model, part, name)?;
                (
                    of.aggregate(part.function, Some(&value.name), false, rows.as_ref()),
                    self.direction(direction)?,
                )
            }
        };
        keys.push(order_key(key, direction));
        Ok(())
    }

    fn group_order(
        &mut self,
        model: ModelId,
        input: &Input,
        groups: &[(String, Expr)],
    ) -> Result<Vec<OrderBy>, RequestError> {
        let mut keys = Vec::new();
        let Some(elements) = self.elements(input)?.or_nothing() else { return Ok(keys) };
        for element in &elements {
            let Given::Value(members) = self.members(element)? else { return Err(self.missing(element)) };
            let [(name, value)] = members.as_slice() else {
                return Err(self.wrong(element, "exactly one key is needed"));
            };
            if name == "aggregate" {
                self.aggregate_order(Of { model, path: &[] }, value, &mut keys)?;
                continue;
            }
            let Given::Value(members) = self.members(value)? else { return Err(self.missing(value)) };
            let find = |wanted: &str| members.iter().find(|(name, _)| name == wanted).map(|(_, input)| input);
            let (Some(by), Some(direction)) = (find("by"), find("direction")) else {
                return Err(self.missing(value));
            };
            let key = self.group_key(model, by, &[])?;
            let name = self.known_key(&key, groups).ok_or_else(|| self.wrong(by, NOT_GROUPED))?;
            keys.push(order_key(Expr::name(name), self.direction(direction)?));
        }
        Ok(keys)
    }

    fn known_key(&self, key: &Expr, groups: &[(String, Expr)]) -> Option<String> {
        groups.iter().find(|(_, known)| known == key).map(|(name, _)| name.clone())
    }

    /// The value of a member of a group key input.
    fn group_key(&mut self, model: ModelId, input: &Input, above: &[String]) -> Result<Expr, RequestError> {
        let Given::Value(members) = self.members(input)? else { return Err(self.missing(input)) };
        let [(name, value)] = members.as_slice() else {
            return Err(
                self.wrong(input, "exactly one key is needed; further keys are further elements of the list")
            );
        };
        let exposed = self.exposed(model)?;
        match exposed.group.get(name) {
            Some(GroupMember::ToOne(id)) => {
                let relation = self.registry.model(model).relation(*id);
                let mut path = above.to_vec();
                path.push(relation.name.clone());
                self.nested(|planner| planner.group_key(relation.target, value, &path))
            }
            Some(GroupMember::Value(of)) => {
                if matches!(of.logical, LogicalType::Date | LogicalType::DateTime) {
                    let Given::Value(members) = self.members(value)? else { return Err(self.missing(value)) };
                    let find = |wanted: &str| {
                        members.iter().find(|(name, _)| name == wanted).map(|(_, input)| input.clone())
                    };
                    let (trunc, zone) = (find("trunc"), find("tz"));
                    return self.truncated(of, above, trunc.as_ref(), zone.as_ref());
                }
                if !self.required_boolean(value)? {
                    return Err(self.wrong(value, "a column is chosen by `true`; leave the others out"));
                }
                Ok(value_at(of, above))
            }
            Some(GroupMember::Expression) => Ok(self.client_expression(model, value)?.under(above)),
            None => {
                Err(RequestError::internal(format_args!("{} has no group key {name}", exposed.type_name)))
            }
        }
    }

    /// A date or an instant, cut off where it is said.
    fn truncated(
        &mut self,
        of: &Aggregated,
        above: &[String],
        trunc: Option<&Input>,
        zone: Option<&Input>,
    ) -> Result<Expr, RequestError> {
        let value = value_at(of, above);
        let Some(trunc) = trunc else { return Ok(value) };
        if self.presence(trunc)?.or_nothing().is_none() {
            return Ok(value);
        }
        let Some(function) = nuages_models::functions::find("trunc") else {
            return Err(RequestError::new(Code::Unsupported, "dates cannot be cut off yet"));
        };
        let unit = self.required_text(trunc)?.to_lowercase();
        let mut arguments = vec![value, Expr::constant(Value::Text(unit))];
        if of.logical == LogicalType::DateTime {
            let zone = match zone {
                Some(zone) => self.zone_slot(zone)?,
                None => Slot::TimeZone,
            };
            arguments.push(Expr::Slot(zone));
        }
        Ok(Expr::call(function.name, arguments))
    }

    /// `key { … }`: each must be one that the rows are grouped by.
    fn key_values(
        &mut self,
        model: ModelId,
        selected: &Selected<'a>,
        groups: &[(String, Expr)],
        above: &[String],
    ) -> Result<AggregateValue, RequestError> {
        let type_name = selected.field().ty().inner_named_type().as_str();
        let exposed = self.exposed(model)?;
        let mut fields = Vec::new();
        for selected in self.select(type_name, &selected.below())? {
            let field = selected.field();
            let value = match (field.name.as_str(), exposed.group.get(field.name.as_str())) {
                ("__typename", _) => AggregateValue::Typename(type_name.to_owned()),
                (_, Some(GroupMember::ToOne(id))) => {
                    let relation = self.registry.model(model).relation(*id);
                    let mut path = above.to_vec();
                    path.push(relation.name.clone());
                    self.nested(|planner| planner.key_values(relation.target, &selected, groups, &path))?
                }
                (_, Some(GroupMember::Value(of))) => {
                    let (trunc, zone) = (self.argument(field, "trunc"), self.argument(field, "tz"));
                    let key = self.truncated(of, above, trunc.as_ref(), zone.as_ref())?;
                    let name = self.known_key(&key, groups).ok_or_else(|| {
                        RequestError::bad_input(format!("`{}`: {NOT_GROUPED}", field.name))
                            .located(field.location(), self.sources())
                    })?;
                    let leaf = match &of.leaf {
                        Leaf::Scalar(Scalar::Id) => Leaf::Scalar(Scalar::Id),
                        leaf => leaf.clone(),
                    };
                    AggregateValue::Value {
                        value: Expr::name(name),
                        encoder: self.encoder(&leaf, &of.logical)?,
                        nullable: true,
                    }
                }
                (_, Some(GroupMember::Expression)) => {
                    let written = self.required_argument(field, "expr")?;
                    let key = self.client_expression(model, &written)?.under(above);
                    let name =
                        self.known_key(&key, groups).ok_or_else(|| self.wrong(&written, NOT_GROUPED))?;
                    let (logical, _) = nuages_models::bind::expression_type(self.registry, model, &[], &key)
                        .map_err(RequestError::internal)?;
                    let leaf = crate::expose::logical_leaf(&logical);
                    AggregateValue::Value {
                        value: Expr::name(name),
                        encoder: self.encoder(&leaf, &logical)?,
                        nullable: true,
                    }
                }
                (name, None) => {
                    return Err(RequestError::internal(format_args!("{type_name} has no field {name}")));
                }
            };
            fields.push(PlanField { key: selected.key.to_owned(), value });
        }
        Ok(AggregateValue::Object(fields))
    }

    /// Counts an aggregate over related rows.
    fn count_related(&mut self, of: Of<'_>) -> Result<(), RequestError> {
        if of.path.is_empty() {
            return Ok(());
        }
        self.related_aggregates += 1;
        if self.related_aggregates <= MAX_RELATED_AGGREGATES {
            return Ok(());
        }
        Err(RequestError::new(
            Code::LimitExceeded,
            format!(
                "one operation may filter and order by at most {MAX_RELATED_AGGREGATES} aggregates of related rows"
            ),
        ))
    }
}

const NOT_GROUPED: &str = "the rows are not grouped by this; add it to `by`, with the same arguments";

fn value_at(of: &Aggregated, above: &[String]) -> Expr {
    let mut path = above.to_vec();
    path.push(of.name.clone());
    Expr::Path(path)
}

pub(super) fn order_key(key: Expr, direction: Direction) -> OrderBy {
    let nulls = if direction.nulls_first { Nulls::First } else { Nulls::Last };
    OrderBy { key, descending: direction.descending, nulls }
}
