//! Fields as declarations: the field type is known, it takes each of the options, and each has its shape.

use super::declare::{flag, name_list, number, read_keys, text};
use super::errors::{Code, Problem, Problems, nearest, suggest};
use super::kinds::{FIELD_KINDS, FieldKind, KindType};
use super::literals;
use super::names;
use super::options::{
    ARGUMENT_KEYS, FIELD_OPTIONS, GRAPHQL_FIELD_KEYS, ON_DELETE, OptionSpec, Shape, TYPE_KEYS,
};
use super::tree::{At, Place, Table, Value};
use crate::registry::{CustomType, FieldTypes, LogicalType, OnDelete};
use serde_json::Map;
use std::borrow::Cow;

/// A field as its file declares it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FieldDeclaration {
    pub(super) name: At<String>,
    pub(super) kind: KindOf,
    settings: Vec<(&'static str, Place, Setting)>,
}

/// A field type, compared by its word.
#[derive(Debug, Clone)]
pub(super) struct KindOf(pub(super) Cow<'static, FieldKind>);

impl PartialEq for KindOf {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

/// The value of an option, read by its shape.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Setting {
    Flag(bool),
    Text(String),
    Number(u32),
    Value(Value),
    Choices(Vec<(At<Value>, Option<String>)>),
    Names(Vec<At<String>>),
    OnDelete(OnDelete),
    /// Name, hidden.
    Graphql(Option<String>, bool),
    Type(BareType),
}

/// A type without a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BareType {
    pub(super) logical: LogicalType,
    pub(super) max_length: Option<u32>,
}

impl FieldDeclaration {
    /// A field with these options.
    pub(super) fn new(
        name: At<String>,
        kind: Cow<'static, FieldKind>,
        settings: Vec<(&'static str, Place, Setting)>,
    ) -> Self {
        Self { name, kind: KindOf(kind), settings }
    }

    /// The place and value of an option.
    pub(super) fn setting(&self, option: &str) -> Option<(Place, &Setting)> {
        debug_assert!(FIELD_OPTIONS.iter().any(|spec| spec.name == option), "{option}");
        self.settings.iter().find(|(name, ..)| *name == option).map(|(_, at, setting)| (*at, setting))
    }

    /// Where an option stands; the field's name when it is not there.
    pub(super) fn place(&self, option: &str) -> Place {
        self.setting(option).map_or(self.name.at, |(at, _)| at)
    }

    pub(super) fn flag(&self, option: &str) -> Option<bool> {
        match self.setting(option)?.1 {
            Setting::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    pub(super) fn text(&self, option: &str) -> Option<&str> {
        match self.setting(option)?.1 {
            Setting::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn number(&self, option: &str) -> Option<u32> {
        match self.setting(option)?.1 {
            Setting::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn value(&self, option: &str) -> Option<At<&Value>> {
        match self.setting(option)? {
            (at, Setting::Value(value)) => Some(At::new(value, at)),
            _ => None,
        }
    }

    pub(super) fn names(&self, option: &str) -> Option<&[At<String>]> {
        match self.setting(option)?.1 {
            Setting::Names(names) => Some(names),
            _ => None,
        }
    }

    pub(super) fn choices(&self) -> &[(At<Value>, Option<String>)] {
        match self.setting("choices") {
            Some((_, Setting::Choices(choices))) => choices,
            _ => &[],
        }
    }

    pub(super) fn on_delete(&self) -> Option<OnDelete> {
        match self.setting("on_delete")?.1 {
            Setting::OnDelete(rule) => Some(*rule),
            _ => None,
        }
    }

    /// GraphQL name, and whether it is hidden.
    pub(super) fn graphql(&self) -> (Option<String>, bool) {
        match self.setting("graphql") {
            Some((_, Setting::Graphql(name, hidden))) => (name.clone(), *hidden),
            _ => (None, false),
        }
    }

    pub(super) fn bare_type(&self, option: &str) -> Option<&BareType> {
        match self.setting(option)?.1 {
            Setting::Type(bare) => Some(bare),
            _ => None,
        }
    }

    /// Whether it is a relation that has columns.
    pub(super) fn is_reference(&self) -> bool {
        self.kind.0.relation().is_some() && !self.is_many_to_many()
    }

    /// Whether it is a many-to-many relation.
    pub(super) fn is_many_to_many(&self) -> bool {
        self.kind.0.relation() == Some(crate::registry::RelationKind::ManyToMany)
    }

    /// Replaces text in the options that may be inherited by several models (Django's `%(class)s`).
    pub(super) fn replace_in_texts(&mut self, replace: impl Fn(&str) -> String) {
        for (name, _, setting) in &mut self.settings {
            if let ("related_name" | "table", Setting::Text(text)) = (*name, setting) {
                *text = replace(text);
            }
        }
    }
}

/// Reads one field. `None` when its type is unknown or it lacks what it cannot do without.
pub(super) fn read_field(
    name: &At<String>,
    value: &At<Value>,
    types: &FieldTypes,
    problems: &mut Problems,
) -> Option<FieldDeclaration> {
    names::check_member_name(name, "field", problems);
    let Value::Table(table) = &value.value else {
        let problem = Problem::new(
            Code::WrongType,
            value.at,
            format!("the field `{}` is {}, not a table", name.value, value.value.describe()),
        );
        let word = if let Value::Text(word) = &value.value { word.as_str() } else { "text" };
        problems.add(problem.help(format!("write {} = {{ type = \"{word}\" }}", name.value)));
        return None;
    };
    let kind = read_kind(table, name, types, problems)?;
    let mut settings = Vec::new();
    let mut own = Map::new();
    let mut complete = true;
    for (key, value) in &table.entries {
        let Some(spec) = FIELD_OPTIONS.iter().find(|spec| spec.name == key.value) else {
            match kind.own_options().iter().find(|option| option.name == key.value) {
                Some(option) => match literals::check(&LogicalType::Json, &value.value) {
                    Ok(json) => drop(own.insert(option.name.to_owned(), json)),
                    Err(why) => problems.add(Problem::new(
                        Code::BadValue,
                        value.at,
                        format!("`{}` cannot be read: {why}", option.name),
                    )),
                },
                None => problems.add(unknown_option(key, &kind)),
            }
            continue;
        };
        if spec.name == "type" {
            continue;
        }
        if !kind.takes(spec.name) {
            problems.add(option_not_allowed(key, &kind));
            continue;
        }
        match read_setting(spec, key, value, problems) {
            Some(setting) => settings.push((spec.name, value.at, setting)),
            // A field without an option that it needs cannot be built; the others have defaults.
            None if kind.required.contains(&spec.name) => complete = false,
            None => {}
        }
    }
    for option in kind.required {
        if !table.entries.iter().any(|(key, _)| key.value == *option) {
            problems.add(missing_option(name, &kind, option));
            complete = false;
        }
    }
    let kind = match kind.custom() {
        Some(custom) => Cow::Owned(FieldKind::of_custom(with_options(custom, &own, name, problems)?)),
        None => kind,
    };
    complete.then(|| FieldDeclaration::new(name.clone(), kind, settings))
}

/// A field type of an embedder's own with the options that a field gives.
fn with_options(
    custom: &CustomType,
    options: &Map<String, serde_json::Value>,
    field: &At<String>,
    problems: &mut Problems,
) -> Option<CustomType> {
    match custom.with_options(options) {
        Ok(custom) => Some(custom),
        Err(why) => {
            let message = format!("the {} `{}` cannot be so: {why}", custom.name(), field.value);
            problems.add(Problem::new(Code::BadValue, field.at, message));
            None
        }
    }
}

fn read_kind(
    table: &Table,
    name: &At<String>,
    types: &FieldTypes,
    problems: &mut Problems,
) -> Option<Cow<'static, FieldKind>> {
    let Some((key, value)) = table.entries.iter().find(|(key, _)| key.value == "type") else {
        problems.add(
            Problem::new(Code::MissingKey, name.at, format!("`{}` has no `type`", name.value))
                .help("write type = \"text\" or another field type"),
        );
        return None;
    };
    let word = text(key, value, problems)?;
    if let Some(kind) = types.named(&word) {
        return Some(Cow::Owned(kind.clone()));
    }
    kind_named(&word, value.at, types, problems).map(Cow::Borrowed)
}

/// The built-in field type of this name.
fn kind_named(
    word: &str,
    at: Place,
    types: &FieldTypes,
    problems: &mut Problems,
) -> Option<&'static FieldKind> {
    let kind = FieldKind::named(word);
    if kind.is_none() {
        // The names that other tools have for the same things.
        let alias = match word.to_lowercase().as_str() {
            "string" | "varchar" | "str" | "charfield" => Some("char"),
            "int" | "integerfield" => Some("integer"),
            "bigint" | "long" => Some("big_integer"),
            "smallint" => Some("small_integer"),
            "bool" | "booleanfield" => Some("boolean"),
            "timestamp" | "timestamptz" => Some("datetime"),
            "numeric" => Some("decimal"),
            "double" | "real" => Some("float"),
            "bytes" | "blob" | "bytea" => Some("binary"),
            "jsonb" => Some("json"),
            "interval" => Some("duration"),
            "inet" | "ip" => Some("ip_address"),
            "fk" => Some("foreign_key"),
            "m2m" => Some("many_to_many"),
            "serial" => Some("auto"),
            "bigserial" => Some("big_auto"),
            _ => None,
        };
        let known: Vec<_> = FIELD_KINDS.iter().chain(types.kinds()).map(|kind| kind.name).collect();
        let help = match alias {
            Some(alias) => Some(format!("did you mean `{alias}`?")),
            None => suggest(word, &known, "the types are"),
        };
        problems.add(
            Problem::new(Code::UnknownType, at, format!("`{word}` is not a field type"))
                .label("unknown type")
                .maybe_help(help),
        );
    }
    kind
}

fn unknown_option(key: &At<String>, kind: &FieldKind) -> Problem {
    // The options of this type first: `max` is nearer to a wrong word than something that is refused next.
    let own = kind.own_options().iter().map(|option| option.name);
    let known: Vec<_> = own.chain(kind.option_names()).collect();
    let near = nearest(&key.value, known.iter().copied())
        .or_else(|| nearest(&key.value, FIELD_OPTIONS.iter().map(|spec| spec.name)));
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`{}` takes: {}", kind.name, known.join(", ")),
    };
    Problem::new(Code::UnknownKey, key.at, format!("`{}` is not an option of a field", key.value))
        .label("unknown")
        .help(help)
}

fn option_not_allowed(key: &At<String>, kind: &FieldKind) -> Problem {
    let takers: Vec<_> =
        FIELD_KINDS.iter().filter(|kind| kind.takes(&key.value)).map(|kind| kind.name).collect();
    let hint = match (kind.name, key.value.as_str()) {
        ("many_to_many", "null" | "on_delete") => {
            "a many_to_many has no column; rows of the link table go with either end".to_owned()
        }
        (_, "primary_key") => "a primary key is a number, text, moment, UUID or relation".to_owned(),
        _ if takers.len() <= 12 => format!("it is an option of {}", takers.join(", ")),
        _ => format!("`{}` takes: {}", kind.name, kind.option_names().collect::<Vec<_>>().join(", ")),
    };
    Problem::new(
        Code::OptionNotAllowed,
        key.at,
        format!("`{}` is not an option of the type `{}`", key.value, kind.name),
    )
    .help(hint)
}

fn missing_option(name: &At<String>, kind: &FieldKind, option: &str) -> Problem {
    let (code, help) = match option {
        "on_delete" => (
            Code::OnDeleteMissing,
            format!("say what happens when the referred row is deleted: {}", ON_DELETE.join(", ")),
        ),
        "max_length" => {
            (Code::MissingKey, "write max_length = 200, or type = \"text\" for text of any length".to_owned())
        }
        "to" => (Code::MissingKey, "write the model's name: to = \"User\"".to_owned()),
        "items" => (Code::MissingKey, "write the type of the items: items = \"integer\"".to_owned()),
        "output" => (Code::MissingKey, "write the type of the result: output = \"integer\"".to_owned()),
        "expr" => (Code::MissingKey, "write the expression: expr = \"lower(title)\"".to_owned()),
        _ => (Code::MissingKey, format!("write {option} = 2, say")),
    };
    Problem::new(code, name.at, format!("the {} `{}` has no `{option}`", kind.name, name.value)).help(help)
}

fn read_setting(
    spec: &OptionSpec,
    key: &At<String>,
    value: &At<Value>,
    problems: &mut Problems,
) -> Option<Setting> {
    match spec.shape {
        Shape::Flag => flag(key, value, problems).map(Setting::Flag),
        Shape::Text | Shape::Expression => text(key, value, problems).map(Setting::Text),
        Shape::Positive => number(key, value, 1, problems).map(Setting::Number),
        Shape::Natural => number(key, value, 0, problems).map(Setting::Number),
        Shape::Value => Some(Setting::Value(value.value.clone())),
        Shape::ValueExpression => match &value.value {
            Value::Boolean(flag) => Some(Setting::Text(flag.to_string())),
            Value::Integer(number) => Some(Setting::Text(number.to_string())),
            Value::Float(number) => Some(Setting::Text(number.clone())),
            _ => text(key, value, problems).map(Setting::Text),
        },
        Shape::Choices => read_choices(key, value, problems).map(Setting::Choices),
        Shape::OnDelete => {
            let word = text(key, value, problems)?;
            read_on_delete(&word, value.at, problems).map(Setting::OnDelete)
        }
        Shape::Names => Some(Setting::Names(name_list(key, value, problems))),
        Shape::GraphqlField => read_graphql(key, value, problems),
        Shape::Type => read_bare_type(key, value, problems).map(Setting::Type),
        // The other shapes are of models, not of fields.
        _ => None,
    }
}

fn read_on_delete(word: &str, at: Place, problems: &mut Problems) -> Option<OnDelete> {
    let rule = match word {
        "cascade" => Some(OnDelete::Cascade),
        "protect" => Some(OnDelete::Protect),
        "restrict" => Some(OnDelete::Restrict),
        "set_null" => Some(OnDelete::SetNull),
        "set_default" => Some(OnDelete::SetDefault),
        "do_nothing" => Some(OnDelete::DoNothing),
        _ => None,
    };
    if rule.is_none() {
        problems.add(
            Problem::new(Code::BadValue, at, format!("`{word}` is not a deletion rule")).maybe_help(suggest(
                word,
                ON_DELETE,
                "the rules are",
            )),
        );
    }
    rule
}

fn read_graphql(key: &At<String>, value: &At<Value>, problems: &mut Problems) -> Option<Setting> {
    let name = match &value.value {
        Value::Boolean(exposed) => return Some(Setting::Graphql(None, !exposed)),
        Value::Text(_) => text(key, value, problems),
        Value::Table(table) => read_keys(table, GRAPHQL_FIELD_KEYS, "a field's `graphql`", problems)
            .into_iter()
            .find_map(|(_, key, value)| text(key, value, problems)),
        other => {
            problems.add(
                Problem::new(
                    Code::WrongType,
                    value.at,
                    format!("`graphql` takes false or a name, not {}", other.describe()),
                )
                .help("write graphql = false or graphql = { name = \"…\" }"),
            );
            None
        }
    };
    names::check_graphql_name(name.as_deref(), value.at, problems);
    Some(Setting::Graphql(name, false))
}

fn read_choices(
    key: &At<String>,
    value: &At<Value>,
    problems: &mut Problems,
) -> Option<Vec<(At<Value>, Option<String>)>> {
    let mut choices = Vec::new();
    match &value.value {
        Value::List(items) => {
            for item in items {
                match &item.value {
                    Value::List(pair) => match pair.as_slice() {
                        [value, label] => {
                            choices.push((value.clone(), text(key, label, problems)));
                        }
                        _ => problems.add(
                            Problem::new(Code::BadChoices, item.at, "a choice is a value or a pair")
                                .help("write [\"draft\", \"Draft\"]"),
                        ),
                    },
                    _ => choices.push((item.clone(), None)),
                }
            }
        }
        // The keys of a table are text; fields of numbers need pairs.
        Value::Table(table) => {
            for (value, label) in &table.entries {
                let label = text(value, label, problems);
                choices.push((At::new(Value::Text(value.value.clone()), value.at), label));
            }
        }
        other => {
            problems.add(
                Problem::new(
                    Code::WrongType,
                    value.at,
                    format!("`choices` takes a list or a table, not {}", other.describe()),
                )
                .help("write choices = [\"draft\", \"live\"]"),
            );
            return None;
        }
    }
    if choices.is_empty() {
        problems.add(
            Problem::new(Code::BadChoices, value.at, "`choices` is empty: no value would be allowed")
                .help("leave it out to allow every value"),
        );
    }
    Some(choices)
}

/// Reads the type and default of an annotation's argument.
pub(super) fn read_argument(
    name: &At<String>,
    value: &At<Value>,
    problems: &mut Problems,
) -> Option<(BareType, Option<At<Value>>)> {
    let Value::Table(table) = &value.value else {
        return read_bare_type(name, value, problems).map(|bare| (bare, None));
    };
    let is_default = |entry: &&(At<String>, At<Value>)| entry.0.value == ARGUMENT_KEYS[0].name;
    let default = table.entries.iter().find(is_default).map(|(_, value)| value.clone());
    let rest = Table { entries: table.entries.iter().filter(|entry| !is_default(entry)).cloned().collect() };
    let bare = read_bare_type(name, &At::new(Value::Table(rest), value.at), problems)?;
    Some((bare, default))
}

/// Reads a type without a column: a word, or a table with `type` and its measures.
fn read_bare_type(key: &At<String>, value: &At<Value>, problems: &mut Problems) -> Option<BareType> {
    let (mut kind, mut digits, mut places, mut items, mut max_length) = (None, None, None, None, None);
    match &value.value {
        Value::Text(_) => {
            let word = text(key, value, problems)?;
            kind = Some(kind_named(&word, value.at, FieldTypes::NONE, problems)?);
        }
        Value::Table(table) => {
            for (spec, key, value) in read_keys(table, TYPE_KEYS, "a type", problems) {
                match spec.name {
                    "type" => {
                        let word = text(key, value, problems)?;
                        kind = Some(kind_named(&word, value.at, FieldTypes::NONE, problems)?);
                    }
                    "max_length" => max_length = number(key, value, 1, problems),
                    "max_digits" => digits = number(key, value, 1, problems).map(|n| At::new(n, value.at)),
                    "decimal_places" => {
                        places = number(key, value, 0, problems).map(|n| At::new(n, value.at));
                    }
                    _ => items = read_bare_type(key, value, problems),
                }
            }
        }
        other => problems.add(Problem::new(
            Code::WrongType,
            value.at,
            format!("`{}` takes a field type, not {}", key.value, other.describe()),
        )),
    }
    let Some(kind) = kind else {
        if matches!(value.value, Value::Table(_)) {
            problems.add(
                Problem::new(Code::MissingKey, key.at, format!("`{}` has no `type`", key.value))
                    .help("write type = \"integer\" or another field type"),
            );
        }
        return None;
    };
    let missing = |what: &str| {
        Problem::new(Code::MissingKey, value.at, format!("the type `{}` needs {what}", kind.name))
    };
    let logical = match &kind.kind {
        KindType::Value(logical) => logical.clone(),
        KindType::Decimal => match (digits, places) {
            (Some(digits), Some(places)) => decimal_type(digits, places, problems)?,
            _ => {
                problems.add(missing("`max_digits` and `decimal_places`"));
                return None;
            }
        },
        KindType::Array => match items {
            Some(items) => LogicalType::Array(Box::new(items.logical)),
            None => {
                problems.add(missing("`items`"));
                return None;
            }
        },
        KindType::Generated | KindType::Relation(_) | KindType::Custom(_) => {
            problems.add(
                Problem::new(Code::BadValue, value.at, format!("`{}` is not a type of values", kind.name))
                    .help("write a type such as integer, char or datetime"),
            );
            return None;
        }
    };
    Some(BareType { logical, max_length: max_length.or(kind.max_length) })
}

/// The logical type of a decimal, within what PostgreSQL's `numeric` declares (1000 digits).
pub(super) fn decimal_type(digits: At<u32>, places: At<u32>, problems: &mut Problems) -> Option<LogicalType> {
    if digits.value > 1000 {
        problems.add(Problem::new(Code::BadValue, digits.at, "`max_digits` is at most 1000"));
        return None;
    }
    if places.value > digits.value {
        problems.add(
            Problem::new(
                Code::BadValue,
                places.at,
                format!("{} places do not fit into {} digits", places.value, digits.value),
            )
            .help("`max_digits` counts all digits, those after the point too"),
        );
        return None;
    }
    let (digits, scale) = (u16::try_from(digits.value).ok()?, u16::try_from(places.value).ok()?);
    Some(LogicalType::Decimal { digits, scale })
}
