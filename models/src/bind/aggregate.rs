//! Aggregates and windows. An aggregate is over a row's related rows, where a to-many relation stands in its arguments, or
//! over the rows of a group. One over related rows is a sub-query of its own, so two never multiply each other.

use super::binder::{Binder, Place};
use super::convert::convert;
use super::types::computed;
use super::{BoundAggregate, BoundExpr, BoundSelect, BoundWindow, Scalar, Typed, WindowCall, column};
use crate::aggregates::{self, AggregateFunction, Empty, OverMembers};
use crate::expr::{Aggregate, Expr, Window};
use crate::prepare::CompileError;
use crate::query::{Bound, OrderBy};
use crate::registry::{LogicalType, SqliteEncoding};
use crate::value::Value;
use crate::windows;

impl Binder<'_> {
    pub(super) fn aggregate(&mut self, at: Place, aggregate: &Aggregate) -> Result<Typed, CompileError> {
        let function = aggregates::named(aggregate.function)?;
        if aggregate.arguments.is_empty() && (aggregate.distinct || !aggregate.order.is_empty()) {
            return Err(CompileError::Invalid(format!(
                "`{}` of rows takes no distinct and no order; name a value that it is of",
                function.name
            )));
        }
        match self.relation_of(at, aggregate)? {
            Some(path) if self.is_group(at) => self.over_members(at, function, aggregate, &path),
            Some(path) => self.over_related(at, function, aggregate, &path),
            None if self.is_group(at) => self.over_group(at, function, aggregate),
            None => Err(CompileError::Invalid(format!(
                "`{}` is of many rows, and this is one row: name a to-many relation in it, or group the rows",
                function.name
            ))),
        }
    }

    /// Whether rows of a group are seen here, not single rows.
    fn is_group(&self, at: Place) -> bool {
        match at {
            Place::Select(frame) => self.frames[frame].group.is_some() && !self.frames[frame].in_aggregate,
            Place::Row(..) => false,
        }
    }

    /// The longest to-many path that the parts of an aggregate speak of; the others must lie on the way to it.
    fn relation_of(&self, at: Place, aggregate: &Aggregate) -> Result<Option<Vec<String>>, CompileError> {
        let mut paths = Vec::new();
        for part in parts(aggregate) {
            paths_of(part, &mut paths);
        }
        let mut longest: Option<Vec<String>> = None;
        for path in paths {
            let Some(names) = self.to_many_names(at, path) else { continue };
            let relation = &path[..names];
            let known = longest.as_deref().unwrap_or_default();
            if relation.starts_with(known) {
                longest = Some(relation.to_vec());
            } else if !known.starts_with(relation) {
                return Err(CompileError::Invalid(format!(
                    "one aggregate cannot speak of both `{}` and `{}`; use two, one for each",
                    known.join("."),
                    relation.join(".")
                )));
            }
        }
        Ok(longest)
    }

    /// A sub-query over a row's related rows.
    fn over_related(
        &mut self,
        at: Place,
        function: &'static AggregateFunction,
        aggregate: &Aggregate,
        path: &[String],
    ) -> Result<Typed, CompileError> {
        // The rows themselves are counted, and nothing of them is looked at.
        let bare = is_path(aggregate.arguments.first(), path);
        let chain = self.chain(at, path, true)?;
        let inner = Place::Select(chain.frame);
        let mut from = chain.from;
        let mut conditions = chain.conditions;
        let needed = !bare || aggregate.filter.is_some() || !aggregate.order.is_empty() || aggregate.distinct;
        if !needed && chain.spare && from.len() > 1 {
            from.pop();
        }
        let mut select = BoundSelect { link: chain.link, ..BoundSelect::default() };
        let output = if function.name == "first" {
            if let Some(filter) = &aggregate.filter {
                conditions.push(self.condition(inner, filter)?);
            }
            let value = match aggregate.arguments.as_slice() {
                [value] => self.scalar(inner, value)?,
                _ => return Err(CompileError::Invalid("`first` takes one value".to_owned())),
            };
            select.order = self.ordering(inner, &aggregate.order)?;
            let model = self.registry.model(chain.model);
            for id in &model.primary_key {
                // The first of equal rows is the same on every database.
                let key = column(chain.alias, model.field(*id));
                select.order.push(super::BoundOrder { key, descending: false, nulls_first: false });
            }
            select.limit = Some(Bound::Inline(1));
            Typed { nullable: true, ..value }
        } else {
            let bound =
                self.parts_of(inner, function, aggregate, bare.then_some((chain.alias, chain.model)))?;
            select.group = Some(Vec::new());
            bound
        };
        let frame = self.pop()?;
        from.extend(frame.scope.joins.iter().map(super::select::joined));
        select.from = from;
        select.filter = match conditions.len() {
            0 => None,
            1 => conditions.pop(),
            _ => Some(BoundExpr::And(conditions)),
        };
        let (logical, encoding, nullable) = (output.logical.clone(), output.encoding, output.nullable);
        select.columns = vec![(output, None)];
        Ok(Typed { scalar: Scalar::Select(Box::new(select)), logical, encoding, nullable })
    }

    fn over_group(
        &mut self,
        at: Place,
        function: &'static AggregateFunction,
        aggregate: &Aggregate,
    ) -> Result<Typed, CompileError> {
        if function.name == "first" {
            return Err(CompileError::Invalid(
                "`first` is of related rows; of a group take min, max or any_value".to_owned(),
            ));
        }
        let frame = at.frame();
        self.frames[frame].in_aggregate = true;
        let result = self.parts_of(at, function, aggregate, None);
        self.frames[frame].in_aggregate = false;
        result
    }

    /// An aggregate of a group over the related rows of its members: over each member first, then over the group.
    fn over_members(
        &mut self,
        at: Place,
        function: &'static AggregateFunction,
        aggregate: &Aggregate,
        path: &[String],
    ) -> Result<Typed, CompileError> {
        let unsupported = || CompileError::Unsupported {
            what: format!(
                "`{}` of the related rows `{}` of a group{}",
                function.name,
                path.join("."),
                if aggregate.distinct { " with distinct" } else { "" }
            ),
            remedy: "group the related model instead, or use count, sum, min, max or avg".to_owned(),
        };
        let (inner, outer) = match (function.over_members, aggregate.distinct) {
            (OverMembers::Same, _) => (function.name, function.name),
            (OverMembers::Sum, false) => (function.name, "sum"),
            (OverMembers::Average, false) => return self.average_over_members(at, aggregate, path),
            _ => return self.over_pairs(at, aggregate, path).unwrap_or_else(|| Err(unsupported())),
        };
        let member = Aggregate { function: inner, ..aggregate.clone() };
        let group = Aggregate {
            function: outer,
            arguments: vec![Expr::Aggregate(Box::new(member))],
            distinct: false,
            filter: None,
            order: Vec::new(),
        };
        let typed = self.over_group(at, aggregates::named(group.function)?, &group)?;
        // The sum of sums is of the type that each of them has.
        let of_member = match &typed.scalar {
            Scalar::Aggregate(whole) => whole.arguments.first().map(|member| member.logical.clone()),
            _ => None,
        };
        let typed = match of_member {
            Some(logical) if logical == LogicalType::Int64 && typed.logical != logical => {
                super::convert::cast(typed, &logical)
            }
            _ => typed,
        };
        // No member at all counts as zero.
        Ok(match function.empty {
            Empty::Zero => {
                let zero = Typed {
                    scalar: Scalar::Slot(crate::expr::Slot::Constant(Value::Int(0))),
                    logical: LogicalType::Int64,
                    encoding: SqliteEncoding::Plain,
                    nullable: false,
                };
                let whole = super::convert::cast(typed, &LogicalType::Int64);
                Typed {
                    scalar: Scalar::Call {
                        function: crate::functions::named("coalesce")?,
                        arguments: vec![whole, zero],
                    },
                    logical: LogicalType::Int64,
                    encoding: SqliteEncoding::Plain,
                    nullable: false,
                }
            }
            Empty::Null => typed,
        })
    }

    /// The average over the related rows of all members: sum and count of each, then the quotient of their sums.
    fn average_over_members(
        &mut self,
        at: Place,
        aggregate: &Aggregate,
        path: &[String],
    ) -> Result<Typed, CompileError> {
        let frame = at.frame();
        let average = aggregates::named("avg")?;
        let of_member = self.on_trial(|binder| {
            binder.frames[frame].in_aggregate = true;
            binder.over_related(at, average, aggregate, path)
        })?;
        let result = of_member.logical;
        let part = |name| Expr::Aggregate(Box::new(Aggregate { function: name, ..aggregate.clone() }));
        let whole = |of| {
            Expr::Aggregate(Box::new(Aggregate {
                function: "sum",
                arguments: vec![of],
                distinct: false,
                filter: None,
                order: Vec::new(),
            }))
        };
        // Durations are divided as they are; everything else in the average's own type.
        let as_result = |of| match &result {
            LogicalType::Float | LogicalType::Decimal { .. } => {
                Expr::Cast { of: Box::new(of), to: result.clone() }
            }
            _ => of,
        };
        let zero = Expr::constant(Value::Int(0));
        let count = Expr::call("nullif", vec![whole(part("count")), zero]);
        let quotient = Expr::call("/", vec![as_result(whole(part("sum"))), as_result(count)]);
        self.scalar(at, &as_result(quotient))
    }

    /// Arguments, filter and order of an aggregate. `rows` is the table whose rows are counted by name.
    fn parts_of(
        &mut self,
        at: Place,
        function: &'static AggregateFunction,
        aggregate: &Aggregate,
        rows: Option<(super::Alias, crate::registry::ModelId)>,
    ) -> Result<Typed, CompileError> {
        let mut arguments = Vec::with_capacity(aggregate.arguments.len());
        for (index, argument) in aggregate.arguments.iter().enumerate() {
            match rows {
                Some((alias, model)) if index == 0 => {
                    if function.name != "count" {
                        return Err(CompileError::Invalid(format!(
                            "`{}` needs a value of the related rows; only `count` counts the rows themselves",
                            function.name
                        )));
                    }
                    if !aggregate.distinct {
                        continue;
                    }
                    let model = self.registry.model(model);
                    let [only] = model.primary_key.as_slice() else {
                        return Err(CompileError::Invalid(format!(
                            "{} has a key of several columns; count one of them",
                            model.name
                        )));
                    };
                    arguments.push(column(alias, model.field(*only)));
                }
                _ => arguments.push(self.scalar(at, argument)?),
            }
        }
        let filter = match &aggregate.filter {
            Some(filter) => Some(self.condition(at, filter)?),
            None => None,
        };
        let order = self.ordering(at, &aggregate.order)?;
        if aggregate.distinct && !order.is_empty() {
            let ordered_by_itself =
                matches!(order.as_slice(), [key] if arguments.first().is_some_and(|value| *value == key.key));
            if !ordered_by_itself {
                return Err(CompileError::Invalid(format!(
                    "`{}` with distinct can be ordered by its own value only",
                    function.name
                )));
            }
        }
        applied(function, arguments, aggregate.distinct, filter, order)
    }

    pub(super) fn window(&mut self, at: Place, window: &Window) -> Result<Typed, CompileError> {
        let partition =
            window.partition.iter().map(|key| self.scalar(at, key)).collect::<Result<Vec<_>, _>>()?;
        let order = self.ordering(at, &window.order)?;
        let arguments = window
            .arguments
            .iter()
            .map(|argument| self.scalar(at, argument))
            .collect::<Result<Vec<_>, _>>()?;
        let filter = match &window.filter {
            Some(filter) => Some(self.condition(at, filter)?),
            None => None,
        };
        let (function, logical, encoding, nullable) = if let Some(function) = windows::find(window.function) {
            if filter.is_some() {
                return Err(CompileError::Invalid(format!("`{}` takes no filter", function.name)));
            }
            let rule = (function.types)(&arguments)
                .map_err(|problem| CompileError::Invalid(format!("`{}`: {problem}", function.name)))?;
            let arguments = converted(arguments, &rule.operands)?;
            let encoding = computed(&rule.result);
            (WindowCall::Function(function, arguments), rule.result, encoding, rule.nullable)
        } else {
            let function = aggregates::named(window.function)?;
            let typed = applied(function, arguments, false, filter, Vec::new())?;
            let Scalar::Aggregate(aggregate) = typed.scalar else {
                return Err(CompileError::Invalid(format!("`{}` is no window function", function.name)));
            };
            (WindowCall::Aggregate(*aggregate), typed.logical, typed.encoding, typed.nullable)
        };
        let bound = BoundWindow { function, partition, order, frame: window.frame };
        Ok(Typed { scalar: Scalar::Window(Box::new(bound)), logical, encoding, nullable })
    }
}

/// An aggregate of bound arguments.
fn applied(
    function: &'static AggregateFunction,
    arguments: Vec<Typed>,
    distinct: bool,
    filter: Option<BoundExpr>,
    order: Vec<super::BoundOrder>,
) -> Result<Typed, CompileError> {
    let rule = (function.types)(&arguments)
        .map_err(|problem| CompileError::Invalid(format!("`{}`: {problem}", function.name)))?;
    let arguments = converted(arguments, &rule.operands)?;
    let nullable = function.empty == Empty::Null;
    let encoding = rule.encoding.unwrap_or_else(|| computed(&rule.result));
    let bound = BoundAggregate { function, arguments, distinct, filter, order };
    Ok(Typed { scalar: Scalar::Aggregate(Box::new(bound)), logical: rule.result, encoding, nullable })
}

fn converted(values: Vec<Typed>, to: &[Option<LogicalType>]) -> Result<Vec<Typed>, CompileError> {
    values
        .into_iter()
        .zip(to)
        .map(|(value, to)| match to {
            Some(to) => convert(value, to),
            None => Ok(value),
        })
        .collect()
}

fn is_path(expr: Option<&Expr>, path: &[String]) -> bool {
    matches!(expr, Some(Expr::Path(given)) if given == path)
}

fn parts(aggregate: &Aggregate) -> impl Iterator<Item = &Expr> {
    aggregate
        .arguments
        .iter()
        .chain(&aggregate.filter)
        .chain(aggregate.order.iter().map(|key: &OrderBy| &key.key))
}

/// Every path that an expression speaks of in its own names.
pub(crate) fn paths_of<'e>(expr: &'e Expr, paths: &mut Vec<&'e [String]>) {
    match expr {
        Expr::Path(path) | Expr::Annotated { path, .. } => paths.push(path),
        Expr::Related { path, .. } => {
            // The last relation is tested, not read.
            if let Some((_, above)) = path.split_last()
                && !above.is_empty()
            {
                paths.push(above);
            }
        }
        Expr::Slot(_) | Expr::Outer { .. } | Expr::Query(_) | Expr::Exists(_) => {}
        Expr::InQuery { left, .. } => paths_of(left, paths),
        Expr::And(parts) | Expr::Or(parts) | Expr::Call { arguments: parts, .. } => {
            parts.iter().for_each(|part| paths_of(part, paths));
        }
        Expr::Not(part) | Expr::Cast { of: part, .. } => paths_of(part, paths),
        Expr::Lookup { left, right, .. } => {
            paths_of(left, paths);
            right.iter().for_each(|part| paths_of(part, paths));
        }
        Expr::Case { branches, otherwise } => {
            for (when, then) in branches {
                paths_of(when, paths);
                paths_of(then, paths);
            }
            if let Some(otherwise) = otherwise {
                paths_of(otherwise, paths);
            }
        }
        // An aggregate inside of another is of each row.
        Expr::Aggregate(_) => {}
        Expr::Window(window) => {
            window.arguments.iter().chain(&window.filter).chain(&window.partition).for_each(|part| {
                paths_of(part, paths);
            });
            window.order.iter().for_each(|key| paths_of(&key.key, paths));
        }
    }
}
