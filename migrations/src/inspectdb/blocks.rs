//! Indexes and constraints of a draft.

use super::catalog::{Check, IndexDetails, Relation};
use super::draft::{Block, Draft, names, toml_text};
use super::plan::{Plan, TablePlan};
use crate::inspect::FoundIndex;
use crate::table::derived_name;
use crate::translate::{Literal, membership, translate};
use nuages_models::database::Dialect;

/// The index methods that a model file knows.
const METHODS: &[&str] = &["btree", "hash", "gin", "gist", "spgist", "brin"];

/// Whether the table has a plain index over just these columns.
pub(super) fn has_index(relation: &Relation, columns: &[String]) -> bool {
    relation
        .found
        .indexes
        .iter()
        .any(|(name, index)| !index.unique && is_plain(relation, name, index, columns))
}

fn is_plain(relation: &Relation, name: &str, index: &FoundIndex, columns: &[String]) -> bool {
    let keys: Vec<&str> = index
        .keys
        .iter()
        .filter_map(|(column, descending)| column.as_deref().filter(|_| !descending))
        .collect();
    let details = relation.indexes.get(name);
    let condition =
        details.and_then(|details| details.parts.as_ref()).and_then(|(condition, _)| condition.as_ref());
    keys.len() == index.keys.len()
        && keys.iter().eq(columns.iter())
        && index.condition.is_none()
        && condition.is_none()
        && index.include.is_empty()
        && index.method.as_deref().is_none_or(|method| method == "btree")
        && details.is_none_or(|details| details.operator_classes.is_empty() && details.remark.is_none())
}

/// Adds what the table has, each as a block or as a remark.
pub(super) fn add(plan: &Plan<'_>, table: &TablePlan<'_>, draft: &mut Draft) {
    let relation = table.relation;
    uniques(table, draft);
    for check in &relation.checks {
        add_check(plan, table, check, draft);
    }
    for (name, details) in &relation.indexes {
        match relation.found.indexes.get(name) {
            Some(index) => add_index(plan, table, (name, index, details), draft),
            // An invalid index serves nobody.
            None => draft.remarks.push(format!("index {name}: {}", details.remark.unwrap_or("left out"))),
        }
    }
}

fn uniques(table: &TablePlan<'_>, draft: &mut Draft) {
    let mut seen: Vec<&Vec<String>> = vec![&table.key.columns];
    for unique in &table.relation.uniques {
        let shown = unique.name.clone().unwrap_or_else(|| unique.columns.join(", "));
        if seen.contains(&&unique.columns) {
            if table.key.note.is_none() || unique.columns != table.key.columns {
                draft.remarks.push(format!("unique constraint {shown}: the same is said already"));
            }
            continue;
        }
        seen.push(&unique.columns);
        // One column's is an option of its field; a relation of several columns is unique as a whole.
        if unique.columns.len() == 1
            || table
                .references
                .iter()
                .any(|reference| reference.one_to_one && reference.columns == unique.columns)
        {
            continue;
        }
        let Some(members) = members(table, &unique.columns) else {
            draft.remarks.push(format!("unique constraint {shown}: one of its columns has no field"));
            continue;
        };
        let mut entries = Vec::new();
        entries.extend(unique.name.as_ref().map(|name| ("name", toml_text(name))));
        entries.push(("unique", names(&members)));
        let sql = format!("UNIQUE ({})", unique.columns.join(", "));
        draft.blocks.push(Block {
            list: "constraints",
            name: shown,
            entries,
            note: unique.remark.map(str::to_owned),
            sql,
        });
    }
}

/// The members that columns are named by; `None` when one has no field.
fn members(table: &TablePlan<'_>, columns: &[String]) -> Option<Vec<String>> {
    let member =
        |column: &String| table.member(column).filter(|_| matches!(table.kinds.get(column), Some(Ok(_))));
    columns.iter().map(member).collect()
}

fn add_check(plan: &Plan<'_>, table: &TablePlan<'_>, check: &Check, draft: &mut Draft) {
    let relation = table.relation;
    let shown = check.name.clone().unwrap_or_else(|| "check".to_owned());
    // What a field type stands for by itself.
    let of_kind = table.kinds.values().flatten().any(|kind| kind.checks.contains(&check.sql));
    if of_kind {
        return;
    }
    if positive(plan, table, check, draft) || choices(plan, table, check, draft) {
        return;
    }
    let name = |column: &str| {
        let known = relation.found.columns.keys().find(|known| known.eq_ignore_ascii_case(column))?;
        plan.field_name(&relation.name, known)
    };
    let Some(translated) = translate(&check.sql, plan.dialect, &name) else {
        draft.remarks.push(format!("check {shown}: {} (it has no translation)", check.sql));
        return;
    };
    let name = check.name.clone().unwrap_or_else(|| {
        let number = draft.blocks.len().to_string();
        derived_name(&[&relation.name, check.column.as_deref().unwrap_or(&number), "check"])
    });
    let taken = draft.blocks.iter().any(|block| block.name == name);
    let name = if taken { derived_name(&[&name, &draft.blocks.len().to_string()]) } else { name };
    let entries = vec![("name", toml_text(&name)), ("check", toml_text(&translated))];
    draft.blocks.push(Block {
        list: "constraints",
        name,
        entries,
        note: None,
        sql: format!("CHECK ({})", check.sql),
    });
}

/// A check that an integer is not negative, by the name that Nuages and Django give it, is part of the field type.
fn positive(plan: &Plan<'_>, table: &TablePlan<'_>, check: &Check, draft: &mut Draft) -> bool {
    if plan.dialect != Dialect::Postgres {
        return false;
    }
    let column = table.fields.keys().find(|column| {
        check.name.as_deref() == Some(derived_name(&[&table.relation.name, column, "check"]).as_str())
            && translate(&check.sql, plan.dialect, &|name| Some(name.to_owned()))
                == Some(format!("{column} >= 0"))
    });
    let Some(column) = column else { return false };
    let Some(field) = draft.fields.iter_mut().find(|field| field.columns == [column.clone()]) else {
        return false;
    };
    let Some((_, word)) = field.options.iter_mut().find(|(key, _)| *key == "type") else { return false };
    let positive = match word.as_str() {
        "\"small_integer\"" => "\"positive_small_integer\"",
        "\"integer\"" => "\"positive_integer\"",
        "\"big_integer\"" => "\"positive_big_integer\"",
        _ => return false,
    };
    *word = positive.to_owned();
    true
}

/// A list of values becomes the choices of its field.
fn choices(plan: &Plan<'_>, table: &TablePlan<'_>, check: &Check, draft: &mut Draft) -> bool {
    let Some((column, values)) = membership(&check.sql, plan.dialect) else { return false };
    let known = table.fields.keys().find(|known| known.eq_ignore_ascii_case(&column));
    let Some(Ok(kind)) = known.and_then(|column| table.kinds.get(column)) else { return false };
    let Some(field) = draft
        .fields
        .iter_mut()
        .find(|field| Some(&field.columns) == known.map(|known| vec![known.clone()]).as_ref())
    else {
        return false;
    };
    let textual = matches!(kind.word, "char" | "text");
    let fits = |value: &Literal| match value {
        Literal::Text(text) => {
            let longest = kind.max_length.map_or(usize::MAX, |length| length as usize);
            textual && text.chars().count() <= longest
        }
        Literal::Number(digits) => kind.is_integer() && digits.parse::<i64>().is_ok(),
    };
    if field.has("choices") || field.has("primary_key") || field.refused.is_some() || !values.iter().all(fits)
    {
        return false;
    }
    let mut shown: Vec<String> = Vec::new();
    for value in &values {
        let value = match value {
            Literal::Text(text) => toml_text(text),
            Literal::Number(digits) => digits.clone(),
        };
        if !shown.contains(&value) {
            shown.push(value);
        }
    }
    field.options.push(("choices", format!("[{}]", shown.join(", "))));
    true
}

fn add_index(
    plan: &Plan<'_>,
    table: &TablePlan<'_>,
    (name, index, details): (&str, &FoundIndex, &IndexDetails),
    draft: &mut Draft,
) {
    let relation = table.relation;
    let (condition, expressions) = match &details.parts {
        Some((condition, expressions)) => (condition.clone(), expressions.clone()),
        None => (index.condition.clone(), index.expressions.clone()),
    };
    let has_expressions = index.keys.iter().any(|(column, _)| column.is_none());
    if index.unique && condition.is_none() && !has_expressions {
        // It is among the unique constraints.
        return;
    }
    let method = index.method.as_deref().filter(|method| *method != "btree");
    let refusal = if let Some(remark) = details.remark {
        Some(remark.to_owned())
    } else if details.operator_classes.iter().any(|class| class.ends_with("_pattern_ops")) {
        Some(format!(
            "it serves LIKE where text is not compared by code point ({})",
            details.operator_classes.join(", ")
        ))
    } else if !details.operator_classes.is_empty() {
        Some(format!("its operator class is not the default ({})", details.operator_classes.join(", ")))
    } else if method.is_some_and(|method| !METHODS.contains(&method)) {
        Some("its method is not among those of model files".to_owned())
    } else if index.unique && has_expressions {
        Some("a unique constraint is of fields, not of expressions".to_owned())
    } else {
        None
    };
    let refuse = |draft: &mut Draft, reason: &str| {
        draft.remarks.push(format!("index {name}: {} (left out: {reason})", details.definition));
    };
    if let Some(reason) = refusal {
        return refuse(draft, &reason);
    }
    let of_expression = |column: &str| plan.field_name(&relation.name, column);
    let translated = |sql: &String| translate(sql, plan.dialect, &of_expression);
    let condition = match condition.as_ref().map(translated) {
        Some(None) => return refuse(draft, "its condition has no translation"),
        Some(Some(text)) => Some(text),
        None => None,
    };
    let columns: Option<Vec<String>> = index.keys.iter().map(|(column, _)| column.clone()).collect();
    if let (Some([column]), true) =
        (columns.as_deref(), is_plain(relation, name, index, columns.as_deref().unwrap_or_default()))
    {
        let implied = derived_name(&[&relation.name, column, "idx"]) == name && name.len() < 63;
        if implied
            && table
                .reference_of(column)
                .is_some_and(|reference| reference.columns.len() == 1 && !reference.one_to_one)
        {
            return;
        }
        let field = draft.fields.iter_mut().find(|field| {
            field.columns == [column.clone()] && !field.has("unique") && !field.has("primary_key")
        });
        if implied
            && let Some(field) = field
            && nuages_models::define::FieldKind::named(word(field)).is_some_and(|kind| kind.takes("index"))
            && table.reference_of(column).is_none()
        {
            field.options.push(("index", "true".to_owned()));
            return;
        }
    }
    let mut expressions = expressions.iter();
    let (mut fields, mut computed) = (Vec::new(), Vec::new());
    for (column, descending) in &index.keys {
        // Only B-trees have an order.
        let descending = *descending && method.is_none();
        match column {
            Some(column) => {
                let Some(Some(member)) =
                    members(table, std::slice::from_ref(column)).map(|mut members| members.pop())
                else {
                    return refuse(draft, "one of its columns has no field");
                };
                if !computed.is_empty() && descending {
                    return refuse(draft, "a descending column stands behind an expression");
                }
                let name = plan.field_name(&relation.name, column).unwrap_or_default();
                if computed.is_empty() {
                    fields.push(if descending { format!("-{member}") } else { member });
                } else {
                    computed.push(name);
                }
            }
            None => {
                let Some(expression) = expressions.next().and_then(translated) else {
                    return refuse(draft, "one of its expressions has no translation");
                };
                if descending {
                    return refuse(draft, "an expression of it is descending");
                }
                computed.push(expression);
            }
        }
    }
    let Some(include) = members(table, &index.include) else {
        return refuse(draft, "one of its columns has no field");
    };
    let mut entries = vec![("name", toml_text(name))];
    let list = if index.unique {
        entries.push(("unique", names(&fields)));
        "constraints"
    } else {
        if !fields.is_empty() {
            entries.push(("fields", names(&fields)));
        }
        if !computed.is_empty() {
            entries.push(("expressions", names(&computed)));
        }
        if !include.is_empty() {
            entries.push(("include", names(&include)));
        }
        entries.extend(method.map(|method| ("method", toml_text(method))));
        "indexes"
    };
    entries.extend(condition.map(|condition| ("where", toml_text(&condition))));
    draft.blocks.push(Block {
        list,
        name: name.to_owned(),
        entries,
        note: None,
        sql: details.definition.clone(),
    });
}

/// The word of a field's type.
fn word(field: &super::draft::FieldDraft) -> &str {
    field
        .options
        .iter()
        .find(|(key, _)| *key == "type")
        .map(|(_, word)| word.trim_matches('"'))
        .unwrap_or_default()
}
