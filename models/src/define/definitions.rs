//! [`definitions`]: model files as [`ModelDefinition`]s in canonical form.

use super::declare::{ConstraintRule, IndexDeclaration, ManagerDeclaration, ModelDeclaration};
use super::declare_field::{BareType, FieldDeclaration, Setting};
use super::definition::{
    ConstraintDefinition, FieldDefinition, IndexDefinition, ManagerDefinition, ModelDefinition, Options,
    Renamed,
};
use super::errors::DefineErrors;
use super::options::FIELD_OPTIONS;
use super::project::SourceFile;
use super::tree::{At, Value};
use super::{literals, names};
use crate::registry::{DefaultValue, Field, LogicalType, Model, OnDelete, RangeBound, Registry};
use crate::text;
use serde_json::{Map, Value as Json, json};

/// The models of a project as plain data in canonical form, and what the files say of former names.
///
/// What touches neither tables nor rows is left out: descriptions, GraphQL names, display, ordering, computed fields, who may
/// edit, and managers without `use_in_migrations`.
///
/// # Errors
/// All that is wrong in the files, as [`define`](super::define) reports it.
pub fn definitions(files: &[SourceFile]) -> Result<(Vec<ModelDefinition>, Renamed), DefineErrors> {
    let (declarations, registry) = super::declared_and_built(files)?;
    let mut renamed = Renamed::default();
    let mut models = Vec::new();
    for (declaration, model) in declarations.iter().zip(registry.models()) {
        if declaration.link_of.is_some() {
            continue;
        }
        if let Some(former) = &declaration.renamed_from {
            renamed.models.insert(model.name.clone(), bare(former).to_owned());
        }
        for field in &declaration.fields {
            if let Some(former) = field.text("renamed_from") {
                let key = (model.name.clone(), field.name.value.clone());
                renamed.fields.insert(key, former.to_owned());
            }
        }
        models.push(Definer { registry: &registry, declaration, model }.model());
    }
    Ok((models, renamed))
}

/// `Post` of `blog.Post`.
fn bare(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

struct Definer<'a> {
    registry: &'a Registry,
    declaration: &'a ModelDeclaration,
    model: &'a Model,
}

impl Definer<'_> {
    fn model(&self) -> ModelDefinition {
        let (declaration, model) = (self.declaration, self.model);
        let mut definition = ModelDefinition {
            app: model.app.clone(),
            name: model.name.clone(),
            db_comment: model.db_comment.clone().or_else(|| model.doc.clone()),
            managers: declaration
                .managers
                .iter()
                .filter(|manager| manager.use_in_migrations)
                .map(|manager| (manager.name.value.clone(), self.manager(manager)))
                .collect(),
            ..ModelDefinition::default()
        };
        if let Some(base) = model.proxy_for {
            definition.proxy_of = Some(self.registry.model(base).name.clone());
            definition.db_comment = None;
            return definition;
        }
        definition.unmanaged = !model.managed;
        if definition.table_name() != model.table {
            definition.table = Some(model.table.clone());
        }
        for field in &declaration.fields {
            definition.fields.insert(field.name.value.clone(), self.field(field));
        }
        self.primary_key(&mut definition);
        definition.unique_together =
            declaration.unique_together.iter().map(|group| self.names(&group.value)).collect();
        for (index, built) in declaration.indexes.iter().zip(&model.indexes) {
            definition.indexes.insert(built.name.clone(), self.index(index));
        }
        let built = model.constraints.iter().skip(declaration.unique_together.len());
        for (constraint, built) in declaration.constraints.iter().zip(built) {
            match &constraint.rule {
                // What `unique_together` says in other words.
                ConstraintRule::Unique(fields, None) if constraint.name.is_none() => {
                    definition.unique_together.push(self.names(fields));
                }
                ConstraintRule::Unique(fields, condition) => {
                    let condition = condition.as_ref().map(|text| self.expression(&text.value));
                    let unique = ConstraintDefinition::Unique { fields: self.names(fields), condition };
                    definition.constraints.insert(built.name().to_owned(), unique);
                }
                ConstraintRule::Check(check) => {
                    let check = ConstraintDefinition::Check(self.expression(&check.value));
                    definition.constraints.insert(built.name().to_owned(), check);
                }
            }
        }
        definition.unique_together.sort();
        definition.unique_together.dedup();
        definition
    }

    /// A key of one field stands at the field, and an implicit one is written out.
    fn primary_key(&self, definition: &mut ModelDefinition) {
        let key = self.declaration.primary_key.as_ref().map(|key| self.names(&key.value)).unwrap_or_default();
        match key.as_slice() {
            [] if definition.fields.values().any(|field| field.is("primary_key")) => {}
            [] => {
                definition.fields.shift_insert(0, "id".to_owned(), FieldDefinition::implicit_id());
            }
            [only] => {
                if let Some(field) = definition.fields.get_mut(only) {
                    field.options.insert("primary_key".to_owned(), Json::Bool(true));
                }
            }
            _ => definition.primary_key = key,
        }
    }

    fn names(&self, names: &[At<String>]) -> Vec<String> {
        names.iter().map(|name| self.name(&name.value)).collect()
    }

    /// A reference has one name here: `author` for `author_id` too.
    fn name(&self, name: &str) -> String {
        let (sign, bare) = if let Some(bare) = name.strip_prefix('-') { ("-", bare) } else { ("", name) };
        let fields = &self.declaration.fields;
        let reference = bare.strip_suffix("_id").filter(|reference| {
            fields.iter().any(|field| field.is_reference() && field.name.value == *reference)
        });
        let declared = fields.iter().any(|field| field.name.value == bare);
        match reference {
            Some(reference) if !declared => format!("{sign}{reference}"),
            _ => name.to_owned(),
        }
    }

    /// The text as the printer writes it.
    fn expression(&self, text: &str) -> String {
        text::parse(text, self.registry)
            .map_or_else(|_| text.to_owned(), |expr| text::print(&expr, self.registry))
    }

    fn manager(&self, manager: &ManagerDeclaration) -> ManagerDefinition {
        let annotations = manager.annotations.iter();
        ManagerDefinition {
            filter: manager.filter.as_ref().map(|filter| self.expression(&filter.value)),
            ordering: manager.ordering.iter().map(|key| key.value.clone()).collect(),
            annotations: annotations
                .map(|annotation| {
                    (annotation.name.value.clone(), self.expression(&annotation.expression.value))
                })
                .collect(),
        }
    }

    fn index(&self, index: &IndexDeclaration) -> IndexDefinition {
        IndexDefinition {
            fields: self.names(&index.fields),
            expressions: index.expressions.iter().map(|text| self.expression(&text.value)).collect(),
            include: self.names(&index.include),
            condition: index.condition.as_ref().map(|text| self.expression(&text.value)),
            method: index.method.clone().filter(|method| method != "btree"),
        }
    }

    fn field(&self, declared: &FieldDeclaration) -> FieldDefinition {
        let mut options = Options::new();
        for spec in FIELD_OPTIONS {
            let Some((_, setting)) = declared.setting(spec.name) else { continue };
            if let Some(value) = self.option(declared, spec.name, setting) {
                options.insert(spec.name.to_owned(), value);
            }
        }
        FieldDefinition { kind: declared.kind.0.name.to_owned(), options }
    }

    /// The first column of a field.
    fn column(&self, declared: &FieldDeclaration) -> Option<&Field> {
        let name = &declared.name.value;
        self.model.fields.iter().find(|field| match field.relation {
            Some(relation) => self.model.relation(relation).name == *name,
            None => field.name == *name,
        })
    }

    /// An option in canonical form; `None` when it says nothing, or nothing that a state keeps.
    fn option(&self, declared: &FieldDeclaration, option: &str, setting: &Setting) -> Option<Json> {
        let kind = declared.kind.0;
        let column = self.column(declared);
        match (option, setting) {
            ("graphql" | "help_text" | "editable" | "renamed_from", _) => None,
            // Without a word, a generated column may be NULL when its expression may.
            ("null", Setting::Flag(flag)) if kind.name == "generated" => Some((*flag).into()),
            ("unique", Setting::Flag(true)) if kind.name == "one_to_one" => None,
            ("unique" | "index", Setting::Flag(_)) if column.is_some_and(|field| self.is_key(field)) => None,
            ("index", Setting::Flag(true)) if column.is_some_and(|field| field.unique) => None,
            ("index", Setting::Flag(flag)) => (declared.is_reference() != *flag).then(|| (*flag).into()),
            ("db_constraint" | "symmetrical", Setting::Flag(flag)) => (!*flag).then(|| (*flag).into()),
            (_, Setting::Flag(flag)) => flag.then(|| (*flag).into()),
            ("max_length", Setting::Number(number)) => {
                (kind.max_length != Some(*number)).then(|| (*number).into())
            }
            (_, Setting::Number(number)) => Some((*number).into()),
            ("column", Setting::Text(column)) => {
                let name = &declared.name.value;
                let usual = if declared.is_reference() { format!("{name}_id") } else { name.clone() };
                (*column != usual).then(|| column.clone().into())
            }
            ("table", Setting::Text(table)) => {
                let usual = names::derived(&[&self.model.table, &declared.name.value], "");
                (*table != usual).then(|| table.clone().into())
            }
            ("to", Setting::Text(to)) if bare(to) == self.model.name => Some("self".into()),
            ("to" | "through", Setting::Text(to)) => Some(bare(to).into()),
            ("expr" | "db_default", Setting::Text(text)) => Some(self.expression(text).into()),
            (_, Setting::Text(text)) => Some(text.clone().into()),
            ("default", Setting::Value(value)) => {
                Some(match column.and_then(|field| field.default.as_ref()) {
                    Some(DefaultValue::Literal(value)) => value.clone(),
                    Some(DefaultValue::Now) => "now".into(),
                    Some(DefaultValue::Uuid) => "uuid".into(),
                    None => plain(value),
                })
            }
            (_, Setting::Value(value)) => {
                let checked = column.and_then(|field| literals::check(&field.logical, value).ok());
                let checked = checked.unwrap_or_else(|| plain(value));
                let implied = option == "min" && kind.min == Some(literals::plain_text(&checked).as_str());
                (!implied).then_some(checked)
            }
            (_, Setting::Choices(choices)) => Some(match column {
                Some(field) => {
                    field.choices.iter().map(|choice| json!([choice.value, choice.label])).collect()
                }
                None => choices.iter().map(|(value, label)| json!([plain(&value.value), label])).collect(),
            }),
            (_, Setting::Names(given)) => {
                let names = given.iter().map(|name| Json::from(name.value.clone()));
                Some(names.collect())
            }
            (_, Setting::OnDelete(rule)) => Some(on_delete(*rule).into()),
            (_, Setting::Type(bare)) => Some(type_option(bare)),
            (_, Setting::Graphql(..)) => None,
        }
    }

    fn is_key(&self, field: &Field) -> bool {
        self.model.primary_key == [field.id]
    }
}

fn on_delete(rule: OnDelete) -> &'static str {
    match rule {
        OnDelete::Cascade => "cascade",
        OnDelete::Protect => "protect",
        OnDelete::Restrict => "restrict",
        OnDelete::SetNull => "set_null",
        OnDelete::SetDefault => "set_default",
        OnDelete::DoNothing => "do_nothing",
    }
}

/// A value of a file as it stands.
fn plain(value: &Value) -> Json {
    match value {
        Value::Boolean(flag) => (*flag).into(),
        Value::Integer(number) => match i64::try_from(*number) {
            Ok(number) => number.into(),
            Err(_) => number.to_string().into(),
        },
        // Not as a number: decimals would lose digits.
        Value::Float(text) | Value::Text(text) | Value::Moment(text) => text.clone().into(),
        Value::List(items) => items.iter().map(|item| plain(&item.value)).collect(),
        Value::Table(table) => {
            let entries = table.entries.iter().map(|(key, value)| (key.value.clone(), plain(&value.value)));
            Json::Object(entries.collect())
        }
    }
}

/// A type in the words of model files: one word, or a table.
fn type_option(bare: &BareType) -> Json {
    let mut table = Map::new();
    let word = match &bare.logical {
        LogicalType::Boolean => "boolean",
        LogicalType::Int16 => "small_integer",
        LogicalType::Int32 => "integer",
        LogicalType::Int64 => "big_integer",
        LogicalType::Float => "float",
        LogicalType::Decimal { digits, scale } => {
            table.insert("max_digits".to_owned(), (*digits).into());
            table.insert("decimal_places".to_owned(), (*scale).into());
            "decimal"
        }
        LogicalType::Text => "text",
        LogicalType::Date => "date",
        LogicalType::Time => "time",
        LogicalType::DateTime => "datetime",
        LogicalType::Duration => "duration",
        LogicalType::Uuid => "uuid",
        LogicalType::Json => "json",
        LogicalType::Binary => "binary",
        LogicalType::IpAddress => "ip_address",
        LogicalType::Array(items) => {
            let items = BareType { logical: (**items).clone(), max_length: None };
            table.insert("items".to_owned(), type_option(&items));
            "array"
        }
        LogicalType::Range(bound) => match bound {
            RangeBound::Int32 => "integer_range",
            RangeBound::Int64 => "big_integer_range",
            RangeBound::Decimal => "decimal_range",
            RangeBound::Date => "date_range",
            RangeBound::DateTime => "datetime_range",
        },
        LogicalType::SearchVector => "search_vector",
        LogicalType::Encrypted(_) => "encrypted",
    };
    let word = match bare.max_length {
        Some(length) => {
            table.insert("max_length".to_owned(), length.into());
            if bare.logical == LogicalType::Text { "char" } else { word }
        }
        None => word,
    };
    if table.is_empty() {
        return word.into();
    }
    let mut whole = Map::from_iter([("type".to_owned(), Json::from(word))]);
    whole.append(&mut table);
    whole.into()
}
