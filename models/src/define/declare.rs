//! Model files as declarations: every key is known and every value has the shape that its key takes.

use super::declare_field::{BareType, FieldDeclaration, read_argument, read_field};
use super::errors::{Code, Problem, Problems, suggest};
use super::names;
use super::options::{
    ANNOTATION_KEYS, CONSTRAINT_KEYS, GRAPHQL_MODEL_KEYS, INDEX_KEYS, INDEX_METHODS, MANAGER_KEYS,
    MODEL_KEYS, OptionSpec,
};
use super::project::SourceFile;
use super::tree::{At, Place, Table, Value, parse};
use crate::registry::{FieldTypes, GraphqlModel};
use std::collections::HashSet;

/// A model as its file declares it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ModelDeclaration {
    pub(super) name: At<String>,
    pub(super) app: String,
    pub(super) doc: Option<String>,
    pub(super) db_comment: Option<String>,
    pub(super) table: Option<At<String>>,
    pub(super) extends: Vec<At<String>>,
    pub(super) is_abstract: bool,
    pub(super) proxy: Option<Place>,
    pub(super) managed: Option<bool>,
    pub(super) ordering: Option<Vec<At<String>>>,
    pub(super) display: Option<At<String>>,
    pub(super) primary_key: Option<At<Vec<At<String>>>>,
    pub(super) unique_together: Vec<At<Vec<At<String>>>>,
    pub(super) renamed_from: Option<String>,
    pub(super) graphql: GraphqlModel,
    pub(super) fields: Vec<FieldDeclaration>,
    pub(super) annotations: Vec<AnnotationDeclaration>,
    pub(super) managers: Vec<ManagerDeclaration>,
    pub(super) indexes: Vec<IndexDeclaration>,
    pub(super) constraints: Vec<ConstraintDeclaration>,
    /// Names of members that are declared but could not be read: later passes do not call them unknown.
    pub(super) broken: HashSet<String>,
    /// The many-to-many field (model, field) that this link model was made for.
    pub(super) link_of: Option<(usize, String)>,
}

impl ModelDeclaration {
    /// An empty model.
    pub(super) fn new(name: At<String>, app: String) -> Self {
        Self {
            name,
            app,
            doc: None,
            db_comment: None,
            table: None,
            extends: Vec::new(),
            is_abstract: false,
            proxy: None,
            managed: None,
            ordering: None,
            display: None,
            primary_key: None,
            unique_together: Vec::new(),
            renamed_from: None,
            graphql: GraphqlModel::default(),
            fields: Vec::new(),
            annotations: Vec::new(),
            managers: Vec::new(),
            indexes: Vec::new(),
            constraints: Vec::new(),
            broken: HashSet::new(),
            link_of: None,
        }
    }
}

/// A computed field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AnnotationDeclaration {
    pub(super) name: At<String>,
    pub(super) expression: At<String>,
    pub(super) arguments: Vec<(String, BareType, Option<At<Value>>)>,
    pub(super) help_text: Option<String>,
}

/// A manager.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ManagerDeclaration {
    pub(super) name: At<String>,
    pub(super) filter: Option<At<String>>,
    pub(super) ordering: Vec<At<String>>,
    pub(super) annotations: Vec<AnnotationDeclaration>,
    pub(super) use_in_migrations: bool,
}

/// An index.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct IndexDeclaration {
    pub(super) at: Place,
    pub(super) name: Option<At<String>>,
    pub(super) fields: Vec<At<String>>,
    pub(super) expressions: Vec<At<String>>,
    pub(super) include: Vec<At<String>>,
    pub(super) condition: Option<At<String>>,
    pub(super) method: Option<String>,
}

/// A constraint.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ConstraintDeclaration {
    pub(super) at: Place,
    pub(super) name: Option<At<String>>,
    pub(super) rule: ConstraintRule,
}

/// What a constraint demands.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ConstraintRule {
    /// Unique fields, among the rows of a condition.
    Unique(Vec<At<String>>, Option<At<String>>),
    /// An expression that every row fulfils.
    Check(At<String>),
}

/// Reads every file.
pub(super) fn read_files(
    files: &[SourceFile],
    types: &FieldTypes,
    problems: &mut Problems,
) -> Vec<ModelDeclaration> {
    let mut models = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let app = file.app();
        let tree = parse(index, &file.text, problems);
        if problems.has_syntax_error_in(index) {
            // What was recovered is half of what was meant; messages about it would mislead.
            continue;
        }
        for (key, value) in &tree.entries {
            names::check_model_name(key, problems);
            match &value.value {
                Value::Table(table) => models.push(read_model(key, &app, table, types, problems)),
                other => problems.add(
                    Problem::new(
                        Code::WrongType,
                        key.at,
                        format!("`{}` is {}, but a file holds models only", key.value, other.describe()),
                    )
                    .help(format!("a model is a table: [{}.fields]", names::model_example(&key.value))),
                ),
            }
        }
    }
    models
}

pub(super) fn read_model(
    name: &At<String>,
    app: &str,
    table: &Table,
    types: &FieldTypes,
    problems: &mut Problems,
) -> ModelDeclaration {
    let mut model = ModelDeclaration::new(name.clone(), app.to_owned());
    let what = format!("a model (`{}`)", name.value);
    for (spec, key, value) in read_keys(table, MODEL_KEYS, &what, problems) {
        match spec.name {
            "doc" => model.doc = text(key, value, problems),
            "db_comment" => model.db_comment = text(key, value, problems),
            "table" => model.table = text(key, value, problems).map(|text| At::new(text, value.at)),
            "extends" => model.extends = name_list(key, value, problems),
            "abstract" => model.is_abstract = flag(key, value, problems).unwrap_or(false),
            "proxy" => model.proxy = flag(key, value, problems).filter(|is| *is).map(|_| key.at),
            "managed" => model.managed = flag(key, value, problems),
            "ordering" => model.ordering = Some(name_list(key, value, problems)),
            "display" => model.display = text(key, value, problems).map(|text| At::new(text, value.at)),
            "primary_key" => {
                model.primary_key = Some(At::new(name_list(key, value, problems), key.at));
            }
            "unique_together" => model.unique_together = name_groups(key, value, problems),
            "renamed_from" => model.renamed_from = text(key, value, problems),
            "graphql" => model.graphql = graphql_model(key, value, problems),
            "fields" => read_members(key, value, problems, |member, value, problems| {
                match read_field(member, value, types, problems) {
                    Some(field) => model.fields.push(field),
                    None => {
                        model.broken.insert(member.value.clone());
                    }
                }
            }),
            "annotations" => read_members(key, value, problems, |member, value, problems| {
                names::check_member_name(member, "computed field", problems);
                match read_annotation(member, value, problems) {
                    Some(annotation) => model.annotations.push(annotation),
                    None => {
                        model.broken.insert(member.value.clone());
                    }
                }
            }),
            "managers" => read_members(key, value, problems, |member, value, problems| {
                names::check_member_name(member, "manager", problems);
                model.managers.extend(read_manager(member, value, problems));
            }),
            "indexes" => model.indexes = read_items(key, value, problems, read_index),
            "constraints" => model.constraints = read_items(key, value, problems, read_constraint),
            // Reading a rule and not enforcing it would open what its author thinks is closed.
            "permissions" => problems.add(
                Problem::new(Code::NotBuilt, key.at, "permissions are not enforced yet")
                    .help("remove them, and do not serve this model to people who may not see all of it"),
            ),
            _ => {}
        }
    }
    model
}

/// The keys of a table that are known, in the order of the file; unknown ones are reported.
pub(super) fn read_keys<'t>(
    table: &'t Table,
    specs: &'static [OptionSpec],
    what: &str,
    problems: &mut Problems,
) -> Vec<(&'static OptionSpec, &'t At<String>, &'t At<Value>)> {
    let mut known = Vec::new();
    for (key, value) in &table.entries {
        match specs.iter().find(|spec| spec.name == key.value) {
            Some(spec) => known.push((spec, key, value)),
            None => problems.add(unknown_key(key, value, specs, what)),
        }
    }
    known
}

fn unknown_key(key: &At<String>, value: &At<Value>, specs: &[OptionSpec], what: &str) -> Problem {
    let known: Vec<_> = specs.iter().map(|spec| spec.name).collect();
    let is_field = matches!(&value.value, Value::Table(table)
        if table.entries.iter().any(|(key, _)| key.value == "type"));
    let help = if is_field && known.contains(&"fields") {
        Some("fields stand in the model's `fields` table: [Model.fields]".to_owned())
    } else {
        suggest(&key.value, &known, "the keys are")
    };
    Problem::new(Code::UnknownKey, key.at, format!("`{}` is not a key of {what}", key.value))
        .label("unknown")
        .maybe_help(help)
}

pub(super) fn wrong_type(key: &At<String>, value: &At<Value>, expected: &str) -> Problem {
    Problem::new(
        Code::WrongType,
        value.at,
        format!("`{}` takes {expected}, not {}", key.value, value.value.describe()),
    )
    .label(format!("expected {expected}"))
}

/// `true` or `false`.
pub(super) fn flag(key: &At<String>, value: &At<Value>, problems: &mut Problems) -> Option<bool> {
    match &value.value {
        Value::Boolean(flag) => Some(*flag),
        _ => {
            problems.add(wrong_type(key, value, "true or false"));
            None
        }
    }
}

/// Text that is not empty, with its place.
pub(super) fn placed_text(
    key: &At<String>,
    value: &At<Value>,
    problems: &mut Problems,
) -> Option<At<String>> {
    text(key, value, problems).map(|text| At::new(text, value.at))
}

/// Text that is not empty and has no U+0000.
pub(super) fn text(key: &At<String>, value: &At<Value>, problems: &mut Problems) -> Option<String> {
    match &value.value {
        Value::Text(text) if text.contains('\0') => {
            problems.add(Problem::new(Code::BadValue, value.at, "text cannot have U+0000"));
            None
        }
        Value::Text(text) if text.trim().is_empty() => {
            problems.add(
                Problem::new(Code::BadValue, value.at, format!("`{}` is empty", key.value))
                    .help("leave the key out"),
            );
            None
        }
        Value::Text(text) => Some(text.clone()),
        _ => {
            problems.add(wrong_type(key, value, "a text"));
            None
        }
    }
}

/// An integer of at least `least` that fits 32 bits.
pub(super) fn number(
    key: &At<String>,
    value: &At<Value>,
    least: u32,
    problems: &mut Problems,
) -> Option<u32> {
    let Value::Integer(number) = &value.value else {
        problems.add(wrong_type(key, value, "an integer"));
        return None;
    };
    let fitting = u32::try_from(*number).ok().filter(|number| *number >= least && *number <= i32::MAX as u32);
    if fitting.is_none() {
        problems.add(
            Problem::new(
                Code::BadValue,
                value.at,
                format!("`{}` is {number}, but it must be from {least} to {}", key.value, i32::MAX),
            )
            .label("out of range"),
        );
    }
    fitting
}

/// A list of texts. One text alone is not a list: it would hide a forgotten bracket.
pub(super) fn name_list(key: &At<String>, value: &At<Value>, problems: &mut Problems) -> Vec<At<String>> {
    match &value.value {
        Value::List(items) => items
            .iter()
            .filter_map(|item| text(key, item, problems).map(|text| At::new(text, item.at)))
            .collect(),
        Value::Text(name) => {
            problems
                .add(wrong_type(key, value, "a list").help(format!("write {} = [\"{name}\"]", key.value)));
            Vec::new()
        }
        _ => {
            problems.add(wrong_type(key, value, "a list of texts"));
            Vec::new()
        }
    }
}

pub(super) fn name_groups(
    key: &At<String>,
    value: &At<Value>,
    problems: &mut Problems,
) -> Vec<At<Vec<At<String>>>> {
    match &value.value {
        Value::List(items) if items.iter().all(|item| matches!(item.value, Value::List(_))) => {
            items.iter().map(|item| At::new(name_list(key, item, problems), item.at)).collect()
        }
        _ => vec![At::new(name_list(key, value, problems), value.at)],
    }
}

pub(super) fn read_members(
    key: &At<String>,
    value: &At<Value>,
    problems: &mut Problems,
    mut read: impl FnMut(&At<String>, &At<Value>, &mut Problems),
) {
    match &value.value {
        Value::Table(table) => {
            for (member, value) in &table.entries {
                read(member, value, problems);
            }
        }
        _ => problems.add(wrong_type(key, value, "a table")),
    }
}

fn read_items<T>(
    key: &At<String>,
    value: &At<Value>,
    problems: &mut Problems,
    read: fn(&Table, Place, &mut Problems) -> Option<T>,
) -> Vec<T> {
    let Value::List(items) = &value.value else {
        problems
            .add(wrong_type(key, value, "a list of tables").help(format!("write [[Model.{}]]", key.value)));
        return Vec::new();
    };
    let mut read_ones = Vec::new();
    for item in items {
        match &item.value {
            // A `[[…]]` header has no place of its own in the tree; its first key stands for it.
            Value::Table(table) => {
                let at = table.entries.first().map_or(key.at, |(first, _)| first.at);
                read_ones.extend(read(table, at, problems));
            }
            _ => problems.add(wrong_type(key, item, "a table")),
        }
    }
    read_ones
}

fn graphql_model(key: &At<String>, value: &At<Value>, problems: &mut Problems) -> GraphqlModel {
    let mut graphql = GraphqlModel::default();
    match &value.value {
        Value::Boolean(exposed) => graphql.hidden = !exposed,
        Value::Table(table) => {
            for (spec, key, value) in read_keys(table, GRAPHQL_MODEL_KEYS, "a model's `graphql`", problems) {
                if spec.name == "mutations" {
                    graphql.read_only = flag(key, value, problems) == Some(false);
                    continue;
                }
                let name = text(key, value, problems);
                names::check_graphql_name(name.as_deref(), value.at, problems);
                match spec.name {
                    "name" => graphql.name = name,
                    _ => graphql.plural = name,
                }
            }
        }
        _ => problems.add(wrong_type(
            key,
            value,
            "false or { name = \"…\", plural = \"…\", mutations = false }",
        )),
    }
    graphql
}

fn read_annotation(
    name: &At<String>,
    value: &At<Value>,
    problems: &mut Problems,
) -> Option<AnnotationDeclaration> {
    let table = match &value.value {
        Value::Text(_) => {
            let expression = placed_text(name, value, problems)?;
            let name = name.clone();
            return Some(AnnotationDeclaration { name, expression, arguments: Vec::new(), help_text: None });
        }
        Value::Table(table) => table,
        _ => {
            problems.add(wrong_type(name, value, "an expression or { expr = \"…\", args = { … } }"));
            return None;
        }
    };
    let mut expression = None;
    let mut arguments = Vec::new();
    let mut help_text = None;
    for (spec, key, value) in read_keys(table, ANNOTATION_KEYS, "a computed field", problems) {
        match spec.name {
            "expr" => expression = Some(placed_text(key, value, problems)),
            "help_text" => help_text = text(key, value, problems),
            _ => read_members(key, value, problems, |argument, value, problems| {
                names::check_member_name(argument, "argument", problems);
                if let Some((bare, default)) = read_argument(argument, value, problems) {
                    arguments.push((argument.value.clone(), bare, default));
                }
            }),
        }
    }
    if expression.is_none() {
        problems.add(
            Problem::new(Code::MissingKey, name.at, format!("`{}` has no `expr`", name.value))
                .help("write its expression: expr = \"count(posts)\""),
        );
    }
    Some(AnnotationDeclaration { name: name.clone(), expression: expression??, arguments, help_text })
}

pub(super) fn read_manager(
    name: &At<String>,
    value: &At<Value>,
    problems: &mut Problems,
) -> Option<ManagerDeclaration> {
    let Value::Table(table) = &value.value else {
        problems.add(wrong_type(name, value, "{ filter = \"…\", ordering = […], annotations = { … } }"));
        return None;
    };
    let mut manager = ManagerDeclaration {
        name: name.clone(),
        filter: None,
        ordering: Vec::new(),
        annotations: Vec::new(),
        use_in_migrations: false,
    };
    for (spec, key, value) in read_keys(table, MANAGER_KEYS, "a manager", problems) {
        match spec.name {
            "filter" => manager.filter = placed_text(key, value, problems),
            "annotations" => read_members(key, value, problems, |member, value, problems| {
                names::check_member_name(member, "annotation", problems);
                let Some(annotation) = read_annotation(member, value, problems) else { return };
                match annotation.arguments.first() {
                    // Nothing could give it: it is part of the scope.
                    Some((argument, ..)) => problems.add(
                        Problem::new(
                            Code::OptionNotAllowed,
                            value.at,
                            format!(
                                "the annotation `{}` of a manager cannot have the argument `{argument}`",
                                member.value
                            ),
                        )
                        .help("make it a computed field of the model: [Model.annotations]"),
                    ),
                    None => manager.annotations.push(annotation),
                }
            }),
            "use_in_migrations" => {
                manager.use_in_migrations = flag(key, value, problems).unwrap_or(false);
            }
            _ => manager.ordering = name_list(key, value, problems),
        }
    }
    Some(manager)
}

pub(super) fn read_index(table: &Table, at: Place, problems: &mut Problems) -> Option<IndexDeclaration> {
    let mut index = IndexDeclaration {
        at,
        name: None,
        fields: Vec::new(),
        expressions: Vec::new(),
        include: Vec::new(),
        condition: None,
        method: None,
    };
    for (spec, key, value) in read_keys(table, INDEX_KEYS, "an index", problems) {
        match spec.name {
            "name" => index.name = text(key, value, problems).map(|text| At::new(text, value.at)),
            "fields" => index.fields = name_list(key, value, problems),
            "expressions" => index.expressions = name_list(key, value, problems),
            "include" => index.include = name_list(key, value, problems),
            "where" => index.condition = placed_text(key, value, problems),
            _ => {
                index.method = text(key, value, problems);
                if let Some(method) = &index.method
                    && !INDEX_METHODS.contains(&method.as_str())
                {
                    problems.add(
                        Problem::new(Code::BadValue, value.at, format!("`{method}` is not an index method"))
                            .maybe_help(suggest(method, INDEX_METHODS, "the methods are")),
                    );
                }
            }
        }
    }
    if !table.entries.iter().any(|(key, _)| ["fields", "expressions"].contains(&key.value.as_str())) {
        problems.add(
            Problem::new(Code::MissingKey, at, "the index has neither `fields` nor `expressions`")
                .help("write fields = [\"author\", \"-created_at\"]"),
        );
        return None;
    }
    Some(index)
}

pub(super) fn read_constraint(
    table: &Table,
    at: Place,
    problems: &mut Problems,
) -> Option<ConstraintDeclaration> {
    let (mut name, mut unique, mut check, mut condition) = (None, None, None, None);
    for (spec, key, value) in read_keys(table, CONSTRAINT_KEYS, "a constraint", problems) {
        match spec.name {
            "name" => name = text(key, value, problems).map(|text| At::new(text, value.at)),
            "unique" => unique = Some(name_list(key, value, problems)),
            "check" => check = Some((key.at, placed_text(key, value, problems))),
            _ => condition = placed_text(key, value, problems).map(|text| (key.at, text)),
        }
    }
    let rule = match (unique, check) {
        (Some(fields), None) => ConstraintRule::Unique(fields, condition.map(|(_, text)| text)),
        (None, Some((check_at, check))) => {
            if let Some((condition_at, _)) = condition {
                problems.add(
                    Problem::new(Code::OptionConflict, condition_at, "a check has no `where`")
                        .help("write the condition into the check: not (condition) or (check)"),
                );
            }
            if name.is_none() {
                problems.add(
                    Problem::new(Code::MissingKey, check_at, "the check has no `name`").help(
                        "a check is found by its name when it is violated: name = \"views_non_negative\"",
                    ),
                );
            }
            ConstraintRule::Check(check?)
        }
        (Some(_), Some((check_at, _))) => {
            problems.add(
                Problem::new(Code::OptionConflict, check_at, "a constraint is `unique` or `check`, not both")
                    .help("write two constraints"),
            );
            return None;
        }
        (None, None) => {
            problems.add(
                Problem::new(Code::MissingKey, at, "the constraint has neither `unique` nor `check`")
                    .help("write unique = [\"author\", \"slug\"] or check = \"views >= 0\""),
            );
            return None;
        }
    };
    Some(ConstraintDeclaration { at, name, rule })
}
