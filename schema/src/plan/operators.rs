//! Filter inputs of scalars: operators to lookups and transforms.

use super::Planner;
use super::arguments::{ArgumentSource, Form, check_time_zone, has_variables, value_of_literal};
use super::input::{Given, Input};
use super::key::form_of;
use super::node_id::comparable;
use crate::error::RequestError;
use crate::expose::{ChoiceEnum, Exposure, FilterKind, Leaf, Operator};
use apollo_compiler::ast::Value as Literal;
use nuages_models::expr::{Expr, Slot};
use nuages_models::registry::{Field, LogicalType};
use nuages_models::value::{Value, from_json};

/// What the operators of a filter input test.
#[derive(Debug, Clone)]
pub(super) struct Tested<'e> {
    left: Expr,
    /// The type of operands.
    logical: LogicalType,
    form: Form,
    choices: Option<&'e ChoiceEnum>,
    /// Whether the value tested is an instant, whose parts need a time zone.
    instant: bool,
}

impl<'e> Tested<'e> {
    /// A column, by how the schema shows it.
    pub(super) fn column(exposure: &'e Exposure, field: &Field, leaf: Option<&Leaf>) -> Self {
        let choices = match leaf {
            Some(Leaf::Enum(name)) => exposure.choices(name),
            _ => None,
        };
        Self {
            left: Expr::Path(vec![field.name.clone()]),
            logical: comparable(&field.logical).into_owned(),
            form: form_of(leaf),
            choices,
            instant: field.logical == LogicalType::DateTime,
        }
    }

    /// A computed value of a type.
    pub(super) fn of(left: Expr, logical: &LogicalType) -> Self {
        Self {
            left,
            logical: comparable(logical).into_owned(),
            form: Form::Plain,
            choices: None,
            instant: *logical == LogicalType::DateTime,
        }
    }

    /// The one column of a primary key, given as an `ID`.
    pub(super) fn key(field: &Field) -> Self {
        Self {
            left: Expr::Path(vec![field.name.clone()]),
            logical: comparable(&field.logical).into_owned(),
            form: Form::Id,
            choices: None,
            instant: false,
        }
    }

    /// A value computed from this one.
    fn transformed(&self, function: &'static str, arguments: Vec<Slot>, logical: LogicalType) -> Self {
        Self {
            left: Expr::call(
                function,
                std::iter::once(self.left.clone()).chain(arguments.into_iter().map(Expr::Slot)).collect(),
            ),
            logical: comparable(&logical).into_owned(),
            form: Form::Plain,
            choices: None,
            instant: false,
        }
    }

    /// What the operators of texts look at: an IP address is tested as it is written.
    fn text(&self) -> Self {
        match self.logical {
            LogicalType::IpAddress => self.transformed("address_text", Vec::new(), LogicalType::Text),
            _ => self.clone(),
        }
    }

    /// As [`Tested::text`], with a regular expression for its operand.
    fn pattern(&self) -> Self {
        Self { form: Form::Pattern, ..self.text() }
    }

    fn lookup(&self, lookup: &'static str, right: Vec<Slot>) -> Expr {
        Expr::lookup(self.left.clone(), lookup, right.into_iter().map(Expr::Slot).collect())
    }

    fn equal(&self, operand: Slot) -> Expr {
        let lookup = if self.logical == LogicalType::Json { "json_exact" } else { "exact" };
        self.lookup(lookup, vec![operand])
    }

    fn is_null(&self) -> Expr {
        self.lookup("isnull", Vec::new())
    }
}

impl Planner<'_> {
    /// The tests of a filter input of a scalar, appended in the order in which they were given.
    pub(super) fn tests(
        &mut self,
        kind: FilterKind,
        tested: &Tested<'_>,
        input: &Input,
        conditions: &mut Vec<Expr>,
    ) -> Result<(), RequestError> {
        match self.members(input)? {
            Given::Absent => Ok(()),
            Given::Null => Err(self.null_filter(input)),
            Given::Value(members) if kind == FilterKind::JsonPath => {
                self.place_tests(tested, input, &members, conditions)
            }
            Given::Value(members) => self.nested(|planner| {
                let zone = planner.zone(kind, &members)?;
                planner.each_test(kind, tested, &zone, &members, conditions)
            }),
        }
    }

    fn each_test(
        &mut self,
        kind: FilterKind,
        tested: &Tested<'_>,
        zone: &Slot,
        members: &[(String, Input)],
        conditions: &mut Vec<Expr>,
    ) -> Result<(), RequestError> {
        for (name, operand) in members {
            let Some(spec) = self.exposure.operator(kind, name) else {
                return Err(RequestError::internal(format_args!("{kind:?} has no operator {name}")));
            };
            if matches!(spec.operator, Operator::Tz | Operator::Keys) {
                continue;
            }
            match self.presence(operand)? {
                Given::Absent => continue,
                Given::Null => return Err(self.null_operand(name, operand)),
                Given::Value(()) => {}
            }
            self.test(kind, spec.operator, tested, zone, operand, conditions)?;
        }
        Ok(())
    }

    fn test(
        &mut self,
        kind: FilterKind,
        operator: Operator,
        tested: &Tested<'_>,
        zone: &Slot,
        operand: &Input,
        conditions: &mut Vec<Expr>,
    ) -> Result<(), RequestError> {
        let condition = match operator {
            Operator::Eq => tested.equal(self.operand(tested, operand)?),
            Operator::Ne => Expr::Not(Box::new(tested.equal(self.operand(tested, operand)?))),
            Operator::Lt => self.compared(tested, "lt", operand)?,
            Operator::Lte => self.compared(tested, "lte", operand)?,
            Operator::Gt => self.compared(tested, "gt", operand)?,
            Operator::Gte => self.compared(tested, "gte", operand)?,
            Operator::In => self.among(tested, operand)?,
            Operator::NotIn => Expr::Not(Box::new(self.among(tested, operand)?)),
            Operator::IsNull => {
                let absent = match kind {
                    // At a place inside of a document JSON's null counts as nothing.
                    FilterKind::JsonPath => {
                        let null = Slot::Constant(Value::Json("null".to_owned()));
                        Expr::Or(vec![tested.is_null(), tested.equal(null)])
                    }
                    _ => tested.is_null(),
                };
                if self.required_boolean(operand)? { absent } else { Expr::Not(Box::new(absent)) }
            }
            Operator::Exists => {
                let absent = tested.is_null();
                if self.required_boolean(operand)? { Expr::Not(Box::new(absent)) } else { absent }
            }
            Operator::Range => self.between(tested, operand)?,
            Operator::IEq => self.compared(&tested.text(), "iexact", operand)?,
            Operator::Contains if tested.logical == LogicalType::Json => {
                self.compared(tested, "json_contains", operand)?
            }
            Operator::Contains => self.compared(&tested.text(), "contains", operand)?,
            Operator::IContains => self.compared(&tested.text(), "icontains", operand)?,
            Operator::StartsWith => self.compared(&tested.text(), "startswith", operand)?,
            Operator::IStartsWith => self.compared(&tested.text(), "istartswith", operand)?,
            Operator::EndsWith => self.compared(&tested.text(), "endswith", operand)?,
            Operator::IEndsWith => self.compared(&tested.text(), "iendswith", operand)?,
            Operator::Regex => self.compared(&tested.pattern(), "regex", operand)?,
            Operator::IRegex => self.compared(&tested.pattern(), "iregex", operand)?,
            Operator::HasKey => {
                let key = self.value_slot(operand, &LogicalType::Text, Form::Plain)?;
                tested.lookup("has_key", vec![key])
            }
            Operator::HasKeys => {
                tested.lookup("has_keys", vec![self.list_slot(operand, &LogicalType::Text, Form::Plain)?])
            }
            Operator::HasAnyKeys => {
                tested.lookup("has_any_keys", vec![self.list_slot(operand, &LogicalType::Text, Form::Plain)?])
            }
            Operator::Length => {
                let length = tested.text().transformed("length", Vec::new(), LogicalType::Int32);
                return self.tests(FilterKind::Int, &length, operand, conditions);
            }
            Operator::Path => {
                let Given::Value(places) = self.elements(operand)? else { return Err(self.missing(operand)) };
                for place in &places {
                    if let Given::Absent | Given::Null = self.presence(place)? {
                        return Err(self.missing(place));
                    }
                    self.tests(FilterKind::JsonPath, tested, place, conditions)?;
                }
                return Ok(());
            }
            Operator::Text | Operator::Number => {
                let (function, kind, logical) = match operator {
                    Operator::Text => ("json_text", FilterKind::String, LogicalType::Text),
                    _ => ("json_number", FilterKind::Float, LogicalType::Float),
                };
                let Expr::Call { arguments, .. } = &tested.left else {
                    return Err(RequestError::internal("a place of a document without its path"));
                };
                let part = Tested {
                    left: Expr::call(function, arguments.clone()),
                    ..tested.transformed(function, Vec::new(), logical)
                };
                return self.tests(kind, &part, operand, conditions);
            }
            Operator::Date
            | Operator::Time
            | Operator::Year
            | Operator::Month
            | Operator::Day
            | Operator::Week
            | Operator::WeekDay
            | Operator::IsoWeekDay
            | Operator::IsoYear
            | Operator::Quarter
            | Operator::Hour
            | Operator::Minute
            | Operator::Second => {
                let (transform, kind, logical) = part(operator);
                let arguments = if tested.instant { vec![zone.clone()] } else { Vec::new() };
                let part = tested.transformed(transform, arguments, logical);
                return self.tests(kind, &part, operand, conditions);
            }
            // They qualify the tests beside them, see `zone` and `place_tests`.
            Operator::Tz | Operator::Keys => return Ok(()),
        };
        conditions.push(condition);
        Ok(())
    }

    /// The tests of one place inside of a document.
    fn place_tests(
        &mut self,
        tested: &Tested<'_>,
        input: &Input,
        members: &[(String, Input)],
        conditions: &mut Vec<Expr>,
    ) -> Result<(), RequestError> {
        let keys = members.iter().find(|(name, _)| {
            self.exposure
                .operator(FilterKind::JsonPath, name)
                .is_some_and(|spec| spec.operator == Operator::Keys)
        });
        let Some((_, keys)) = keys else { return Err(self.missing(input)) };
        let Given::Value(keys) = self.elements(keys)? else { return Err(self.missing(keys)) };
        let keys = keys.iter().map(|key| self.required_text(key)).collect::<Result<Vec<_>, _>>()?;
        let path = from_json(&LogicalType::Json, &serde_json::Value::from(keys))
            .map_err(|problem| self.wrong(input, problem))?;
        let place = tested.transformed("json_path", vec![Slot::Constant(path)], LogicalType::Json);
        self.nested(|planner| {
            planner.each_test(FilterKind::JsonPath, &place, &Slot::TimeZone, members, conditions)
        })
    }

    /// The time zone of the parts of an instant: that of `tz` beside them, or the request's.
    fn zone(&mut self, kind: FilterKind, members: &[(String, Input)]) -> Result<Slot, RequestError> {
        let given = members.iter().find(|(name, _)| {
            self.exposure.operator(kind, name).is_some_and(|spec| spec.operator == Operator::Tz)
        });
        match given {
            Some((_, input)) => self.zone_slot(input),
            None => Ok(Slot::TimeZone),
        }
    }

    /// A time zone that is given; the request's when it is absent or null.
    pub(super) fn zone_slot(&mut self, input: &Input) -> Result<Slot, RequestError> {
        match self.presence(input)? {
            Given::Absent | Given::Null => Ok(Slot::TimeZone),
            Given::Value(()) => match input {
                Input::Literal(literal) => {
                    let Literal::String(name) = literal.as_ref() else {
                        return Err(self.wrong(input, "the name of a time zone is needed here"));
                    };
                    check_time_zone(name).map_err(|problem| self.wrong(input, problem))?;
                    Ok(Slot::Constant(Value::Text(name.clone())))
                }
                Input::Variable(_) => {
                    let source = ArgumentSource::TimeZone { input: input.clone() };
                    Ok(Slot::Argument(self.argument_slot(source)?))
                }
            },
        }
    }

    fn compared(
        &mut self,
        tested: &Tested<'_>,
        lookup: &'static str,
        operand: &Input,
    ) -> Result<Expr, RequestError> {
        let operand = self.operand(tested, operand)?;
        Ok(tested.lookup(lookup, vec![operand]))
    }

    fn between(&mut self, tested: &Tested<'_>, operand: &Input) -> Result<Expr, RequestError> {
        let Given::Value(bounds) = self.elements(operand)? else { return Err(self.missing(operand)) };
        let [from, to] = bounds.as_slice() else {
            let given = bounds.len();
            return Err(self
                .wrong(operand, format_args!("a range has two bounds, [from, to], and {given} are given")));
        };
        for bound in [from, to] {
            if let Given::Absent | Given::Null = self.presence(bound)? {
                return Err(self.null_operand("range", bound));
            }
        }
        let right = vec![self.operand(tested, from)?, self.operand(tested, to)?];
        Ok(tested.lookup("range", right))
    }

    /// Membership of a list.
    fn among(&mut self, tested: &Tested<'_>, operand: &Input) -> Result<Expr, RequestError> {
        if tested.choices.is_none() {
            let list = self.list_slot(operand, &tested.logical, tested.form)?;
            return Ok(tested.lookup("in", vec![list]));
        }
        let Given::Value(elements) = self.elements(operand)? else { return Err(self.missing(operand)) };
        let mut slots = Vec::with_capacity(elements.len());
        for element in &elements {
            if let Given::Absent | Given::Null = self.presence(element)? {
                return Err(self.null_operand("in", element));
            }
            slots.push(self.operand(tested, element)?);
        }
        let values = slots
            .into_iter()
            .filter_map(|slot| match slot {
                Slot::Constant(value) => Some(value),
                _ => None,
            })
            .collect();
        Ok(tested.lookup("in", vec![Slot::Constant(Value::Array(values))]))
    }

    /// The slot of an operand that is there. Enum values and booleans are part of the plan.
    pub(super) fn operand(&mut self, tested: &Tested<'_>, input: &Input) -> Result<Slot, RequestError> {
        if let Some(choices) = tested.choices {
            let name = self.required_text(input)?;
            let Some(stored) = choices.values.get(&name) else {
                return Err(self.wrong(input, format_args!("`{name}` is not one of the choices")));
            };
            let value = from_json(&tested.logical, stored)
                .map_err(|problem| RequestError::internal(format_args!("a choice is no value: {problem}")))?;
            return Ok(Slot::Constant(value));
        }
        if tested.logical == LogicalType::Boolean {
            return Ok(Slot::Constant(Value::Boolean(self.required_boolean(input)?)));
        }
        self.value_slot(input, &tested.logical, tested.form)
    }

    /// The slot of a list of values.
    fn list_slot(&mut self, input: &Input, logical: &LogicalType, form: Form) -> Result<Slot, RequestError> {
        if let Input::Literal(literal) = input
            && !has_variables(literal)
        {
            let elements = match literal.as_ref() {
                Literal::List(elements) => elements.as_slice(),
                _ => std::slice::from_ref(literal),
            };
            let values = elements
                .iter()
                .map(|element| match value_of_literal(element, logical, form, None) {
                    Ok(Value::Null) => Err(self.missing(&Input::of(element))),
                    Ok(value) => Ok(value),
                    Err(problem) => Err(self.wrong(&Input::of(element), problem)),
                })
                .collect::<Result<_, _>>()?;
            return Ok(Slot::Constant(Value::Array(values)));
        }
        let source = ArgumentSource::List { input: input.clone(), logical: logical.clone(), form };
        Ok(Slot::Argument(self.argument_slot(source)?))
    }
}

/// The transform of an operator on a part of a date or time, and the filter of what it gives.
fn part(operator: Operator) -> (&'static str, FilterKind, LogicalType) {
    let number = |name| (name, FilterKind::Int, LogicalType::Int32);
    match operator {
        Operator::Date => ("date", FilterKind::Date, LogicalType::Date),
        Operator::Time => ("time", FilterKind::Time, LogicalType::Time),
        Operator::Year => number("year"),
        Operator::Month => number("month"),
        Operator::Day => number("day"),
        Operator::Week => number("week"),
        Operator::WeekDay => number("week_day"),
        Operator::IsoWeekDay => number("iso_week_day"),
        Operator::IsoYear => number("iso_year"),
        Operator::Quarter => number("quarter"),
        Operator::Hour => number("hour"),
        Operator::Minute => number("minute"),
        _ => number("second"),
    }
}
