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
use crate::registry::{
    CustomType, DefaultValue, Field, FieldTypes, LogicalType, Model, OnDelete, RangeBound, Registry,
};
use crate::text;
use serde_json::{Map, Value as Json, json};

/// The models of a project as plain data in canonical form, and what the files say of former names.
///
/// What touches neither tables nor rows is left out: descriptions, GraphQL names, display, ordering, computed fields, who may
/// edit, and managers without `use_in_migrations`.
///
/// # Errors
/// All that is wrong in the files, as [`define`](super::define) reports it.
pub fn definitions(
    files: &[SourceFile],
    types: &FieldTypes,
) -> Result<(Vec<ModelDefinition>, Renamed), DefineErrors> {
    let (declarations, registry) = super::declared_and_built(files, types)?;
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
        models.push(Definer { declaration, built: Some((&registry, model)) }.model());
    }
    Ok((models, renamed))
}

/// `Post` of `blog.Post`.
fn bare(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// A declaration as it stands, which somebody may have written in another spelling than the canonical one.
pub(super) fn as_declared(declaration: &ModelDeclaration) -> ModelDefinition {
    Definer { declaration, built: None }.model()
}

/// Makes the definition of a model: canonical with what was built of it, otherwise as it is declared.
pub(super) struct Definer<'a> {
    pub(super) declaration: &'a ModelDeclaration,
    pub(super) built: Option<(&'a Registry, &'a Model)>,
}

impl Definer<'_> {
    fn model(&self) -> ModelDefinition {
        let declaration = self.declaration;
        let mut definition = ModelDefinition {
            app: declaration.app.clone(),
            name: declaration.name.value.clone(),
            db_comment: declaration.db_comment.clone().or_else(|| declaration.doc.clone()),
            unmanaged: declaration.managed == Some(false),
            managers: declaration
                .managers
                .iter()
                .filter(|manager| manager.use_in_migrations)
                .map(|manager| (manager.name.value.clone(), self.manager(manager)))
                .collect(),
            ..ModelDefinition::default()
        };
        if declaration.proxy.is_some() {
            let declared = declaration.extends.first().map(|base| bare(&base.value));
            definition.proxy_of = match self.built {
                Some((registry, model)) => model.proxy_for.map(|base| registry.model(base).name.clone()),
                None => declared.map(str::to_owned),
            };
            (definition.db_comment, definition.unmanaged) = (None, false);
            return definition;
        }
        let table = declaration.table.as_ref().map(|table| table.value.clone());
        definition.table = table.filter(|table| self.built.is_none() || *table != definition.table_name());
        for field in &declaration.fields {
            definition.fields.insert(field.name.value.clone(), self.field(field));
        }
        self.primary_key(&mut definition);
        definition.unique_together =
            declaration.unique_together.iter().map(|group| self.names(&group.value)).collect();
        for (position, index) in declaration.indexes.iter().enumerate() {
            let built =
                self.built.and_then(|(_, model)| model.indexes.get(position)).map(|index| &index.name);
            let name = built.or(index.name.as_ref().map(|name| &name.value)).cloned().unwrap_or_default();
            definition.indexes.insert(name, self.index(index));
        }
        self.constraints(&mut definition);
        definition.unique_together.sort();
        definition.unique_together.dedup();
        definition
    }

    fn constraints(&self, definition: &mut ModelDefinition) {
        let declaration = self.declaration;
        let before = declaration.unique_together.len();
        for (position, constraint) in declaration.constraints.iter().enumerate() {
            let built = self.built.and_then(|(_, model)| model.constraints.get(before + position));
            let declared = constraint.name.as_ref().map(|name| name.value.clone());
            let name = built.map(|built| built.name().to_owned()).or(declared).unwrap_or_default();
            match &constraint.rule {
                // What `unique_together` says in other words.
                ConstraintRule::Unique(fields, None) if constraint.name.is_none() => {
                    definition.unique_together.push(self.names(fields));
                }
                rule => {
                    definition.constraints.insert(name, self.constraint(rule));
                }
            }
        }
    }

    pub(super) fn constraint(&self, rule: &ConstraintRule) -> ConstraintDefinition {
        match rule {
            ConstraintRule::Unique(fields, condition) => ConstraintDefinition::Unique {
                fields: self.names(fields),
                condition: condition.as_ref().map(|text| self.expression(&text.value)),
            },
            ConstraintRule::Check(check) => ConstraintDefinition::Check(self.expression(&check.value)),
        }
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
        if self.built.is_none() {
            return name.to_owned();
        }
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
        let Some((registry, _)) = self.built else { return text.to_owned() };
        text::parse(text, registry).map_or_else(|_| text.to_owned(), |expr| text::print(&expr, registry))
    }

    pub(super) fn manager(&self, manager: &ManagerDeclaration) -> ManagerDefinition {
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

    pub(super) fn index(&self, index: &IndexDeclaration) -> IndexDefinition {
        IndexDefinition {
            fields: self.names(&index.fields),
            expressions: index.expressions.iter().map(|text| self.expression(&text.value)).collect(),
            include: self.names(&index.include),
            condition: index.condition.as_ref().map(|text| self.expression(&text.value)),
            method: index.method.clone().filter(|method| method != "btree"),
        }
    }

    pub(super) fn field(&self, declared: &FieldDeclaration) -> FieldDefinition {
        let mut options = Options::new();
        for spec in FIELD_OPTIONS {
            let Some((_, setting)) = declared.setting(spec.name) else { continue };
            let value = match self.built {
                Some((_, model)) => canonical_option(self, model, declared, spec.name, setting),
                None => plain_option(spec.name, setting),
            };
            if let Some(value) = value {
                options.insert(spec.name.to_owned(), value);
            }
        }
        match declared.kind.0.custom() {
            Some(custom) => self.stored_field(declared, custom, options),
            None => FieldDefinition { kind: declared.kind.0.name.to_owned(), options },
        }
    }

    /// A field of a type of an embedder's own as what its column holds: states are of tables, and outlive the type.
    fn stored_field(
        &self,
        declared: &FieldDeclaration,
        custom: &CustomType,
        mut options: Options,
    ) -> FieldDefinition {
        const KEPT: [&str; 7] = ["null", "unique", "index", "primary_key", "column", "db_comment", "default"];
        options.retain(|name, _| KEPT.contains(&name.as_str()));
        let default = self.built.and_then(|(_, model)| column(model, declared)?.default.as_ref());
        match default.and_then(|default| stored_default(custom, default)) {
            Some(default) => options.insert("default".to_owned(), default),
            None => options.remove("default"),
        };
        FieldDefinition { kind: type_word(custom.stored_type()).to_owned(), options }
    }
}

/// A default as the column holds it.
fn stored_default(custom: &CustomType, default: &DefaultValue) -> Option<Json> {
    let DefaultValue::Literal(literal) = default else { return None };
    let value = crate::value::from_json(&LogicalType::Custom(custom.clone()), literal).ok()?;
    match custom.store(&value).ok()? {
        crate::value::Value::Int(number) => Some(number.into()),
        stored => {
            let mut text = Vec::new();
            crate::value::write_value(&mut text, custom.stored_type(), &stored).ok()?;
            serde_json::from_slice(&text).ok()
        }
    }
}

/// The first column of a field.
fn column<'m>(model: &'m Model, declared: &FieldDeclaration) -> Option<&'m Field> {
    let name = &declared.name.value;
    model.fields.iter().find(|field| match field.relation {
        Some(relation) => model.relation(relation).name == *name,
        None => field.name == *name,
    })
}

/// An option in canonical form; `None` when it says nothing, or nothing that a state keeps.
fn canonical_option(
    definer: &Definer<'_>,
    model: &Model,
    declared: &FieldDeclaration,
    option: &str,
    setting: &Setting,
) -> Option<Json> {
    let kind = &declared.kind.0;
    let column = column(model, declared);
    let is_key = column.is_some_and(|field| model.primary_key == [field.id]);
    match (option, setting) {
        // Without a word, a generated column may be NULL when its expression may.
        ("null", Setting::Flag(flag)) if kind.name == "generated" => Some((*flag).into()),
        ("unique", Setting::Flag(true)) if kind.name == "one_to_one" => None,
        ("unique" | "index", Setting::Flag(_)) if is_key => None,
        ("index", Setting::Flag(true)) if column.is_some_and(|field| field.unique) => None,
        ("index", Setting::Flag(flag)) => (declared.is_reference() != *flag).then(|| (*flag).into()),
        ("db_constraint" | "symmetrical", Setting::Flag(flag)) => (!*flag).then(|| (*flag).into()),
        (_, Setting::Flag(flag)) => flag.then(|| (*flag).into()),
        ("max_length", Setting::Number(number)) => {
            (kind.max_length != Some(*number)).then(|| (*number).into())
        }
        ("column", Setting::Text(column)) => {
            let name = &declared.name.value;
            let usual = if declared.is_reference() { format!("{name}_id") } else { name.clone() };
            (*column != usual).then(|| column.clone().into())
        }
        ("table", Setting::Text(table)) => {
            let usual = names::derived(&[&model.table, &declared.name.value], "");
            (*table != usual).then(|| table.clone().into())
        }
        ("to", Setting::Text(to)) if bare(to) == model.name => Some("self".into()),
        ("to" | "through", Setting::Text(to)) => Some(bare(to).into()),
        ("expr" | "db_default", Setting::Text(text)) => Some(definer.expression(text).into()),
        ("default", Setting::Value(_))
            if let Some(default) = column.and_then(|field| field.default.as_ref()) =>
        {
            Some(match default {
                DefaultValue::Literal(value) => without_nulls(value.clone()),
                DefaultValue::Now => "now".into(),
                DefaultValue::Uuid => "uuid".into(),
            })
        }
        (_, Setting::Value(value)) => {
            let checked = column.and_then(|field| literals::check(&field.logical, value).ok())?;
            let implied = option == "min" && kind.min == Some(literals::plain_text(&checked).as_str());
            (!implied).then_some(checked)
        }
        (_, Setting::Choices(_)) => {
            Some(column?.choices.iter().map(|choice| json!([choice.value, choice.label])).collect())
        }
        _ => plain_option(option, setting),
    }
}

/// An option as it is declared; `None` when it says nothing that a state keeps.
fn plain_option(option: &str, setting: &Setting) -> Option<Json> {
    if matches!(option, "graphql" | "help_text" | "editable" | "renamed_from") {
        return None;
    }
    Some(match setting {
        Setting::Flag(flag) => (*flag).into(),
        Setting::Text(text) => text.clone().into(),
        Setting::Number(number) => (*number).into(),
        Setting::Value(value) => plain(value),
        Setting::Choices(choices) => choices
            .iter()
            .map(|(value, label)| match label {
                Some(label) => json!([plain(&value.value), label]),
                None => plain(&value.value),
            })
            .collect(),
        Setting::Names(names) => names.iter().map(|name| Json::from(name.value.clone())).collect(),
        Setting::OnDelete(rule) => on_delete(*rule).into(),
        Setting::Type(bare) => type_option(bare),
        Setting::Graphql(..) => return None,
    })
}

/// An open bound of a range is absent, because TOML has no null.
fn without_nulls(value: Json) -> Json {
    match value {
        Json::Object(entries) => entries.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        other => other,
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
pub(super) fn plain(value: &Value) -> Json {
    match value {
        Value::Boolean(flag) => (*flag).into(),
        Value::Integer(number) => match i64::try_from(*number) {
            Ok(number) => number.into(),
            Err(_) => number.to_string().into(),
        },
        // As a number only when it is that exact number: decimals must not lose digits.
        Value::Float(text) => match text.parse::<f64>() {
            Ok(number) if number.is_finite() && format!("{number:?}") == *text => number.into(),
            _ => text.clone().into(),
        },
        Value::Text(text) | Value::Moment(text) => text.clone().into(),
        Value::List(items) => items.iter().map(|item| plain(&item.value)).collect(),
        Value::Table(table) => {
            let entries = table.entries.iter().map(|(key, value)| (key.value.clone(), plain(&value.value)));
            Json::Object(entries.collect())
        }
    }
}

/// The word of model files for a type; what it does not say stands in options.
fn type_word(logical: &LogicalType) -> &'static str {
    match logical {
        LogicalType::Boolean => "boolean",
        LogicalType::Int16 => "small_integer",
        LogicalType::Int32 => "integer",
        LogicalType::Int64 => "big_integer",
        LogicalType::Float => "float",
        LogicalType::Decimal { .. } => "decimal",
        LogicalType::Text => "text",
        LogicalType::Date => "date",
        LogicalType::Time => "time",
        LogicalType::DateTime => "datetime",
        LogicalType::Duration => "duration",
        LogicalType::Uuid => "uuid",
        LogicalType::Json => "json",
        LogicalType::Binary => "binary",
        LogicalType::IpAddress => "ip_address",
        LogicalType::Array(_) => "array",
        LogicalType::Range(RangeBound::Int32) => "integer_range",
        LogicalType::Range(RangeBound::Int64) => "big_integer_range",
        LogicalType::Range(RangeBound::Decimal) => "decimal_range",
        LogicalType::Range(RangeBound::Date) => "date_range",
        LogicalType::Range(RangeBound::DateTime) => "datetime_range",
        LogicalType::SearchVector => "search_vector",
        LogicalType::Encrypted(_) => "encrypted",
        LogicalType::Custom(custom) => custom.name(),
    }
}

/// A type in the words of model files: one word, or a table.
fn type_option(bare: &BareType) -> Json {
    let mut table = Map::new();
    match &bare.logical {
        LogicalType::Decimal { digits, scale } => {
            table.insert("max_digits".to_owned(), (*digits).into());
            table.insert("decimal_places".to_owned(), (*scale).into());
        }
        LogicalType::Array(items) => {
            let items = BareType { logical: (**items).clone(), max_length: None };
            table.insert("items".to_owned(), type_option(&items));
        }
        _ => {}
    }
    let word = type_word(&bare.logical);
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
