//! Selections of an object type: fragments expanded, directives folded, fields merged by response key.

use super::Planner;
use crate::error::{Code, RequestError};
use apollo_compiler::Node;
use apollo_compiler::executable::{DirectiveList, Field, Selection, SelectionSet};
use indexmap::IndexMap;
use std::collections::HashSet;

use super::input::Input;

/// Most selections that one operation may come to once its fragments are expanded: fragments that spread each
/// other double with each level.
const MAX_SELECTIONS: usize = 20_000;

/// Every selection of one response key. Validation has made sure that they are the same field with the same
/// arguments; their selection sets belong together.
#[derive(Debug)]
pub(super) struct Selected<'d> {
    pub(super) key: &'d str,
    pub(super) fields: Vec<&'d Node<Field>>,
}

impl<'d> Selected<'d> {
    /// The field, by its first selection.
    pub(super) fn field(&self) -> &'d Node<Field> {
        self.fields[0]
    }

    /// The selection sets below it.
    pub(super) fn below(&self) -> Vec<&'d SelectionSet> {
        self.fields.iter().filter_map(|field| field.selection_set.as_ref()).collect()
    }
}

impl<'a> Planner<'a> {
    /// The fields that selection sets select of an object type, in response order.
    pub(super) fn select(
        &mut self,
        type_name: &str,
        sets: &[&'a SelectionSet],
    ) -> Result<Vec<Selected<'a>>, RequestError> {
        let mut fields: IndexMap<&'a str, Vec<&'a Node<Field>>> = IndexMap::new();
        let mut spread = HashSet::new();
        for set in sets {
            self.select_into(type_name, set, &mut fields, &mut spread)?;
        }
        Ok(fields.into_iter().map(|(key, fields)| Selected { key, fields }).collect())
    }

    fn select_into(
        &mut self,
        type_name: &str,
        set: &'a SelectionSet,
        fields: &mut IndexMap<&'a str, Vec<&'a Node<Field>>>,
        spread: &mut HashSet<&'a str>,
    ) -> Result<(), RequestError> {
        for selection in &set.selections {
            self.selections += 1;
            if self.selections > MAX_SELECTIONS {
                return Err(RequestError::new(
                    Code::LimitExceeded,
                    format!(
                        "the operation selects more than {MAX_SELECTIONS} fields once its fragments are expanded"
                    ),
                ));
            }
            if !self.included(selection.directives())? {
                continue;
            }
            match selection {
                Selection::Field(field) => {
                    fields.entry(field.response_name().as_str()).or_default().push(field);
                }
                Selection::InlineFragment(inline) => {
                    let applies =
                        inline.type_condition.as_ref().is_none_or(|name| self.is_a(type_name, name));
                    if applies {
                        self.select_into(type_name, &inline.selection_set, fields, spread)?;
                    }
                }
                Selection::FragmentSpread(selected) => {
                    if !spread.insert(selected.fragment_name.as_str()) {
                        continue;
                    }
                    let Some(fragment) = self.operation.document.fragments.get(&selected.fragment_name)
                    else {
                        return Err(RequestError::internal("a fragment of a valid document is missing"));
                    };
                    if self.is_a(type_name, fragment.type_condition()) {
                        self.select_into(type_name, &fragment.selection_set, fields, spread)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether an object type is this type or implements it.
    fn is_a(&self, object: &str, condition: &str) -> bool {
        object == condition || self.exposure.schema.is_subtype(condition, object)
    }

    /// `@skip` and `@include`. They stand in the document, so a condition is a literal or a variable.
    fn included(&mut self, directives: &DirectiveList) -> Result<bool, RequestError> {
        for (name, keep) in [("skip", false), ("include", true)] {
            let Some(directive) = directives.get(name) else { continue };
            let Some(condition) = directive.specified_argument_by_name("if") else { continue };
            let condition = Input::of(condition);
            let located =
                |error: RequestError| error.located(directive.location(), &self.operation.document.sources);
            let value = match &condition {
                // Borrowed apart, so that the closure may keep the document.
                Input::Literal(literal) => literal.to_bool().ok_or_else(|| self.missing(&condition)),
                Input::Variable(_) => self.required_boolean(&condition),
            }
            .map_err(located)?;
            if value != keep {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
