//! The define stage: model files in, a registry out. (First form: stops at the first error.)
#![allow(missing_docs, clippy::unwrap_used, clippy::cast_possible_truncation)]

use crate::registry::*;
use std::collections::HashMap;
use std::path::Path;
use toml::Value as T;

#[derive(Debug, Clone)]
pub struct SourceFile {
    pub path: String,
    pub text: String,
}
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ProjectError(String);
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DefineErrors(String);
impl DefineErrors {
    pub fn render(&self, _: bool) -> String {
        self.0.clone()
    }
}
pub fn json_schema() -> serde_json::Value {
    serde_json::json!({})
}
pub fn read_project(folder: &Path) -> Result<Vec<SourceFile>, ProjectError> {
    let mut files: Vec<_> = std::fs::read_dir(folder.join("models"))
        .map_err(|e| ProjectError(e.to_string()))?
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|p| {
            Ok(SourceFile {
                path: p.display().to_string(),
                text: std::fs::read_to_string(&p).map_err(|e| ProjectError(e.to_string()))?,
            })
        })
        .collect()
}

fn s(t: &T, k: &str) -> Option<String> {
    t.get(k)?.as_str().map(Into::into)
}
fn b(t: &T, k: &str) -> bool {
    t.get(k).and_then(T::as_bool).unwrap_or(false)
}
fn n(t: &T, k: &str) -> Option<i64> {
    t.get(k)?.as_integer()
}
fn json(v: &T) -> serde_json::Value {
    serde_json::to_value(v).unwrap_or_default()
}
fn ordering(t: Option<&T>) -> Vec<OrderKey> {
    t.and_then(T::as_array)
        .into_iter()
        .flatten()
        .filter_map(T::as_str)
        .map(|k| OrderKey {
            descending: k.starts_with('-'),
            path: k.trim_start_matches('-').split("__").map(Into::into).collect(),
        })
        .collect()
}
fn kind(word: &str, t: &T) -> (&'static str, LogicalType) {
    let d = LogicalType::Decimal {
        digits: n(t, "max_digits").unwrap_or(18) as u16,
        scale: n(t, "decimal_places").unwrap_or(0) as u16,
    };
    match word {
        "auto" => ("auto", LogicalType::Int32),
        "big_auto" => ("big_auto", LogicalType::Int64),
        "integer" => ("integer", LogicalType::Int32),
        "positive_integer" => ("positive_integer", LogicalType::Int32),
        "small_integer" => ("small_integer", LogicalType::Int16),
        "big_integer" => ("big_integer", LogicalType::Int64),
        "boolean" => ("boolean", LogicalType::Boolean),
        "float" => ("float", LogicalType::Float),
        "decimal" => ("decimal", d),
        "date" => ("date", LogicalType::Date),
        "time" => ("time", LogicalType::Time),
        "datetime" => ("datetime", LogicalType::DateTime),
        "duration" => ("duration", LogicalType::Duration),
        "uuid" => ("uuid", LogicalType::Uuid),
        "json" => ("json", LogicalType::Json),
        "char" => ("char", LogicalType::Text),
        "email" => ("email", LogicalType::Text),
        "slug" => ("slug", LogicalType::Text),
        _ => ("text", LogicalType::Text),
    }
}
fn field(name: &str, column: &str, word: &str, t: &T, managed: bool) -> Field {
    let (kind, logical) = kind(word, t);
    let sqlite = match (&logical, managed) {
        (_, false) => SqliteEncoding::Django,
        (LogicalType::Decimal { digits, scale }, true) if *digits <= 18 => {
            SqliteEncoding::ScaledInteger { scale: *scale as u8 }
        }
        (LogicalType::Decimal { digits, scale }, true) => {
            SqliteEncoding::OrderedText { digits: *digits, scale: *scale }
        }
        _ => SqliteEncoding::Plain,
    };
    Field {
        id: FieldId(0),
        name: name.into(),
        column: s(t, "column").unwrap_or_else(|| column.into()),
        kind,
        logical,
        sqlite,
        null: b(t, "null"),
        primary_key: b(t, "primary_key"),
        unique: b(t, "unique"),
        index: b(t, "index"),
        default: t.get("default").map(|d| DefaultValue::Literal(json(d))),
        db_default: None,
        max_length: n(t, "max_length").map(|l| l as u32).or(match kind {
            "email" => Some(254),
            "slug" => Some(50),
            _ => None,
        }),
        min: (kind == "positive_integer").then(|| "0".to_owned()),
        max: None,
        regex: None,
        choices: vec![],
        editable: true,
        help_text: s(t, "help_text"),
        db_comment: None,
        collation: None,
        auto_now: if b(t, "auto_now") {
            AutoNow::Always
        } else if b(t, "auto_now_add") {
            AutoNow::Add
        } else {
            AutoNow::Never
        },
        generated: None,
        relation: None,
        auto_increment: kind.ends_with("auto"),
        graphql_name: None,
        hidden: false,
        origin: Origin::default(),
    }
}
fn relation(name: &str, kind: RelationKind, target: ModelId) -> Relation {
    Relation {
        id: RelationId(0),
        name: name.into(),
        kind,
        target,
        pairs: vec![],
        through: None,
        null: false,
        on_delete: None,
        enforced: true,
        inverse: None,
        help_text: None,
        graphql_name: None,
        hidden: false,
        origin: Origin::default(),
    }
}
fn add(m: &mut Model, mut r: Relation) -> RelationId {
    r.id = RelationId(m.relations.len() as u32);
    m.names.insert(r.name.clone(), Member::Relation(r.id));
    m.relations.push(r);
    RelationId(m.relations.len() as u32 - 1)
}
fn push(m: &mut Model, mut f: Field) -> FieldId {
    f.id = FieldId(m.fields.len() as u32);
    m.names.insert(f.name.clone(), Member::Field(f.id));
    m.fields.push(f);
    FieldId(m.fields.len() as u32 - 1)
}

pub fn define(files: &[SourceFile]) -> Result<Registry, DefineErrors> {
    let mut raw: Vec<(String, String, toml::Table)> = vec![];
    for f in files {
        let t: toml::Table = f.text.parse().map_err(|e| DefineErrors(format!("{}: {e}", f.path)))?;
        let app = Path::new(&f.path).file_stem().unwrap().to_string_lossy().into_owned();
        for (k, v) in t {
            raw.push((app.clone(), k, v.as_table().unwrap().clone()));
        }
    }
    let bases: HashMap<String, toml::Table> = raw
        .iter()
        .filter(|r| b(&T::Table(r.2.clone()), "abstract"))
        .map(|r| (r.1.clone(), r.2.clone()))
        .collect();
    let concrete: Vec<_> = raw.iter().filter(|r| !bases.contains_key(&r.1)).collect();
    let mut models: Vec<Model> = vec![];
    let mut specs: Vec<Vec<(String, T)>> = vec![];
    for (i, (app, name, table)) in concrete.iter().enumerate() {
        let t = T::Table(table.clone());
        let mut fields: Vec<(String, T)> = vec![];
        for base in t.get("extends").and_then(T::as_array).into_iter().flatten().filter_map(T::as_str) {
            let base = &bases[base];
            fields.extend(base["fields"].as_table().unwrap().iter().map(|(k, v)| (k.clone(), v.clone())));
        }
        let own = t.get("fields").and_then(T::as_table).cloned().unwrap_or_default();
        fields.extend(own);
        let managed = t.get("managed").and_then(T::as_bool).unwrap_or(true);
        let mut m = Model {
            id: ModelId(i as u32),
            name: name.clone(),
            app: app.clone(),
            table: s(&t, "table").unwrap_or_else(|| format!("{app}_{}", name.to_lowercase())),
            doc: s(&t, "doc"),
            db_comment: None,
            display: s(&t, "display"),
            fields: vec![],
            relations: vec![],
            primary_key: vec![],
            ordering: ordering(t.get("ordering")),
            managers: vec![],
            annotations: Default::default(),
            indexes: vec![],
            constraints: vec![],
            managed,
            proxy_for: None,
            implicit: false,
            graphql: GraphqlModel::default(),
            origin: Origin::default(),
            names: HashMap::new(),
        };
        let managers = t.get("managers").and_then(T::as_table).cloned().unwrap_or_default();
        for (k, v) in managers {
            m.managers.push(Manager {
                name: k,
                filter: s(&v, "filter"),
                ordering: ordering(v.get("ordering")),
                origin: Origin::default(),
            });
        }
        if m.managers.is_empty() {
            m.managers.push(Manager {
                name: "objects".into(),
                filter: None,
                ordering: vec![],
                origin: Origin::default(),
            });
        }
        if !fields.iter().any(|(_, f)| b(f, "primary_key")) && t.get("primary_key").is_none() {
            let mut f = field("id", "id", "big_auto", &t, managed);
            f.primary_key = true;
            f.column = "id".into();
            f.null = false;
            m.primary_key = vec![push(&mut m, f)];
        }
        models.push(m);
        specs.push(fields);
    }
    let index: HashMap<String, usize> = models.iter().enumerate().map(|(i, m)| (m.name.clone(), i)).collect();
    // Columns that are not relations, so that targets' keys are known.
    for (i, fields) in specs.iter().enumerate() {
        for (name, t) in fields {
            let word = s(t, "type").unwrap_or_default();
            if !["foreign_key", "one_to_one", "many_to_many"].contains(&word.as_str()) {
                let managed = models[i].managed;
                let f = field(name, name, &word, t, managed);
                let pk = f.primary_key;
                let id = push(&mut models[i], f);
                if pk {
                    models[i].primary_key = vec![id];
                }
            }
        }
    }
    for (i, fields) in specs.iter().enumerate() {
        for (name, t) in fields {
            let word = s(t, "type").unwrap_or_default();
            if word != "foreign_key" && word != "one_to_one" {
                continue;
            }
            let to = s(t, "to").unwrap();
            let target = if to == "self" { i } else { index[&to] };
            let one = word == "one_to_one";
            let key = models[target].field(models[target].primary_key[0]).clone();
            let managed = models[i].managed;
            let mut f = field(&format!("{name}_id"), &format!("{name}_id"), "text", t, managed);
            f.kind = match key.kind {
                "auto" => "integer",
                "big_auto" => "big_integer",
                other => other,
            };
            f.logical = key.logical.clone();
            f.sqlite = key.sqlite;
            f.index = true;
            f.unique = one;
            f.auto_increment = false;
            let id = push(&mut models[i], f);
            let mut r = relation(
                name,
                if one { RelationKind::OneToOne } else { RelationKind::ForeignKey },
                ModelId(target as u32),
            );
            r.pairs = vec![(id, key.id)];
            r.null = b(t, "null");
            r.enforced = t.get("db_constraint").and_then(T::as_bool).unwrap_or(true);
            r.on_delete = Some(match s(t, "on_delete").unwrap_or_default().as_str() {
                "protect" => OnDelete::Protect,
                "restrict" => OnDelete::Restrict,
                "set_null" => OnDelete::SetNull,
                "set_default" => OnDelete::SetDefault,
                "do_nothing" => OnDelete::DoNothing,
                _ => OnDelete::Cascade,
            });
            let rid = add(&mut models[i], r);
            models[i].fields[id.0 as usize].relation = Some(rid);
            let mut rev = relation(
                &s(t, "related_name").unwrap_or_else(|| format!("{}_set", models[i].name.to_lowercase())),
                if one { RelationKind::ReverseOneToOne } else { RelationKind::ReverseForeignKey },
                ModelId(i as u32),
            );
            rev.pairs = vec![(key.id, id)];
            rev.null = one;
            rev.inverse = Some(rid);
            add(&mut models[target], rev);
        }
    }
    for (i, (_, _, table)) in concrete.iter().enumerate() {
        if let Some(keys) = table.get("primary_key").and_then(T::as_array) {
            for k in keys.iter().filter_map(T::as_str) {
                let name = if models[i].names.contains_key(&format!("{k}_id")) {
                    format!("{k}_id")
                } else {
                    k.into()
                };
                if let Some(Member::Field(id)) = models[i].member(&name) {
                    models[i].primary_key.push(id);
                    models[i].fields[id.0 as usize].primary_key = true;
                }
            }
        }
    }
    for (i, fields) in specs.iter().enumerate() {
        for (name, t) in fields {
            if s(t, "type").as_deref() != Some("many_to_many") {
                continue;
            }
            let target = index[&s(t, "to").unwrap()];
            let (link, a, z) = match s(t, "through") {
                Some(through) => {
                    let l = index[&through];
                    let find = |to: usize| {
                        let m = &models[l];
                        m.relations
                            .iter()
                            .find(|r| r.kind == RelationKind::ForeignKey && r.target.0 as usize == to)
                            .map(|r| r.pairs[0])
                            .unwrap()
                    };
                    (l, find(i), find(target))
                }
                None => {
                    let l = models.len();
                    let mut m = models[i].clone();
                    m.id = ModelId(l as u32);
                    m.name = format!("{}_{name}", models[i].name);
                    m.table = s(t, "table").unwrap_or_else(|| format!("{}_{name}", models[i].table));
                    m.doc = None;
                    m.fields = vec![];
                    m.relations = vec![];
                    m.names = HashMap::new();
                    m.ordering = vec![];
                    m.implicit = true;
                    m.graphql.hidden = true;
                    m.managers.truncate(1);
                    let none = T::Table(toml::Table::new());
                    let mut f = field("id", "id", "big_auto", &none, m.managed);
                    f.primary_key = true;
                    let id = push(&mut m, f);
                    m.primary_key = vec![id];
                    let mut ends = vec![];
                    for end in [i, target] {
                        let n = format!("{}_id", models[end].name.to_lowercase());
                        let key = models[end].field(models[end].primary_key[0]).clone();
                        let mut f = field(&n, &n, "big_integer", &none, m.managed);
                        f.index = true;
                        let id = push(&mut m, f);
                        let mut r = relation(
                            &models[end].name.to_lowercase(),
                            RelationKind::ForeignKey,
                            ModelId(end as u32),
                        );
                        r.pairs = vec![(id, key.id)];
                        r.on_delete = Some(OnDelete::Cascade);
                        let rid = add(&mut m, r);
                        m.fields[id.0 as usize].relation = Some(rid);
                        ends.push((id, key.id));
                    }
                    m.constraints = vec![Constraint::Unique {
                        name: format!("{}_uniq", m.table),
                        fields: vec![ends[0].0, ends[1].0],
                        condition: None,
                    }];
                    models.push(m);
                    (l, ends[0], ends[1])
                }
            };
            let mut r = relation(name, RelationKind::ManyToMany, ModelId(target as u32));
            r.through =
                Some(Through { model: ModelId(link as u32), source: vec![(a.1, a.0)], target: vec![z] });
            let rid = add(&mut models[i], r);
            let mut rev = relation(
                &s(t, "related_name").unwrap_or_else(|| format!("{}_set", models[i].name.to_lowercase())),
                RelationKind::ManyToMany,
                ModelId(i as u32),
            );
            rev.through =
                Some(Through { model: ModelId(link as u32), source: vec![(z.1, z.0)], target: vec![a] });
            rev.inverse = Some(rid);
            add(&mut models[target], rev);
        }
    }
    Ok(Registry::new(models))
}
