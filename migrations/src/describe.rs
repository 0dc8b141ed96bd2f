//! From models to tables.

mod types;

use crate::table::{Column, Constraint, ForeignKey, Generated, Index, IndexKey, Key, Table, derived_name};
use nuages_models::Registry;
use nuages_models::compile::{DdlError, DdlRole, DdlSql, compile_ddl};
use nuages_models::database::Dialect;
use nuages_models::registry::{
    Constraint as ModelConstraint, Field, FieldId, Index as ModelIndex, IndexKey as ModelIndexKey, Model,
    ModelId, Origin, RelationKind,
};

/// A part of a model that cannot become part of a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {model}: {part}: {reason}")]
pub struct Unsupported {
    /// Where it is declared.
    pub origin: Origin,
    /// The model's name.
    pub model: String,
    /// The field, index or constraint: ``constraint `views_non_negative` ``.
    pub part: String,
    /// What is wrong with it, and what to write instead.
    pub reason: String,
}

/// The tables of all managed models, implicit link tables included, in the order of the registry. Proxies have no
/// table of their own and unmanaged models one that is none of our business.
///
/// # Errors
/// Everything in the models that the dialect has no table for; all of it, not only the first.
pub fn tables_of(registry: &Registry, dialect: Dialect) -> Result<Vec<Table>, Vec<Unsupported>> {
    let mut unsupported = Vec::new();
    let tables = registry
        .models()
        .iter()
        .filter(|model| model.managed && model.proxy_for.is_none())
        .map(|model| Describer { registry, model, dialect, unsupported: &mut unsupported }.table())
        .collect();
    if unsupported.is_empty() { Ok(tables) } else { Err(unsupported) }
}

struct Describer<'a> {
    registry: &'a Registry,
    model: &'a Model,
    dialect: Dialect,
    unsupported: &'a mut Vec<Unsupported>,
}

impl Describer<'_> {
    fn table(mut self) -> Table {
        let model = self.model;
        let columns = model.fields.iter().map(|field| self.column(field)).collect();
        let mut constraints = self.unique_columns();
        let mut indexes = Vec::new();
        for constraint in &model.constraints {
            self.constraint(constraint, &mut constraints, &mut indexes);
        }
        constraints.extend(self.foreign_keys());
        indexes.extend(model.indexes.iter().filter_map(|index| self.index(index)));
        Table {
            name: model.table.clone(),
            columns,
            primary_key: self.columns(&model.primary_key),
            constraints,
            indexes,
            comment: model.db_comment.clone().or_else(|| model.doc.clone()),
        }
    }

    fn refuse(&mut self, origin: &Origin, part: String, reason: String) {
        let unsupported =
            Unsupported { origin: origin.clone(), model: self.model.name.clone(), part, reason };
        self.unsupported.push(unsupported);
    }

    fn columns(&self, fields: &[FieldId]) -> Vec<String> {
        fields.iter().map(|id| self.model.field(*id).column.clone()).collect()
    }

    fn column(&mut self, field: &Field) -> Column {
        let part = || format!("field `{}`", field.name);
        let sql_type = types::sql_type(field, self.dialect).unwrap_or_else(|reason| {
            self.refuse(&field.origin, part(), reason);
            String::new()
        });
        let generated = self.generated(field).unwrap_or_else(|error| {
            self.refuse(&field.origin, part(), error);
            Generated::Never
        });
        Column {
            name: field.column.clone(),
            sql_type,
            null: field.null && !field.primary_key,
            collation: types::collation(field, self.dialect),
            generated,
            check: types::check(field, self.dialect),
            comment: field.db_comment.clone(),
            logical: field.logical.stored().clone(),
            encoding: field.sqlite,
        }
    }

    fn generated(&self, field: &Field) -> Result<Generated, String> {
        if field.auto_increment {
            return Ok(Generated::Identity);
        }
        if let Some(text) = &field.generated {
            return Ok(Generated::Stored(self.compiled(DdlRole::Generated(field.id), text)?.sql));
        }
        let Some(text) = &field.db_default else { return Ok(Generated::Never) };
        let value = self.compiled(DdlRole::Default(field.id), text)?;
        // What a column without a default gets; PostgreSQL does not keep it.
        if value.sql == "NULL" {
            return Ok(Generated::Never);
        }
        Ok(Generated::Default(if value.literal { value.sql } else { format!("({})", value.sql) }))
    }

    /// The SQL of an expression of the model file, or what is wrong with it and where in it.
    fn compiled(&self, role: DdlRole, text: &str) -> Result<DdlSql, String> {
        compile_ddl(self.registry, self.model.id, role, text, self.dialect)
            .map_err(|DdlError { error, .. }| format!("`{text}`, {error}"))
    }

    fn condition(&self, text: &str) -> Result<String, String> {
        Ok(self.compiled(DdlRole::Condition, text)?.sql)
    }

    fn unique_columns(&self) -> Vec<Constraint> {
        let model = self.model;
        let unique = |field: &&Field| field.unique && !(field.primary_key && model.primary_key.len() == 1);
        model
            .fields
            .iter()
            .filter(unique)
            .map(|field| Constraint::Unique {
                name: derived_name(&[&model.table, &field.column, "key"]),
                columns: vec![field.column.clone()],
            })
            .collect()
    }

    fn constraint(
        &mut self,
        constraint: &ModelConstraint,
        constraints: &mut Vec<Constraint>,
        indexes: &mut Vec<Index>,
    ) {
        let part = format!("constraint `{}`", constraint.name());
        let result = match constraint {
            ModelConstraint::Unique { name, fields, condition: None } => {
                constraints.push(Constraint::Unique { name: name.clone(), columns: self.columns(fields) });
                Ok(())
            }
            ModelConstraint::Unique { name, fields, condition: Some(text) } => {
                self.condition(text).map(|condition| {
                    indexes.push(Index {
                        name: name.clone(),
                        unique: true,
                        keys: self
                            .columns(fields)
                            .into_iter()
                            .map(|column| IndexKey { key: Key::Column(column), descending: false })
                            .collect(),
                        include: Vec::new(),
                        condition: Some(condition),
                        method: None,
                    });
                })
            }
            ModelConstraint::Check { name, check } => self.compiled(DdlRole::Check, check).map(|condition| {
                constraints.push(Constraint::Check { name: name.clone(), condition: condition.sql });
            }),
        };
        if let Err(reason) = result {
            self.refuse(&self.model.origin.clone(), part, reason);
        }
    }

    fn foreign_keys(&self) -> Vec<Constraint> {
        let model = self.model;
        let forward = |kind| matches!(kind, RelationKind::ForeignKey | RelationKind::OneToOne);
        model
            .relations
            .iter()
            .filter(|relation| forward(relation.kind) && relation.enforced)
            .map(|relation| {
                let target = self.table_model(relation.target);
                let here: Vec<FieldId> = relation.pairs.iter().map(|(here, _)| *here).collect();
                let columns = self.columns(&here);
                let mut parts = vec![model.table.as_str()];
                parts.extend(columns.iter().map(String::as_str));
                parts.push("fkey");
                let name = derived_name(&parts);
                let there = relation.pairs.iter().map(|(_, there)| target.field(*there).column.clone());
                let target_columns = there.collect();
                Constraint::ForeignKey(ForeignKey {
                    name,
                    columns,
                    table: target.table.clone(),
                    target: target_columns,
                })
            })
            .collect()
    }

    /// The model that has the table: a proxy's is that of the model behind it.
    fn table_model(&self, id: ModelId) -> &Model {
        let mut model = self.registry.model(id);
        while let Some(behind) = model.proxy_for {
            model = self.registry.model(behind);
        }
        model
    }

    fn index(&mut self, index: &ModelIndex) -> Option<Index> {
        let method = index.method.clone().filter(|method| method != "btree");
        if self.dialect == Dialect::Sqlite && method.is_some() {
            // SQLite has B-trees only, and one over JSON or an array would serve no query.
            return None;
        }
        let described = self.index_keys(index).and_then(|keys| {
            let condition = index.condition.as_deref().map(|text| self.condition(text)).transpose()?;
            Ok((keys, condition))
        });
        match described {
            Ok((keys, condition)) => Some(Index {
                name: index.name.clone(),
                unique: false,
                keys,
                include: match self.dialect {
                    Dialect::Postgres => self.columns(&index.include),
                    Dialect::Sqlite => Vec::new(),
                },
                condition,
                method,
            }),
            Err(error) => {
                self.refuse(&index.origin, format!("index `{}`", index.name), error);
                None
            }
        }
    }

    fn index_keys(&self, index: &ModelIndex) -> Result<Vec<IndexKey>, String> {
        index
            .keys
            .iter()
            .map(|key| match key {
                ModelIndexKey::Field { field, descending } => Ok(IndexKey {
                    key: Key::Column(self.model.field(*field).column.clone()),
                    descending: *descending,
                }),
                ModelIndexKey::Expression(text) => {
                    let value = self.compiled(DdlRole::IndexKey, text)?;
                    let key = match value.column {
                        Some(column) => Key::Column(column),
                        None => Key::Expression(value.sql),
                    };
                    Ok(IndexKey { key, descending: false })
                }
            })
            .collect()
    }
}
