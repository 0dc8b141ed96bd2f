//! Puts a schema together from its pieces: types with members, descriptions, arguments.
//!
//! The pieces are the language front's own nodes, not text to be parsed, because a schema says the same things
//! over and over: each name, description and list of arguments is one shared node. That keeps a schema of 500
//! models small and spares parsing megabytes of SDL at the start.

use apollo_compiler::ast::{
    Argument, Directive, DirectiveDefinition, DirectiveList, DirectiveLocation, EnumValueDefinition,
    FieldDefinition, InputValueDefinition, Type, Value,
};
use apollo_compiler::collections::{IndexMap, IndexSet};
use apollo_compiler::schema::{
    EnumType, ExtendedType, InputObjectType, InterfaceType, ObjectType, ScalarType,
};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Node, Schema, name};
use std::collections::HashMap;
use std::sync::Arc;

/// A schema in the making: types are opened, filled and closed one after the other.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    types: Vec<(Name, ExtendedType)>,
    open: Option<Open>,
    names: HashMap<String, Name>,
    docs: HashMap<String, Node<str>>,
    directives: Vec<DirectiveDefinition>,
    /// The first name that was none; the names module lets none through.
    refused: Option<String>,
}

/// The arguments of a field, shared by all fields that have the same.
pub(super) type Arguments = Vec<Node<InputValueDefinition>>;

/// What is being opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An object type.
    Object,
    /// An object type that implements `Node`.
    Row,
    /// An interface.
    Interface,
    /// An input object type.
    Input,
    /// An input object type of which exactly one member is given.
    OneOf,
    /// An enum.
    Enum,
}

#[derive(Debug)]
struct Open {
    kind: Kind,
    name: Name,
    description: Option<Node<str>>,
    fields: IndexMap<Name, Node<FieldDefinition>>,
    inputs: IndexMap<Name, Node<InputValueDefinition>>,
    values: IndexMap<Name, Node<EnumValueDefinition>>,
}

impl Assembly {
    /// The schema and its text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn finish(self) -> Result<(Valid<Schema>, String), String> {
        if let Some(refused) = self.refused {
            return Err(format!("`{refused}` is not a name"));
        }
        let mut schema = Schema::new();
        schema.types.extend(self.types);
        let directives = self.directives.into_iter();
        schema.directive_definitions.extend(directives.map(|it| (it.name.clone(), Node::new(it))));
        if schema.types.contains_key("Mutation") {
            schema.schema_definition.make_mut().mutation = Some(Node::new(name!("Mutation")));
        }
        schema.schema_definition.make_mut().query = Some(Node::new(name!("Query")));
        let schema = schema.validate().map_err(|invalid| invalid.errors.to_string())?;
        let mut sdl = schema.to_string();
        sdl.shrink_to_fit();
        Ok((schema, sdl))
    }

    /// Opens a type.
    pub(super) fn open(&mut self, doc: Option<&str>, kind: Kind, name: &str) {
        let (name, description) = (self.name(name), self.doc(doc));
        let (fields, inputs, values) = Default::default();
        self.open = Some(Open { kind, name, description, fields, inputs, values });
    }

    /// Closes the open type.
    pub(super) fn close(&mut self) {
        let Some(Open { kind, name, description, fields, inputs, values }) = self.open.take() else { return };
        let (directives, implements_interfaces) = (DirectiveList::default(), IndexSet::default());
        let definition: ExtendedType = match kind {
            Kind::Object => {
                ObjectType { description, name: name.clone(), implements_interfaces, directives, fields }
                    .into()
            }
            Kind::Row => {
                let implements_interfaces = [Node::new(name!("Node"))].into_iter().collect();
                ObjectType { description, name: name.clone(), implements_interfaces, directives, fields }
                    .into()
            }
            Kind::Interface => {
                InterfaceType { description, name: name.clone(), implements_interfaces, directives, fields }
                    .into()
            }
            Kind::Input => {
                InputObjectType { description, name: name.clone(), directives, fields: inputs }.into()
            }
            Kind::OneOf => {
                let directives = DirectiveList(vec![Node::new(Directive::new(name!("oneOf")))]);
                InputObjectType { description, name: name.clone(), directives, fields: inputs }.into()
            }
            Kind::Enum => EnumType { description, name: name.clone(), directives, values }.into(),
        };
        self.types.push((name, definition));
    }

    /// A scalar.
    pub(super) fn scalar(&mut self, doc: &str, name: &str, specified_by: Option<&str>) {
        let (name, description) = (self.name(name), self.doc(Some(doc)));
        let directive = |url: &str| {
            let value = Node::new(Value::String(url.to_owned()));
            let arguments = vec![Node::new(Argument { name: name!("url"), value })];
            Node::new(Directive { name: name!("specifiedBy"), arguments })
        };
        let directives = DirectiveList(specified_by.into_iter().map(directive).collect());
        self.types.push((name.clone(), ScalarType { description, name, directives }.into()));
    }

    /// A directive of operations.
    pub(super) fn directive(
        &mut self,
        doc: &str,
        name: &str,
        arguments: Arguments,
        locations: &[DirectiveLocation],
    ) {
        let (name, description) = (self.name(name), self.doc(Some(doc)));
        let locations = locations.iter().copied().collect();
        let directives = DirectiveList::default();
        self.directives.push(DirectiveDefinition {
            description,
            name,
            arguments,
            repeatable: false,
            locations,
            directives,
        });
    }

    /// A member of the open type, with its type as in `[Post!]!`: a field, or an input's member.
    pub(super) fn member(&mut self, doc: Option<&str>, name: &str, type_text: &str) {
        if self.open.as_ref().is_some_and(|open| matches!(open.kind, Kind::Input | Kind::OneOf)) {
            let member = self.argument(doc, name, type_text);
            if let Some(open) = &mut self.open {
                open.inputs.insert(member.name.clone(), member);
            }
        } else {
            self.field(doc, name, Arguments::new(), type_text);
        }
    }

    /// A member of the open input, made already.
    pub(super) fn input(&mut self, member: Node<InputValueDefinition>) {
        if let Some(open) = &mut self.open {
            open.inputs.insert(member.name.clone(), member);
        }
    }

    /// A field of the open type.
    pub(super) fn field(&mut self, doc: Option<&str>, name: &str, arguments: Arguments, type_text: &str) {
        let (name, description, ty) = (self.name(name), self.doc(doc), self.type_of(type_text));
        let directives = DirectiveList::default();
        let field = FieldDefinition { description, name: name.clone(), arguments, ty, directives };
        if let Some(open) = &mut self.open {
            open.fields.insert(name, Node::new(field));
        }
    }

    /// A value of the open enum.
    pub(super) fn value(&mut self, doc: Option<&str>, name: &str) {
        let (value, description) = (self.name(name), self.doc(doc));
        let definition =
            EnumValueDefinition { description, value: value.clone(), directives: Default::default() };
        if let Some(open) = &mut self.open {
            open.values.insert(value, Node::new(definition));
        }
    }

    /// An argument.
    pub(super) fn argument(
        &mut self,
        doc: Option<&str>,
        name: &str,
        type_text: &str,
    ) -> Node<InputValueDefinition> {
        let (name, description) = (self.name(name), self.doc(doc));
        let ty = Node::new(self.type_of(type_text));
        let directives = DirectiveList::default();
        Node::new(InputValueDefinition { description, name, ty, default_value: None, directives })
    }

    /// An argument with a default, in JSON form.
    pub(super) fn argument_with_default(
        &mut self,
        name: &str,
        type_text: &str,
        default: &serde_json::Value,
    ) -> Node<InputValueDefinition> {
        let mut argument = self.argument(None, name, type_text);
        argument.make_mut().default_value = Some(Node::new(literal(default)));
        argument
    }

    fn name(&mut self, text: &str) -> Name {
        if let Some(known) = self.names.get(text) {
            return known.clone();
        }
        match Name::try_from(Arc::<str>::from(text)) {
            Ok(new) => {
                self.names.insert(text.to_owned(), new.clone());
                new
            }
            Err(_) => {
                self.refused.get_or_insert_with(|| text.to_owned());
                name!("Refused")
            }
        }
    }

    fn doc(&mut self, text: Option<&str>) -> Option<Node<str>> {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        if let Some(known) = self.docs.get(text) {
            return Some(known.clone());
        }
        // Line ends of other systems would come back as `\n` when somebody parses the text.
        let new = Node::new_str(&text.replace("\r\n", "\n").replace('\r', "\n"));
        self.docs.insert(text.to_owned(), new.clone());
        Some(new)
    }

    /// Reads a type reference: names, brackets, exclamation marks.
    fn type_of(&mut self, text: &str) -> Type {
        let (text, is_required) = text.strip_suffix('!').map_or((text, false), |text| (text, true));
        let nullable = match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            Some(element) => self.type_of(element).list(),
            None => Type::Named(self.name(text)),
        };
        if is_required { nullable.non_null() } else { nullable }
    }
}

/// A JSON value as a literal of the language.
fn literal(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Bool(value) => Value::Boolean(*value),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(integer) => match i32::try_from(integer) {
                Ok(integer) => Value::from(integer),
                // A larger one is of a type that is written as a text.
                Err(_) => Value::String(integer.to_string()),
            },
            None => number.as_f64().map_or(Value::Null, Value::from),
        },
        serde_json::Value::String(text) => Value::String(text.clone()),
        serde_json::Value::Array(elements) => {
            Value::List(elements.iter().map(|element| Node::new(literal(element))).collect())
        }
        serde_json::Value::Null | serde_json::Value::Object(_) => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_the_schema() {
        let docs = [
            "plain",
            "two\nlines",
            "a paragraph\n\nand another",
            "he said \"no\"",
            "ends with a quote\"",
            "\"\"\"",
            "back\\slash",
            "ends with a backslash\\",
            "tab\tand\u{1}control\u{7f}",
            "first\n  indented\nlast",
            "first\n  indented\n  all",
            "ünïcödé 🦀",
        ];
        let mut assembly = Assembly::default();
        assembly.open(None, Kind::Object, "Query");
        for (number, doc) in docs.iter().enumerate() {
            let argument = assembly.argument(Some(doc), "a", "[[Int]!]!");
            assembly.field(Some(doc), &format!("f{number}"), vec![argument], "[Int!]");
        }
        assembly.close();
        let (schema, sdl) = assembly.finish().unwrap();
        let again = Schema::parse_and_validate(sdl.as_str(), "test.graphql").unwrap();
        assert_eq!(again, schema, "{sdl}");
        for (number, doc) in docs.iter().enumerate() {
            let field = &again.get_object("Query").unwrap().fields[format!("f{number}").as_str()];
            assert_eq!(field.description.as_deref(), Some(*doc));
            assert_eq!(field.arguments[0].to_string().split(": ").last(), Some("[[Int]!]!"));
        }
    }

    #[test]
    fn what_is_no_name_is_an_error() {
        let mut assembly = Assembly::default();
        assembly.open(None, Kind::Object, "Query");
        assembly.member(None, "a b", "Int");
        assembly.close();
        assert_eq!(assembly.finish().unwrap_err(), "`a b` is not a name");
    }
}
