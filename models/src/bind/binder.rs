//! Resolves names against a model, growing the tree of joins as paths need it.

use super::{Alias, BoundExpr, BoundOrder, JoinedTable, LinkTable, Related, Scalar, Typed};
use crate::expr::{Expr, Quantifier, Slot};
use crate::lookups::{self, Operands};
use crate::prepare::CompileError;
use crate::query::{Nulls, OrderBy};
use crate::registry::{
    Field, LogicalType, Member, Model, ModelId, Registry, Relation, RelationId, RelationKind, SqliteEncoding,
};
use crate::transforms;

/// Numbers aliases and resolves names. One per statement.
#[derive(Debug)]
pub struct Binder<'a> {
    /// The models.
    pub registry: &'a Registry,
    next_alias: u32,
}

/// The tables that names are resolved in: a root and the to-one tables joined to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// The root's model.
    pub model: ModelId,
    /// The root's alias.
    pub alias: Alias,
    /// Joined tables in the order of their creation.
    pub joins: Vec<JoinedTable>,
    joined: Vec<(Alias, RelationId, Alias)>,
}

/// What a join is for: a filter or an ordering needs it before the page is cut, an output does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Condition,
    Output,
}

impl<'a> Binder<'a> {
    /// A binder that has given no alias yet.
    pub fn new(registry: &'a Registry) -> Self {
        Self { registry, next_alias: 0 }
    }

    /// A new alias.
    pub fn alias(&mut self) -> Alias {
        self.next_alias += 1;
        Alias(self.next_alias - 1)
    }

    /// A scope over a model's table.
    pub fn scope(&mut self, model: ModelId) -> Scope {
        Scope { model, alias: self.alias(), joins: Vec::new(), joined: Vec::new() }
    }

    /// A condition over the scope's root.
    ///
    /// # Errors
    /// When a name is unknown, a relation is used against its kind, or a lookup does not fit its operand.
    pub fn condition(&mut self, scope: &mut Scope, expr: &Expr) -> Result<BoundExpr, CompileError> {
        let (alias, model) = (scope.alias, scope.model);
        self.condition_at(scope, alias, model, expr)
    }

    fn condition_at(
        &mut self,
        scope: &mut Scope,
        alias: Alias,
        model: ModelId,
        expr: &Expr,
    ) -> Result<BoundExpr, CompileError> {
        match expr {
            Expr::And(parts) => Ok(BoundExpr::And(self.conditions(scope, alias, model, parts)?)),
            Expr::Or(parts) => Ok(BoundExpr::Or(self.conditions(scope, alias, model, parts)?)),
            Expr::Not(part) => Ok(BoundExpr::Not(Box::new(self.condition_at(scope, alias, model, part)?))),
            Expr::Lookup { left, lookup, right } => self.lookup(scope, alias, model, left, lookup, right),
            Expr::Related { relation, quantifier, filter } => {
                self.related(scope, alias, model, relation, *quantifier, filter)
            }
            Expr::Path(_) | Expr::Slot(_) | Expr::Transform { .. } => {
                let value = self.scalar_at(scope, alias, model, expr)?;
                if value.logical != LogicalType::Boolean {
                    return Err(CompileError::Invalid(
                        "a condition must be true or false; compare the value with something".to_owned(),
                    ));
                }
                let lookup = lookups::named("is_true")?;
                Ok(BoundExpr::Lookup { lookup, left: value, right: Vec::new() })
            }
        }
    }

    fn conditions(
        &mut self,
        scope: &mut Scope,
        alias: Alias,
        model: ModelId,
        parts: &[Expr],
    ) -> Result<Vec<BoundExpr>, CompileError> {
        parts.iter().map(|part| self.condition_at(scope, alias, model, part)).collect()
    }

    fn lookup(
        &mut self,
        scope: &mut Scope,
        alias: Alias,
        model: ModelId,
        left: &Expr,
        name: &'static str,
        right: &[Slot],
    ) -> Result<BoundExpr, CompileError> {
        let lookup = lookups::named(name)?;
        let left = self.scalar_at(scope, alias, model, left)?;
        let operand = |logical: LogicalType, encoding, slot: &Slot| Typed {
            scalar: Scalar::Slot(slot.clone()),
            logical,
            encoding,
            nullable: false,
        };
        let expected = lookup.operands.count();
        if expected != right.len() {
            return Err(CompileError::Invalid(format!(
                "the lookup `{name}` takes {expected} operands, not {}",
                right.len()
            )));
        }
        let right = right
            .iter()
            .map(|slot| match lookup.operands {
                Operands::None | Operands::Same | Operands::SamePair => {
                    operand(left.logical.clone(), left.encoding, slot)
                }
                Operands::SameList => {
                    operand(LogicalType::Array(Box::new(left.logical.clone())), left.encoding, slot)
                }
                Operands::Text => operand(LogicalType::Text, SqliteEncoding::Plain, slot),
                Operands::TextList => {
                    operand(LogicalType::Array(Box::new(LogicalType::Text)), SqliteEncoding::Plain, slot)
                }
            })
            .collect();
        if !(lookup.accepts)(&left.logical) {
            return Err(CompileError::Invalid(format!(
                "the lookup `{name}` does not apply to values of type {:?}",
                left.logical
            )));
        }
        Ok(BoundExpr::Lookup { lookup, left, right })
    }

    fn related(
        &mut self,
        scope: &mut Scope,
        alias: Alias,
        model: ModelId,
        name: &str,
        quantifier: Quantifier,
        filter: &Expr,
    ) -> Result<BoundExpr, CompileError> {
        let registry = self.registry;
        let model = registry.model(model);
        let relation = relation_named(model, name)?;
        match (quantifier, relation.is_to_one()) {
            (Quantifier::One, true) => {
                let joined = self.join(scope, alias, model, relation, Purpose::Condition);
                let inner = self.condition_at(scope, joined, relation.target, filter)?;
                if relation.null || !relation.enforced {
                    let target = registry.model(relation.target);
                    let column = target.field(target.primary_key[0]).column.clone();
                    Ok(BoundExpr::And(vec![BoundExpr::Present(joined, column), inner]))
                } else {
                    Ok(inner)
                }
            }
            (Quantifier::One, false) => Err(CompileError::Invalid(format!(
                "`{name}` of {} leads to many rows; say some, every or none",
                model.name
            ))),
            (_, true) => Err(CompileError::Invalid(format!(
                "`{name}` of {} leads to one row; filter it without some, every or none",
                model.name
            ))),
            (Quantifier::Some, false) => {
                Ok(BoundExpr::Exists(Box::new(self.sub_query(alias, model, relation, filter, false)?)))
            }
            (Quantifier::None, false) => Ok(BoundExpr::Not(Box::new(BoundExpr::Exists(Box::new(
                self.sub_query(alias, model, relation, filter, false)?,
            ))))),
            (Quantifier::Every, false) => Ok(BoundExpr::Not(Box::new(BoundExpr::Exists(Box::new(
                self.sub_query(alias, model, relation, filter, true)?,
            ))))),
        }
    }

    fn sub_query(
        &mut self,
        outer: Alias,
        model: &Model,
        relation: &Relation,
        filter: &Expr,
        negated: bool,
    ) -> Result<Related, CompileError> {
        let registry = self.registry;
        let target = registry.model(relation.target);
        let mut inner = self.scope(relation.target);
        let mut link = Vec::new();
        let mut through = None;
        if let Some(by) = &relation.through {
            let link_model = registry.model(by.model);
            let link_alias = self.alias();
            for (here, there) in &by.source {
                link.push((
                    outer,
                    model.field(*here).column.clone(),
                    link_alias,
                    link_model.field(*there).column.clone(),
                ));
            }
            let pairs = columns_of(&by.target, link_model, target);
            through = Some(LinkTable { alias: link_alias, table: link_model.table.clone(), pairs });
        } else {
            for (here, there) in &relation.pairs {
                link.push((
                    outer,
                    model.field(*here).column.clone(),
                    inner.alias,
                    target.field(*there).column.clone(),
                ));
            }
        }
        let condition = self.condition(&mut inner, filter)?;
        let always = matches!(&condition, BoundExpr::And(parts) if parts.is_empty());
        let filter = match (always, negated) {
            (true, false) => None,
            (_, true) => Some(BoundExpr::Not(Box::new(condition))),
            (false, false) => Some(condition),
        };
        Ok(Related {
            alias: inner.alias,
            table: target.table.clone(),
            through,
            link,
            joins: inner.joins,
            filter,
        })
    }

    fn scalar_at(
        &mut self,
        scope: &mut Scope,
        alias: Alias,
        model: ModelId,
        expr: &Expr,
    ) -> Result<Typed, CompileError> {
        match expr {
            Expr::Path(path) => self.path(scope, alias, model, path),
            Expr::Transform { transform, of, arguments } => {
                let transform = transforms::named(transform)?;
                let of = self.scalar_at(scope, alias, model, of)?;
                let Some(logical) = (transform.output)(&of.logical) else {
                    return Err(CompileError::Invalid(format!(
                        "`{}` does not apply to values of type {:?}",
                        transform.name, of.logical
                    )));
                };
                let arguments = arguments
                    .iter()
                    .map(|slot| Typed {
                        scalar: Scalar::Slot(slot.clone()),
                        logical: transform.argument.clone(),
                        encoding: SqliteEncoding::Plain,
                        nullable: false,
                    })
                    .collect();
                let nullable = of.nullable || transform.may_be_null;
                Ok(Typed {
                    scalar: Scalar::Transform { transform, of: Box::new(of), arguments },
                    logical,
                    encoding: SqliteEncoding::Plain,
                    nullable,
                })
            }
            _ => Err(CompileError::Invalid("a value is needed here, not a condition".to_owned())),
        }
    }

    fn path(
        &mut self,
        scope: &mut Scope,
        mut alias: Alias,
        model: ModelId,
        path: &[String],
    ) -> Result<Typed, CompileError> {
        let registry = self.registry;
        let mut model = registry.model(model);
        let mut absent = false;
        let Some((last, relations)) = path.split_last() else {
            return Err(CompileError::Invalid("a path needs at least one name".to_owned()));
        };
        for name in relations {
            let relation = relation_named(model, name)?;
            if !relation.is_to_one() {
                return Err(CompileError::Invalid(format!(
                    "`{name}` of {} leads to many rows and cannot stand in a path",
                    model.name
                )));
            }
            absent |= relation.null || !relation.enforced;
            alias = self.join(scope, alias, model, relation, Purpose::Condition);
            model = registry.model(relation.target);
        }
        let mut typed = column(alias, field_named(model, last)?);
        typed.nullable |= absent;
        Ok(typed)
    }

    /// Joins a to-one relation's table for outputs and gives its alias. A join that a condition made already is
    /// used again.
    pub fn output_join(
        &mut self,
        scope: &mut Scope,
        alias: Alias,
        model: &Model,
        relation: &Relation,
    ) -> Alias {
        self.join(scope, alias, model, relation, Purpose::Output)
    }

    fn join(
        &mut self,
        scope: &mut Scope,
        parent: Alias,
        model: &Model,
        relation: &Relation,
        purpose: Purpose,
    ) -> Alias {
        let known = scope.joined.iter().find(|(at, id, _)| *at == parent && *id == relation.id);
        if let Some((_, _, alias)) = known {
            return *alias;
        }
        let target = self.registry.model(relation.target);
        let alias = self.alias();
        scope.joins.push(JoinedTable {
            alias,
            table: target.table.clone(),
            model: target.id,
            parent,
            pairs: columns_of(&relation.pairs, model, target),
            output_only: purpose == Purpose::Output,
        });
        scope.joined.push((parent, relation.id, alias));
        alias
    }

    /// The keys of an ordering.
    ///
    /// # Errors
    /// When a path leads nowhere or to values without an order.
    pub fn order(&mut self, scope: &mut Scope, keys: &[OrderBy]) -> Result<Vec<BoundOrder>, CompileError> {
        keys.iter()
            .map(|key| {
                let (alias, model) = (scope.alias, scope.model);
                let typed = self.path(scope, alias, model, &key.path)?;
                if matches!(typed.logical, LogicalType::Json | LogicalType::SearchVector) {
                    return Err(CompileError::Invalid(format!(
                        "`{}` cannot be ordered by: {:?} has no order that both databases share",
                        key.path.join("."),
                        typed.logical
                    )));
                }
                Ok(BoundOrder {
                    key: typed,
                    descending: key.descending,
                    nulls_first: key.nulls == Nulls::First,
                })
            })
            .collect()
    }
}

/// A field's column of an alias.
pub(crate) fn column(alias: Alias, field: &Field) -> Typed {
    Typed {
        scalar: Scalar::Column { alias, column: field.column.clone() },
        logical: field.logical.clone(),
        encoding: field.sqlite,
        nullable: field.null,
    }
}

fn columns_of(
    pairs: &[(crate::registry::FieldId, crate::registry::FieldId)],
    here: &Model,
    there: &Model,
) -> Vec<(String, String)> {
    pairs.iter().map(|(a, b)| (here.field(*a).column.clone(), there.field(*b).column.clone())).collect()
}

fn relation_named<'m>(model: &'m Model, name: &str) -> Result<&'m Relation, CompileError> {
    match model.member(name) {
        Some(Member::Relation(id)) => Ok(model.relation(id)),
        _ => Err(unknown(model, name)),
    }
}

fn field_named<'m>(model: &'m Model, name: &str) -> Result<&'m Field, CompileError> {
    match model.member(name) {
        Some(Member::Field(id)) => Ok(model.field(id)),
        Some(Member::Relation(id)) => match model.relation(id).pairs.as_slice() {
            // A foreign key's name alone stands for its column, as in Django.
            [(field, _)]
                if matches!(model.relation(id).kind, RelationKind::ForeignKey | RelationKind::OneToOne) =>
            {
                Ok(model.field(*field))
            }
            _ => Err(unknown(model, name)),
        },
        None if name == "pk" && model.primary_key.len() == 1 => Ok(model.field(model.primary_key[0])),
        None => Err(unknown(model, name)),
    }
}

fn unknown(model: &Model, name: &str) -> CompileError {
    let hint = model
        .names
        .keys()
        .map(|known| (strsim::damerau_levenshtein(known, name), known))
        .filter(|(distance, _)| *distance <= 3)
        .min()
        .map(|(_, known)| known.clone());
    CompileError::UnknownName { model: model.name.clone(), name: name.to_owned(), hint }
}
