//! Lists and connections: filter, ordering, limits, cursors.

use super::Planner;
use super::arguments::ArgumentSource;
use super::input::Input;
use super::order::default_order;
use super::selection::Selected;
use crate::error::RequestError;
use crate::expose::ConnectionField;
use crate::operation::variables::{Answer, Question, VariablePath, open_cursor, row_count};
use apollo_compiler::ast::Value as Literal;
use apollo_compiler::executable::{Field, SelectionSet};
use apollo_compiler::response::serde_json_bytes::Value as Json;
use nuages_models::cursor::fingerprint;
use nuages_models::expr::{Expr, Slot};
use nuages_models::plan::{Connection, ConnectionValue, EdgeValue, PageInfoValue, PlanField};
use nuages_models::query::{Bound, OrderBy, Position, QuerySet, Scope, complete_order};
use nuages_models::registry::{FieldId, Manager, ModelId};

impl<'a> Planner<'a> {
    /// The query of a list field from its arguments.
    pub(super) fn list_query(&mut self, model: ModelId, field: &Field) -> Result<QuerySet, RequestError> {
        let definition = self.registry.model(model);
        let manager = self.manager(model, field)?;
        let filter = self.filter_of(model, field)?;
        let given = match self.argument(field, "orderBy") {
            Some(input) => self.order_by(model, &input)?,
            None => None,
        };
        let distinct_on = self.distinct_on(model, field)?;
        let order = match given {
            Some(order) => {
                self.check_distinct_leads(model, field, &distinct_on, &order)?;
                order
            }
            None => {
                let fields = distinct_on.iter().map(|id| definition.field(*id).name.clone());
                let mut order: Vec<OrderBy> = fields.map(|name| OrderBy::new(vec![name], false)).collect();
                order.extend(self.default_order_of(model, manager));
                order
            }
        };
        let maximum = u64::from(self.exposure.options.max_limit);
        let limit = self.rows_argument(field, "limit", Some(maximum))?;
        let offset = self.rows_argument(field, "offset", None)?;
        Ok(QuerySet {
            manager,
            filter,
            order: complete_order(definition, &order),
            distinct_on: distinct_on
                .iter()
                .map(|id| Expr::name(definition.field(*id).name.clone()))
                .collect(),
            limit: Some(limit.unwrap_or(self.default_limit())),
            offset: offset.filter(|offset| *offset != Bound::Inline(0)),
            ..QuerySet::all(model)
        })
    }

    /// A connection field: its page and what is selected of it.
    pub(super) fn connection(
        &mut self,
        model: ModelId,
        selected: &Selected<'a>,
    ) -> Result<Connection, RequestError> {
        let field = selected.field();
        let definition = self.registry.model(model);
        let manager = self.manager(model, field)?;
        let filter = self.filter_of(model, field)?;
        let given = match self.argument(field, "orderBy") {
            Some(input) => self.order_by(model, &input)?,
            None => None,
        };
        let order = given.unwrap_or_else(|| self.default_order_of(model, manager));
        let order = complete_order(definition, &order);
        let fingerprint = fingerprint(&definition.name, &order, &self.order_values(&order)?);

        let maximum = u64::from(self.exposure.options.max_limit);
        let first = self.rows_argument(field, "first", Some(maximum))?;
        let last = self.rows_argument(field, "last", Some(maximum))?;
        if first.is_some() && last.is_some() {
            return Err(RequestError::bad_input(format!(
                "`first` and `last` of `{}` exclude each other; give one of them",
                field.name
            )));
        }
        let query = QuerySet {
            manager,
            filter,
            limit: Some(first.or(last).unwrap_or(self.default_limit())),
            after: self.position(model, field, "after", fingerprint, &order)?,
            before: self.position(model, field, "before", fingerprint, &order)?,
            reverse: last.is_some(),
            order,
            ..QuerySet::all(model)
        };
        let fields = self.connection_fields(&query, &selected.below(), field)?;
        Ok(Connection { query, fingerprint, fields })
    }

    fn connection_fields(
        &mut self,
        query: &QuerySet,
        sets: &[&'a SelectionSet],
        field: &Field,
    ) -> Result<Vec<PlanField<ConnectionValue>>, RequestError> {
        let model = query.model;
        let type_name = field.ty().inner_named_type().as_str();
        let mut fields = Vec::new();
        for selected in self.select(type_name, sets)? {
            let field = selected.field();
            let below = selected.below();
            let value = match (field.name.as_str(), ConnectionField::named(&field.name)) {
                ("__typename", _) => ConnectionValue::Typename(type_name.to_owned()),
                (_, Some(ConnectionField::Edges)) => ConnectionValue::Edges(self.edge(model, &below, field)?),
                (_, Some(ConnectionField::Nodes)) => ConnectionValue::Nodes(self.rows(model, &below)?),
                (_, Some(ConnectionField::PageInfo)) => {
                    ConnectionValue::PageInfo(self.page_info(&below, field)?)
                }
                (_, Some(ConnectionField::TotalCount)) => ConnectionValue::TotalCount,
                (_, Some(ConnectionField::Aggregate)) => {
                    let whole = QuerySet {
                        manager: query.manager,
                        filter: query.filter.clone(),
                        ..QuerySet::all(model)
                    };
                    ConnectionValue::Aggregate(Box::new(self.aggregate_of(whole, &selected)?))
                }
                (name, None) => {
                    return Err(RequestError::internal(format_args!("{type_name} has no field {name}")));
                }
            };
            fields.push(PlanField { key: selected.key.to_owned(), value });
        }
        Ok(fields)
    }

    fn edge(
        &mut self,
        model: ModelId,
        sets: &[&'a SelectionSet],
        field: &Field,
    ) -> Result<Vec<PlanField<EdgeValue>>, RequestError> {
        let type_name = field.ty().inner_named_type().as_str();
        let mut fields = Vec::new();
        for selected in self.select(type_name, sets)? {
            let value = match selected.field().name.as_str() {
                "__typename" => EdgeValue::Typename(type_name.to_owned()),
                "cursor" => EdgeValue::Cursor,
                "node" => EdgeValue::Node(self.rows(model, &selected.below())?),
                name => return Err(RequestError::internal(format_args!("{type_name} has no field {name}"))),
            };
            fields.push(PlanField { key: selected.key.to_owned(), value });
        }
        Ok(fields)
    }

    fn page_info(
        &mut self,
        sets: &[&'a SelectionSet],
        field: &Field,
    ) -> Result<Vec<PlanField<PageInfoValue>>, RequestError> {
        let type_name = field.ty().inner_named_type().as_str();
        let mut fields = Vec::new();
        for selected in self.select(type_name, sets)? {
            let value = match selected.field().name.as_str() {
                "__typename" => PageInfoValue::Typename(type_name.to_owned()),
                "hasNextPage" => PageInfoValue::HasNextPage,
                "hasPreviousPage" => PageInfoValue::HasPreviousPage,
                "startCursor" => PageInfoValue::StartCursor,
                "endCursor" => PageInfoValue::EndCursor,
                name => return Err(RequestError::internal(format_args!("{type_name} has no field {name}"))),
            };
            fields.push(PlanField { key: selected.key.to_owned(), value });
        }
        Ok(fields)
    }

    pub(super) fn default_limit(&self) -> Bound {
        Bound::Inline(u64::from(self.exposure.options.default_limit.min(self.exposure.options.max_limit)))
    }

    pub(super) fn filter_of(&mut self, model: ModelId, field: &Field) -> Result<Option<Expr>, RequestError> {
        match self.argument(field, "where") {
            Some(input) => self.where_filter(model, &input),
            None => Ok(None),
        }
    }

    /// The scope that a field reads through: the chosen manager's, or the default one's.
    pub(super) fn manager(&mut self, model: ModelId, field: &Field) -> Result<Scope, RequestError> {
        let chosen = match self.argument(field, "manager") {
            Some(input) => match self.presence(&input)?.or_nothing() {
                Some(()) => {
                    let name = self.required_text(&input)?;
                    let position = self.exposed(model)?.managers.get(&name).copied();
                    Some(position.ok_or_else(|| self.wrong(&input, "this is not a manager of the model"))?)
                }
                None => None,
            },
            None => None,
        };
        Ok(chosen.map_or(Scope::Default, Scope::Manager))
    }

    /// The manager of a scope.
    fn manager_of(&self, model: ModelId, scope: Scope) -> Option<&'a Manager> {
        let managers = &self.registry.model(model).managers;
        match scope {
            Scope::Default => managers.first(),
            Scope::Manager(position) => managers.get(position),
            Scope::Unscoped => None,
        }
    }

    /// The values of the request that an ordering depends on: cursors are bound to them too.
    fn order_values(&mut self, order: &[OrderBy]) -> Result<String, RequestError> {
        let mut slots = Vec::new();
        for key in order.iter().filter(|key| key.path().is_none()) {
            arguments_of(&mut key.key.clone(), &mut slots);
        }
        let mut text = String::new();
        for index in slots {
            let source = self.arguments.get(index as usize);
            let Some(input) = source.and_then(ArgumentSource::input).cloned() else { continue };
            let mut paths = Vec::new();
            match &input {
                Input::Variable(path) => paths.push(path.clone()),
                Input::Literal(literal) => {
                    text.push_str(&literal.to_string());
                    variables_of(literal, &mut paths);
                }
            }
            for path in paths {
                text.push_str(&format!("{:?}\0", self.inquiry.ask(Question::Whole(path))?));
            }
        }
        Ok(text)
    }

    fn default_order_of(&self, model: ModelId, scope: Scope) -> Vec<OrderBy> {
        match self.manager_of(model, scope) {
            Some(manager) if !manager.ordering.is_empty() => manager.order(),
            _ => default_order(&self.registry.model(model).ordering),
        }
    }

    fn distinct_on(&mut self, model: ModelId, field: &Field) -> Result<Vec<FieldId>, RequestError> {
        let Some(input) = self.argument(field, "distinctOn") else { return Ok(Vec::new()) };
        let Some(elements) = self.elements(&input)?.or_nothing() else { return Ok(Vec::new()) };
        let exposed = self.exposed(model)?;
        let mut fields = Vec::with_capacity(elements.len());
        for element in &elements {
            let name = self.required_text(element)?;
            let Some(id) = exposed.distinct.get(&name).copied() else {
                return Err(self.wrong(element, "this is not a field of the model"));
            };
            if !fields.contains(&id) {
                fields.push(id);
            }
        }
        Ok(fields)
    }

    /// The first keys of the ordering must be the distinct fields, in any order.
    fn check_distinct_leads(
        &self,
        model: ModelId,
        field: &Field,
        distinct: &[FieldId],
        order: &[OrderBy],
    ) -> Result<(), RequestError> {
        let definition = self.registry.model(model);
        // A key that came before decides nothing.
        let mut keys: Vec<&Expr> = Vec::new();
        for key in order {
            if !keys.contains(&&key.key) {
                keys.push(&key.key);
            }
        }
        let leads = |id: &FieldId| {
            let name = &definition.field(*id).name;
            keys.iter().take(distinct.len()).any(|key| **key == Expr::name(name.clone()))
        };
        if distinct.iter().all(leads) {
            return Ok(());
        }
        let names: Vec<&str> = distinct.iter().map(|id| definition.field(*id).name.as_str()).collect();
        Err(RequestError::bad_input(format!(
            "`distinctOn` of `{}` must lead `orderBy`: put {} first",
            field.name,
            names.join(", ")
        ))
        .with_hint("leave `orderBy` out to order by the distinct fields first"))
    }

    /// A number of rows; `None` when the argument is absent or null.
    pub(super) fn rows_argument(
        &mut self,
        field: &Field,
        name: &str,
        maximum: Option<u64>,
    ) -> Result<Option<Bound>, RequestError> {
        let Some(input) = self.argument(field, name) else { return Ok(None) };
        let about = |error: RequestError| RequestError {
            message: format!("`{name}` of `{}`: {}", field.name, error.message),
            ..error
        };
        match &input {
            Input::Literal(literal) => match literal.as_ref() {
                Literal::Null => Ok(None),
                Literal::Int(number) => {
                    let json = number.as_str().parse().map(Json::Number).unwrap_or(Json::Null);
                    let number = row_count(&json, maximum)
                        .map_err(|problem| about(self.wrong(&input, format_args!("it {problem}"))))?;
                    Ok(Some(Bound::Inline(number)))
                }
                _ => Err(about(self.wrong(&input, "an integer is needed here"))),
            },
            Input::Variable(path) => {
                let question = Question::Limit { path: path.clone(), maximum };
                match self.inquiry.ask(question).map_err(about)? {
                    Answer::Number(number) => Ok(Some(Bound::Inline(number))),
                    Answer::Bound => {
                        let source = ArgumentSource::Rows { input: input.clone(), maximum };
                        Ok(Some(Bound::Argument(self.argument_slot(source)?)))
                    }
                    _ => Ok(None),
                }
            }
        }
    }

    /// The place of a cursor in an ordering; `None` when the argument is absent or null.
    fn position(
        &mut self,
        model: ModelId,
        field: &Field,
        name: &str,
        fingerprint: u64,
        order: &[OrderBy],
    ) -> Result<Option<Position>, RequestError> {
        let Some(input) = self.argument(field, name) else { return Ok(None) };
        let about = |error: RequestError| RequestError {
            message: format!("`{name}` of `{}`: {}", field.name, error.message),
            ..error
        };
        let nulls: Vec<bool> = match &input {
            Input::Literal(literal) => match literal.as_ref() {
                Literal::Null => return Ok(None),
                Literal::String(text) => {
                    let values = open_cursor(text, self.inquiry.cursor_key(), fingerprint, order.len())
                        .map_err(|problem| about(self.wrong(&input, problem)))?;
                    values.iter().map(serde_json::Value::is_null).collect()
                }
                _ => return Err(about(self.wrong(&input, "a cursor is needed here"))),
            },
            Input::Variable(path) => {
                let question = Question::Cursor { path: path.clone(), fingerprint, keys: order.len() };
                match self.inquiry.ask(question).map_err(about)? {
                    Answer::Nulls(nulls) => nulls,
                    _ => return Ok(None),
                }
            }
        };
        let mut keys = Vec::with_capacity(order.len());
        for (part, (key, null)) in order.iter().zip(nulls).enumerate() {
            if null {
                keys.push(None);
                continue;
            }
            let logical = self.key_type(&QuerySet::all(model), &key.key)?;
            let source = ArgumentSource::CursorKey {
                input: input.clone(),
                fingerprint,
                keys: order.len(),
                part,
                logical,
            };
            keys.push(Some(self.argument_slot(source)?));
        }
        Ok(Some(Position(keys)))
    }
}

/// The arguments of the request that stand in an expression.
fn arguments_of(expr: &mut Expr, found: &mut Vec<u32>) {
    match expr {
        Expr::Slot(Slot::Argument(index)) => found.push(*index),
        Expr::Annotated { arguments, .. } => {
            found.extend(arguments.iter().filter_map(|(_, slot)| match slot {
                Slot::Argument(index) => Some(*index),
                _ => None,
            }))
        }
        other => other.each_part(&mut |part| arguments_of(part, found)),
    }
}

/// The variables that stand in a literal.
fn variables_of(literal: &Literal, found: &mut Vec<VariablePath>) {
    match literal {
        Literal::Variable(name) => found.push(VariablePath::variable(name)),
        Literal::List(elements) => elements.iter().for_each(|element| variables_of(element, found)),
        Literal::Object(members) => members.iter().for_each(|(_, member)| variables_of(member, found)),
        _ => {}
    }
}
