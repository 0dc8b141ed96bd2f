//! A query of the corpus as one of the QuerySet API: its steps in order, and the paths that its expressions speak of.

use super::Failure;
use super::value::literal;
use nuages_models::Registry;
use nuages_models::expr::Expr;
use nuages_models::objects::{Objects, Orm, Prefetch};
use nuages_models::query::{Nulls, OrderBy, QuerySet};
use nuages_models::registry::{LogicalType, Member, Model, RelationKind};
use nuages_models::value::Value;
use serde_json::Value as Json;
use std::rc::Rc;

/// A query while its steps are applied.
#[derive(Debug)]
pub(crate) struct Query<'o> {
    pub(crate) orm: &'o Orm,
    pub(crate) objects: Objects,
    pub(crate) model: String,
    /// Joins to many rows, the latest last.
    joins: Vec<Joined>,
    joins_made: usize,
    /// Named joins with a condition; made when a row's value is asked of them.
    pub(crate) filtered: Vec<Filtered>,
    /// Names of computed values and of keys of groups.
    names: Vec<String>,
    pub(crate) grouped: bool,
    /// Aggregates of each row follow: Django groups by the row, so a filter on many rows keeps each row once.
    collapses: bool,
    /// Whole rows are read, each once.
    once: bool,
    /// The filters on many rows so far; aggregates that are added later see only what they let through.
    pub(crate) seen: Vec<Json>,
    pub(crate) enclosing: Option<Rc<Enclosing>>,
    /// What `to` of a prefetch names.
    pub(crate) renamed: Vec<(String, String)>,
    /// The columns were chosen.
    pub(crate) projected: bool,
}

/// A relation to many rows that was joined.
#[derive(Debug, Clone)]
struct Joined {
    prefix: Vec<String>,
    name: String,
}

/// A relation joined under a name with a condition.
#[derive(Debug, Clone)]
pub(crate) struct Filtered {
    pub(crate) name: String,
    pub(crate) path: Vec<String>,
    pub(crate) on: Json,
    made: bool,
}

/// The query around a sub-query.
#[derive(Debug)]
pub(crate) struct Enclosing {
    /// The related rows that are spoken of where the sub-query stands.
    frames: Vec<Vec<String>>,
}

/// Where an expression stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reach {
    /// Related rows that are tested, from the outermost on: each by its path from the query's model.
    pub(crate) frames: Vec<Vec<String>>,
    /// Joins from this one on may be used again.
    pub(crate) joins_from: usize,
    /// Inside of an aggregate: paths may lead to many rows.
    pub(crate) in_aggregate: bool,
}

impl<'o> Query<'o> {
    /// A query with all of its steps.
    pub(crate) fn new(orm: &'o Orm, json: &Json, enclosing: Option<Rc<Enclosing>>) -> Result<Self, Failure> {
        Self::with(orm, json, enclosing, false)
    }

    /// A query whose rows are read whole, with their related rows. A filter on many rows of which each row comes once only asks
    /// for their existence.
    pub(crate) fn of_rows(orm: &'o Orm, json: &Json) -> Result<Self, Failure> {
        Self::with(orm, json, None, true)
    }

    fn with(
        orm: &'o Orm,
        json: &Json,
        enclosing: Option<Rc<Enclosing>>,
        of_rows: bool,
    ) -> Result<Self, Failure> {
        let model = text(json, "model")?;
        let model = model.rsplit('.').next().unwrap_or(model).to_owned();
        let mut query = Self {
            orm,
            objects: orm.objects(&model),
            model,
            joins: Vec::new(),
            joins_made: 0,
            filtered: Vec::new(),
            names: Vec::new(),
            grouped: false,
            collapses: false,
            once: false,
            seen: Vec::new(),
            enclosing,
            renamed: Vec::new(),
            projected: false,
        };
        let steps = json.get("steps").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        query.once = of_rows && steps.iter().any(|step| step.get("distinct").is_some_and(Json::is_boolean));
        query.collapses = query.once || aggregates_rows(steps);
        for (index, step) in steps.iter().enumerate() {
            query.step(step, &steps[index + 1..])?;
        }
        Ok(query)
    }

    fn step(&mut self, step: &Json, later: &[Json]) -> Result<(), Failure> {
        let Some(object) = step.as_object() else { return Err(Failure::Case(format!("no step: {step}"))) };
        for (kind, what) in object {
            match kind.as_str() {
                "filter" => self.filter(what)?,
                "exclude" => {
                    let tree = serde_json::json!({"not": what});
                    self.filter(&tree)?;
                }
                "annotate" | "alias" => self.annotate(kind, what)?,
                "group_by" => self.group_by(what, later)?,
                "project" => self.choose(&names(what))?,
                "order" => self.order(what)?,
                "reverse" => self.change(Objects::reverse),
                "distinct" if what.is_array() => {
                    let names = names(what);
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    self.change(|objects| objects.distinct_on(&names));
                }
                // Rows that are never multiplied are distinct already.
                "distinct" if self.once => {}
                "distinct" => self.change(Objects::distinct),
                "slice" => {
                    let bound = |index: usize| what.get(index).and_then(Json::as_u64);
                    let (from, to) = (bound(0).unwrap_or(0), bound(1));
                    self.change(|objects| objects.slice(from, to));
                }
                "union" | "intersection" | "difference" => {
                    let all = object.get("all").and_then(Json::as_bool) == Some(true);
                    for other in what.as_array().into_iter().flatten() {
                        let other = Self::new(self.orm, other, None)?.objects;
                        self.change(|objects| match kind.as_str() {
                            "union" if all => objects.union_all(&other),
                            "union" => objects.union(&other),
                            "intersection" => objects.intersection(&other),
                            _ => objects.difference(&other),
                        });
                    }
                }
                "all" => {}
                "none" => self.change(Objects::none),
                "select_related" | "only" | "defer" => {
                    let names = names(what);
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    self.change(|objects| match kind.as_str() {
                        "select_related" => objects.select_related(&names),
                        "only" => objects.only(&names),
                        _ => objects.defer(&names),
                    });
                }
                "prefetch_related" => {
                    for what in what.as_array().into_iter().flatten() {
                        let prefetch = self.prefetch(what)?;
                        self.change(|objects| objects.prefetch_related([prefetch]));
                    }
                }
                other => return Err(Failure::Unsupported(format!("the step `{other}`"))),
            }
        }
        Ok(())
    }

    pub(crate) fn change(&mut self, change: impl FnOnce(Objects) -> Objects) {
        self.objects = change(self.objects.clone());
    }

    fn filter(&mut self, tree: &Json) -> Result<(), Failure> {
        let reach = Reach { joins_from: self.joins.len(), ..Reach::default() };
        let condition = if self.collapses && !self.grouped {
            let condition = self.closed(&reach, tree)?;
            self.seen.push(tree.clone());
            condition
        } else {
            self.tree(&reach, tree)?
        };
        self.change(|objects| objects.filter(condition));
        Ok(())
    }

    fn annotate(&mut self, kind: &str, what: &Json) -> Result<(), Failure> {
        for (name, value) in what.as_object().into_iter().flatten() {
            if let Some(path) = value.get("filtered_relation").and_then(Json::as_str) {
                let on = value.get("on").cloned().unwrap_or(Json::Null);
                self.filtered.push(Filtered { name: name.clone(), path: split(path), on, made: false });
                continue;
            }
            let expr = self.expression(&Reach::default(), value)?;
            self.change(|objects| match kind {
                "alias" => objects.alias(name, expr),
                _ => objects.annotate(name, expr),
            });
            self.names.push(name.clone());
        }
        Ok(())
    }

    fn group_by(&mut self, what: &Json, later: &[Json]) -> Result<(), Failure> {
        let wanted = names(what);
        if !later.iter().any(|step| step.get("annotate").or(step.get("alias")).is_some_and(has_aggregate)) {
            // `values` without an aggregate after it only chooses columns.
            return self.choose(&wanted);
        }
        let mut keys = Vec::new();
        for name in wanted {
            keys.push((name.clone(), self.path(&Reach::default(), &split(&name))?));
            self.names.push(name);
        }
        self.grouped = true;
        self.change(|objects| objects.group_by_values(keys));
        Ok(())
    }

    /// Chooses the columns.
    pub(crate) fn choose(&mut self, names: &[String]) -> Result<(), Failure> {
        let mut columns = Vec::new();
        for name in names {
            let key = self.key_columns(&split(name));
            for (position, path) in key.iter().enumerate() {
                columns.push((format!("{name}#{position}"), self.path(&Reach::default(), path)?));
            }
            if key.is_empty() {
                columns.push((name.clone(), self.path(&Reach::default(), &split(name))?));
            }
        }
        self.projected = true;
        self.change(|objects| {
            columns
                .into_iter()
                .fold(objects.values(&[]), |objects, (name, value)| objects.value(&name, value))
        });
        Ok(())
    }

    fn order(&mut self, what: &Json) -> Result<(), Failure> {
        let mut keys = Vec::new();
        for key in what.as_array().into_iter().flatten() {
            keys.extend(self.order_key(&Reach::default(), key)?);
        }
        self.change(|objects| objects.order_by(keys));
        Ok(())
    }

    /// A key of an ordering; a primary key of several columns is several.
    pub(crate) fn order_key(&mut self, reach: &Reach, key: &Json) -> Result<Vec<OrderBy>, Failure> {
        let descending = key.get("desc").and_then(Json::as_bool) == Some(true);
        let values = match (key.get("expr"), key.get("by").and_then(Json::as_str)) {
            (Some(expr), _) => vec![self.expression(reach, expr)?],
            (None, Some(by)) => {
                let by = split(by);
                let several = self.key_columns(&by);
                let paths = if several.is_empty() { vec![by] } else { several };
                let mut values = Vec::new();
                for path in paths {
                    let value = self.path(reach, &path)?;
                    values.push(self.transformed(value, key)?.0);
                }
                values
            }
            (None, None) => return Err(Failure::Case(format!("no key: {key}"))),
        };
        let nulls = match key.get("nulls").and_then(Json::as_str) {
            Some("first") => Some(Nulls::First),
            Some("last") => Some(Nulls::Last),
            _ => None,
        };
        let key = |value| {
            let key = OrderBy::by(value, descending);
            OrderBy { nulls: nulls.unwrap_or(key.nulls), ..key }
        };
        Ok(values.into_iter().map(key).collect())
    }

    fn prefetch(&mut self, what: &Json) -> Result<Prefetch, Failure> {
        if let Some(path) = what.as_str() {
            return Ok(Prefetch::new(path));
        }
        let path = text(what, "path")?;
        let mut prefetch = Prefetch::new(path);
        if let Some(query) = what.get("query") {
            let inner = Self::of_rows(self.orm, query)?;
            self.renamed.extend(inner.renamed.iter().cloned());
            prefetch = prefetch.query(inner.objects);
        }
        if let Some(to) = what.get("to").and_then(Json::as_str) {
            let last = path.rsplit('.').next().unwrap_or(path);
            self.renamed.push((to.to_owned(), last.to_owned()));
            prefetch = prefetch.to(to);
        }
        Ok(prefetch)
    }

    /// A query inside of this one, with one column: the chosen one, else the primary key.
    pub(crate) fn sub_query(&mut self, reach: &Reach, json: &Json) -> Result<QuerySet, Failure> {
        let enclosing = Rc::new(Enclosing { frames: reach.frames.clone() });
        let mut inner = Query::new(self.orm, json, Some(enclosing))?;
        if !inner.projected && !inner.grouped {
            inner.choose(&["pk".to_owned()])?;
        }
        Ok(inner.objects.query().map_err(Failure::Query)?.clone())
    }

    /// A path of the query around this one.
    pub(crate) fn outer(&self, reach: &Reach, path: &[String]) -> Result<Expr, Failure> {
        let around =
            self.enclosing.as_ref().ok_or_else(|| Failure::Refused("there is no outer query".to_owned()))?;
        let before = reach.frames.len() + 1;
        let (inside, rest) = within(&around.frames, path);
        let levels = before + inside;
        Ok(Expr::Outer { levels: u8::try_from(levels).unwrap_or(u8::MAX), path: rest })
    }

    /// The value that a path stands for where it is used.
    pub(crate) fn path(&mut self, reach: &Reach, path: &[String]) -> Result<Expr, Failure> {
        let name = path.join(".");
        if self.names.contains(&name) && !(self.grouped && reach.in_aggregate && self.is_member(path)) {
            return Ok(at_level(reach.frames.len(), path.to_vec()));
        }
        if reach.in_aggregate {
            return Ok(Expr::Path(self.completed(&self.of_aggregate(path))));
        }
        if !reach.frames.is_empty() {
            let (levels, rest) = within(&reach.frames, path);
            let base = reach.frames.len().checked_sub(levels + 1).map(|at| reach.frames[at].clone());
            let known = base.unwrap_or_default().len();
            if self.to_many(path).iter().any(|end| *end > known) {
                return Err(Failure::Unsupported(format!("`{name}` of another related row")));
            }
            return Ok(at_level(levels, self.completed_from(&path[..path.len() - rest.len()], rest)));
        }
        let path = self.joined(reach, path)?;
        Ok(Expr::Path(self.completed(&path)))
    }

    /// The path through the joins that it needs.
    fn joined(&mut self, reach: &Reach, path: &[String]) -> Result<Vec<String>, Failure> {
        let (mut alias, mut start) = (None, 0);
        if let Some(at) = self.filtered.iter().position(|known| known.name == path[0]) {
            if !self.filtered[at].made {
                self.filtered[at].made = true;
                let Filtered { name, path, on, .. } = self.filtered[at].clone();
                let on = replaced(&on, &path.join("."), &name);
                // The relation is reached under its name from here on.
                let on = if on.is_null() { None } else { Some(self.tree(reach, &on)?) };
                self.change(|objects| objects.join(&name, &path.join("."), on));
            }
            (alias, start) = (Some(path[0].clone()), 1);
        }
        let path = path.to_vec();
        for end in self.to_many(&path) {
            let prefix = &path[..end];
            if end <= start {
                continue;
            }
            let known = self.joins[reach.joins_from.min(self.joins.len())..]
                .iter()
                .rev()
                .find(|joined| joined.prefix == prefix)
                .map(|joined| joined.name.clone());
            let name = match known {
                Some(name) => name,
                None => {
                    let mut relation: Vec<String> = alias.into_iter().collect();
                    relation.extend_from_slice(&path[start..end]);
                    let name = format!("joined_{}", self.joins_made);
                    self.joins_made += 1;
                    self.change(|objects| objects.join(&name, &relation.join("."), None));
                    self.joins.push(Joined { prefix: prefix.to_vec(), name: name.clone() });
                    name
                }
            };
            (alias, start) = (Some(name), end);
        }
        Ok(alias.into_iter().chain(path[start..].iter().cloned()).collect())
    }

    /// A path inside of an aggregate: a named join is its relation, and what the group's rows are joined to is used again.
    fn of_aggregate(&self, path: &[String]) -> Vec<String> {
        if let Some(known) = self.filtered.iter().find(|known| known.name == path[0]) {
            if known.made && self.grouped {
                return path.to_vec();
            }
            return known.path.iter().chain(&path[1..]).cloned().collect();
        }
        let longest = self.joins.iter().rev().filter(|joined| path.starts_with(&joined.prefix));
        match longest.max_by_key(|joined| joined.prefix.len()) {
            Some(joined) if self.grouped => {
                std::iter::once(&joined.name).chain(&path[joined.prefix.len()..]).cloned().collect()
            }
            _ => path.to_vec(),
        }
    }

    fn is_member(&self, path: &[String]) -> bool {
        self.registered().is_some_and(|model| model.member(&path[0]).is_some())
    }

    pub(crate) fn registered(&self) -> Option<&Model> {
        self.orm.registry().model_named(&self.model)
    }

    pub(crate) fn registry(&self) -> &'o Registry {
        self.orm.registry()
    }

    /// How many names lead to each of the path's relations to many rows.
    pub(crate) fn to_many(&self, path: &[String]) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut path = path.to_vec();
        let mut shift = 0;
        if let Some(known) = self.filtered.iter().find(|known| known.name == path[0]) {
            shift = known.path.len() - 1;
            path.splice(..1, known.path.iter().cloned());
        }
        let Some(mut model) = self.registered() else { return ends };
        for (index, name) in path.iter().enumerate() {
            let Some(Member::Relation(id)) = model.member(name) else { break };
            let relation = model.relation(id);
            if !relation.is_to_one() {
                ends.push(index + 1);
            }
            model = self.registry().model(relation.target);
        }
        ends.into_iter().filter(|end| *end > shift).map(|end| end - shift).collect()
    }

    /// A path that ends at the reverse of a one-to-one relation means the row there: its key.
    fn completed(&self, path: &[String]) -> Vec<String> {
        self.completed_from(&[], path.to_vec())
    }

    fn completed_from(&self, before: &[String], mut rest: Vec<String>) -> Vec<String> {
        if rest.is_empty() {
            rest.push("pk".to_owned());
            return rest;
        }
        let whole: Vec<String> = before.iter().chain(&rest).cloned().collect();
        if let Some(Member::Relation(id)) = self.last_member(&whole).map(|(_, member)| member)
            && let Some((model, _)) = self.last_member(&whole)
            && model.relation(id).kind == RelationKind::ReverseOneToOne
        {
            rest.push("pk".to_owned());
        }
        rest
    }

    /// The model and the member that a path ends at.
    fn last_member(&self, path: &[String]) -> Option<(&Model, Member)> {
        let mut path = path.to_vec();
        if let Some(known) = self.filtered.iter().find(|known| known.name == path[0]) {
            path.splice(..1, known.path.iter().cloned());
        }
        if let Some(joined) = self.joins.iter().find(|joined| joined.name == path[0]) {
            path.splice(..1, joined.prefix.iter().cloned());
        }
        let (last, above) = path.split_last()?;
        let mut model = self.registered()?;
        for name in above {
            let Some(Member::Relation(id)) = model.member(name) else { return None };
            model = self.registry().model(model.relation(id).target);
        }
        Some((model, model.member(last)?))
    }

    /// The type of a field at the end of a path.
    pub(crate) fn field_type(&self, path: &[String]) -> Option<LogicalType> {
        match self.last_member(path)? {
            (model, Member::Field(id)) => Some(model.field(id).logical.clone()),
            (model, Member::Relation(id)) => {
                let (here, _) = model.relation(id).pairs.first()?;
                Some(model.field(*here).logical.clone())
            }
        }
    }

    /// The columns of a primary key of several that the path ends at; none when it is one.
    pub(crate) fn key_columns(&self, path: &[String]) -> Vec<Vec<String>> {
        let Some((last, above)) = path.split_last() else { return Vec::new() };
        if last != "pk" {
            return Vec::new();
        }
        let Some(mut model) = self.registered() else { return Vec::new() };
        for name in above {
            let Some(Member::Relation(id)) = model.member(name) else { return Vec::new() };
            model = self.registry().model(model.relation(id).target);
        }
        if model.primary_key.len() < 2 {
            return Vec::new();
        }
        let column = |id: &nuages_models::registry::FieldId| {
            above.iter().cloned().chain([model.field(*id).name.clone()]).collect()
        };
        model.primary_key.iter().map(column).collect()
    }
}

/// How many levels out the related row is that a path begins with, and the rest of the path from there on.
fn within(frames: &[Vec<String>], path: &[String]) -> (usize, Vec<String>) {
    for (levels, frame) in frames.iter().rev().enumerate() {
        if path.starts_with(frame) {
            return (levels, path[frame.len()..].to_vec());
        }
    }
    (frames.len(), path.to_vec())
}

fn at_level(levels: usize, path: Vec<String>) -> Expr {
    match u8::try_from(levels) {
        Ok(0) => Expr::Path(path),
        levels => Expr::Outer { levels: levels.unwrap_or(u8::MAX), path },
    }
}

/// The condition with its paths through a relation led through its name.
fn replaced(tree: &Json, path: &str, name: &str) -> Json {
    match tree {
        Json::Array(parts) => parts.iter().map(|part| replaced(part, path, name)).collect(),
        Json::Object(object) => {
            let change = |(key, value): (&String, &Json)| match value.as_str() {
                Some(text) if (key == "path" || key == "ref") && text == path => (key.clone(), name.into()),
                Some(text) if (key == "path" || key == "ref") && text.starts_with(&format!("{path}.")) => {
                    (key.clone(), format!("{name}{}", &text[path.len()..]).into())
                }
                _ => (key.clone(), replaced(value, path, name)),
            };
            object.iter().map(change).collect()
        }
        other => other.clone(),
    }
}

/// Whether aggregates of each row are computed: over all of the model's rows, before any grouping.
fn aggregates_rows(steps: &[Json]) -> bool {
    steps
        .iter()
        .take_while(|step| step.get("group_by").is_none())
        .any(|step| step.get("annotate").or(step.get("alias")).is_some_and(has_aggregate))
}

/// Whether an aggregate stands in an expression, not in a sub-query or a window.
fn has_aggregate(json: &Json) -> bool {
    match json {
        Json::Array(parts) => parts.iter().any(has_aggregate),
        Json::Object(object) => {
            let is_one = object.get("fn").and_then(Json::as_str).is_some_and(super::expression::is_aggregate);
            let inside = |key: &str| !matches!(key, "subquery" | "exists" | "query" | "window");
            is_one || object.iter().any(|(key, value)| inside(key) && has_aggregate(value))
        }
        _ => false,
    }
}

/// The names of a path.
pub(crate) fn split(path: &str) -> Vec<String> {
    path.split('.').map(str::to_owned).collect()
}

/// A member that is a text.
pub(crate) fn text<'j>(json: &'j Json, key: &str) -> Result<&'j str, Failure> {
    json.get(key).and_then(Json::as_str).ok_or_else(|| Failure::Case(format!("`{key}` is missing in {json}")))
}

/// A list of names.
pub(crate) fn names(json: &Json) -> Vec<String> {
    match json {
        Json::Array(names) => names.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        Json::String(name) => vec![name.clone()],
        _ => Vec::new(),
    }
}

/// A written list without its NULLs, which Django leaves out.
pub(crate) fn present(values: &[Json]) -> Result<Vec<Value>, Failure> {
    values.iter().filter(|value| !value.is_null()).map(literal).collect()
}
