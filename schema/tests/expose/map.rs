//! The exposure map: every name of the schema has its meaning, and the meaning is right.

use crate::builder::{Models, blog, keys_and_types};
use apollo_compiler::schema::ExtendedType;
use nuages_models::Registry;
use nuages_models::registry::{Member, OnDelete};
use nuages_schema::expose::{
    EnumUse, ExposeOptions, ExposedModel, Exposure, FilterKind, FilterMember, InputUse, KeyShape, Leaf,
    ObjectField, Operand, OrderMember, RootField, Scalar, TypeUse, expose,
};

fn exposed<'a>(exposure: &'a Exposure, registry: &Registry, name: &str) -> &'a ExposedModel {
    exposure.model(registry.model_named(name).unwrap().id).unwrap()
}

fn field_id(registry: &Registry, model: &str, name: &str) -> nuages_models::registry::FieldId {
    match registry.model_named(model).unwrap().member(name) {
        Some(Member::Field(id)) => id,
        other => panic!("{model}.{name}: {other:?}"),
    }
}

/// Walks the schema and looks every name up in the map, both ways.
fn check_complete(exposure: &Exposure) {
    for (name, definition) in &exposure.schema.types {
        if definition.is_built_in() {
            continue;
        }
        let model = |id| exposure.model(id).unwrap();
        match definition {
            ExtendedType::Object(object) => match exposure.types.get(name.as_str()) {
                Some(TypeUse::Query) => {
                    assert!(object.fields.keys().all(|field| exposure.query.contains_key(field.as_str())));
                    assert_eq!(object.fields.len(), exposure.query.len());
                }
                Some(TypeUse::Mutation) => {
                    assert!(object.fields.keys().all(|field| exposure.mutation.contains_key(field.as_str())));
                    assert_eq!(object.fields.len(), exposure.mutation.len());
                }
                Some(TypeUse::Payload(id) | TypeUse::UpsertPayload(id)) => {
                    assert!(model(*id).writes.is_some());
                    assert_eq!(object.fields.len(), 2);
                }
                Some(TypeUse::Object(id)) => {
                    let fields: Vec<&str> = object.fields.keys().map(|name| name.as_str()).collect();
                    assert_eq!(fields, model(*id).fields.keys().collect::<Vec<_>>());
                }
                Some(TypeUse::Connection(id) | TypeUse::Edge(id) | TypeUse::Aggregate(id)) => {
                    assert_eq!(model(*id).model, *id);
                }
                Some(TypeUse::PageInfo) => assert_eq!(name, "PageInfo"),
                other => panic!("{name}: {other:?}"),
            },
            ExtendedType::Interface(_) => assert_eq!(exposure.types[name.as_str()], TypeUse::Node),
            ExtendedType::InputObject(input) => {
                let members: Vec<&str> = input.fields.keys().map(|name| name.as_str()).collect();
                let expected: Vec<&str> = match &exposure.inputs[name.as_str()] {
                    InputUse::Filter(id) => model(*id).filter.keys().map(String::as_str).collect(),
                    InputUse::ListFilter(_) => vec!["some", "every", "none", "aggregate"],
                    InputUse::Scalar(kind) => {
                        for member in &members {
                            let spec = exposure.operator(*kind, member).unwrap();
                            let type_name = input.fields[*member].ty.inner_named_type();
                            match spec.operand {
                                Operand::Filter(nested) | Operand::Filters(nested) => {
                                    assert_eq!(exposure.inputs[type_name.as_str()], InputUse::Scalar(nested));
                                }
                                _ => assert!(!exposure.inputs.contains_key(type_name.as_str())),
                            }
                        }
                        members.clone()
                    }
                    InputUse::Order(id) => model(*id).order.keys().map(String::as_str).collect(),
                    InputUse::Aggregate(_)
                    | InputUse::Unit
                    | InputUse::Expression
                    | InputUse::Annotation(_) => {
                        continue;
                    }
                    InputUse::Write(id) => {
                        let writes = model(*id).writes.as_ref().unwrap();
                        let own = &model(*id).type_name;
                        let expected: Vec<&str> = match name.as_str().strip_prefix(own.as_str()) {
                            Some("Create") => writes.create.keys().map(String::as_str).collect(),
                            Some("Set") => writes.set.keys().map(String::as_str).collect(),
                            Some("Calc") => writes.calc.keys().map(String::as_str).collect(),
                            Some("Expect") => writes.expect.keys().map(String::as_str).collect(),
                            _ => continue,
                        };
                        assert_eq!(members, expected, "{name}");
                        continue;
                    }
                    InputUse::Key(id) => model(*id).keys.keys().map(String::as_str).collect(),
                    InputUse::JsonCalc => continue,
                    InputUse::KeyColumns(_, columns) => columns.keys().map(String::as_str).collect(),
                };
                assert_eq!(members, expected, "{name}");
                let one_of = matches!(exposure.inputs[name.as_str()], InputUse::Order(_) | InputUse::Key(_));
                assert_eq!(input.is_one_of(), one_of, "{name}");
            }
            ExtendedType::Enum(values) => {
                let values: Vec<&str> = values.values.keys().map(|name| name.as_str()).collect();
                match &exposure.enums[name.as_str()] {
                    EnumUse::Direction => assert_eq!(values.len(), 6),
                    EnumUse::Unit => assert!(values.contains(&"MONTH")),
                    EnumUse::Distinct(id) => {
                        assert_eq!(values, model(*id).distinct.keys().collect::<Vec<_>>())
                    }
                    EnumUse::Set(id) => {
                        let writes = model(*id).writes.as_ref().unwrap();
                        assert_eq!(values, writes.set_columns().map(|(name, _)| name).collect::<Vec<_>>());
                    }
                    EnumUse::Manager(id) => {
                        assert_eq!(values, model(*id).managers.keys().collect::<Vec<_>>())
                    }
                    EnumUse::Choices(choices) => {
                        assert_eq!(values, choices.values.keys().collect::<Vec<_>>())
                    }
                }
            }
            ExtendedType::Scalar(_) => assert!(
                exposure.sdl.contains(&format!(": {name}")) || exposure.sdl.contains(&format!("[{name}"))
            ),
            ExtendedType::Union(_) => panic!("{name}: there are no unions"),
        }
    }
    for name in exposure.types.keys().chain(exposure.inputs.keys()).chain(exposure.enums.keys()) {
        assert!(exposure.schema.types.contains_key(name.as_str()), "{name} is in the map only");
    }
}

#[test]
fn every_name_has_a_meaning() {
    for registry in [blog(), keys_and_types()] {
        for relay in [false, true] {
            check_complete(&expose(&registry, &ExposeOptions { relay, ..ExposeOptions::default() }).unwrap());
        }
    }
}

#[test]
fn every_type_is_used() {
    for registry in [blog(), keys_and_types()] {
        let exposure = expose(&registry, &ExposeOptions::default()).unwrap();
        let mut used: std::collections::HashSet<&str> = ["Query", "Mutation"].into();
        for definition in exposure.schema.types.values().filter(|definition| !definition.is_built_in()) {
            match definition {
                ExtendedType::Object(object) => {
                    for field in object.fields.values() {
                        used.insert(field.ty.inner_named_type().as_str());
                        used.extend(
                            field.arguments.iter().map(|argument| argument.ty.inner_named_type().as_str()),
                        );
                    }
                }
                ExtendedType::InputObject(input) => {
                    used.extend(input.fields.values().map(|field| field.ty.inner_named_type().as_str()));
                }
                _ => {}
            }
        }
        for (name, definition) in &exposure.schema.types {
            assert!(definition.is_built_in() || used.contains(name.as_str()), "{name} is not used");
        }
    }
}

#[test]
fn blog_members() {
    let registry = blog();
    let exposure = expose(&registry, &ExposeOptions::default()).unwrap();
    let post = exposed(&exposure, &registry, "Post");
    let author_id = field_id(&registry, "Post", "author_id");
    assert_eq!(post.fields["id"], ObjectField::Key);
    assert_eq!(post.fields["nodeId"], ObjectField::NodeId);
    assert_eq!(post.fields["authorId"], ObjectField::Column(author_id));
    assert_eq!(post.column(author_id).unwrap().leaf, Leaf::Scalar(Scalar::Id));
    assert_eq!(post.filter["authorId"], FilterMember::Column(author_id, FilterKind::Id));
    assert!(matches!(post.fields["author"], ObjectField::Relation(_)));
    assert!(matches!(post.fields["commentsConnection"], ObjectField::RelationConnection(_)));
    assert!(matches!(post.filter["category"], FilterMember::ToOne(_)));
    assert!(matches!(post.filter["tags"], FilterMember::ToMany(_)));
    assert!(matches!(post.order["author"], OrderMember::ToOne(_)));
    assert!(matches!(post.order["tags"], OrderMember::ToMany(_)));
    let key = &post.keys["authorIdSlug"];
    assert_eq!(key.fields, [author_id, field_id(&registry, "Post", "slug")]);
    assert_eq!(key.shape, KeyShape::Columns("PostAuthorIdSlugKey".into()));
    assert_eq!(post.keys["id"].shape, KeyShape::Id);
    assert_eq!(post.distinct["id"], field_id(&registry, "Post", "id"));
    // Managers are chosen by their place.
    assert_eq!(
        post.managers.iter().map(|(n, p)| (n.as_str(), *p)).collect::<Vec<_>>(),
        [("objects", 0), ("live", 1), ("newest", 2)]
    );
    assert!(exposed(&exposure, &registry, "User").managers.is_empty());

    let choices = exposure.choices("PostStatus").unwrap();
    assert_eq!(choices.values["draft"], serde_json::json!("draft"));
    assert_eq!(choices.name_of(&"published".into()), Some("published"));
    assert_eq!(choices.name_of(&"gone".into()), None);
    let mood = field_id(&registry, "Post", "mood");
    assert_eq!(post.column(mood).unwrap().leaf, Leaf::Scalar(Scalar::String), "so-so is no name");

    let tag = registry.model_named("Tag").unwrap().id;
    assert_eq!(exposure.query["labels"], RootField::List(tag));
    assert_eq!(exposure.query["labelsConnection"], RootField::Connection(tag));
    assert_eq!(exposure.model_of_type("Tag"), Some(tag));
    let link = registry.model_named("Post_tags").unwrap().id;
    assert!(exposure.model(link).is_none(), "implicit links are not shown");
}

#[test]
fn a_key_of_one_column_with_a_name_of_its_own_has_both() {
    let registry = keys_and_types();
    let exposure = expose(&registry, &ExposeOptions::default()).unwrap();
    let artist = exposed(&exposure, &registry, "Artist");
    let id = field_id(&registry, "Artist", "artist_id");
    assert_eq!(artist.fields["id"], ObjectField::Key);
    assert_eq!(artist.fields["artistId"], ObjectField::Column(id));
    assert_eq!(artist.column(id).unwrap().leaf, Leaf::Scalar(Scalar::Int));
    assert_eq!(artist.filter["artistId"], FilterMember::Column(id, FilterKind::Int));
    assert_eq!(artist.keys["artistId"].shape, KeyShape::Column);
}

#[test]
fn keys_of_several_columns() {
    let registry = keys_and_types();
    let exposure = expose(&registry, &ExposeOptions::default()).unwrap();
    let track = exposed(&exposure, &registry, "PlaylistTrack");
    let columns = [
        field_id(&registry, "PlaylistTrack", "playlist_id"),
        field_id(&registry, "PlaylistTrack", "artist_id"),
    ];
    assert_eq!(track.keys["id"].fields, columns);
    assert_eq!(track.keys["playlistIdArtistId"].fields, columns);
    assert!(!track.distinct.contains_key("id"), "it is not one column");
    // Each half is the whole key of another model; together they refer from `Play`, where neither is an ID.
    assert_eq!(track.column(columns[0]).unwrap().leaf, Leaf::Scalar(Scalar::Id));
    let play = exposed(&exposure, &registry, "Play");
    let half = field_id(&registry, "Play", "track_playlist_id");
    assert_eq!(play.column(half).unwrap().leaf, Leaf::Scalar(Scalar::BigInt));
}

#[test]
fn relay_moves_the_key() {
    let registry = blog();
    let exposure = expose(&registry, &ExposeOptions { relay: true, ..ExposeOptions::default() }).unwrap();
    let post = exposed(&exposure, &registry, "Post");
    assert_eq!(post.fields["id"], ObjectField::NodeId);
    assert_eq!(post.fields["rowId"], ObjectField::Key);
    assert!(post.filter.contains_key("rowId") && !post.filter.contains_key("id"));
    assert!(post.keys.contains_key("rowId") && post.order.contains_key("rowId"));
    assert!(post.distinct.contains_key("rowId"));
    let query = exposure.schema.get_object("Query").unwrap();
    assert_eq!(query.fields["post"].arguments[0].name, exposure.key_name());
    assert_eq!(query.fields["node"].arguments[0].name, exposure.node_id_name());
    assert_eq!(query.fields["nodes"].arguments[0].name, exposure.node_ids_name());
}

#[test]
fn a_relation_is_not_null_only_when_nothing_can_hide_its_row() {
    let author = |change: fn(&mut nuages_models::registry::Relation)| {
        let mut models = Models::default();
        models.add("User").id();
        models.add("Post").id().foreign_key("author", "User", "posts").relation_with("author", change);
        let exposure = expose(&models.build(), &ExposeOptions::default()).unwrap();
        exposure.schema.get_object("Post").unwrap().fields["author"].ty.to_string()
    };
    assert_eq!(author(|_| {}), "User!");
    assert_eq!(author(|relation| relation.null = true), "User");
    assert_eq!(author(|relation| relation.enforced = false), "User");
    assert_eq!(author(|relation| relation.on_delete = Some(OnDelete::DoNothing)), "User");
}

#[test]
fn hidden_things_leave_no_trace() {
    let mut models = Models::default();
    models.add("User").id();
    models
        .add("Secret")
        .id()
        .foreign_key("user", "User", "secrets")
        .with(|model| model.graphql.hidden = true);
    models
        .add("Post")
        .id()
        .foreign_key("secret", "Secret", "posts")
        .foreign_key("author", "User", "posts")
        .relation_with("author", |relation| relation.hidden = true);
    let exposure = expose(&models.build(), &ExposeOptions::default()).unwrap();
    let lower = exposure.sdl.to_lowercase();
    assert!(!lower.contains("secrets") && !lower.contains("secret:"), "{lower}");
    assert!(exposure.sdl.contains("secretId: ID!"), "the column itself is not hidden");
    assert!(!exposure.sdl.contains("author: User") && exposure.sdl.contains("authorId: ID!"));
    check_complete(&exposure);
}

#[test]
fn operators_have_unique_names_and_docs() {
    for kind in FilterKind::ALL {
        let mut names: Vec<&str> =
            nuages_schema::expose::operators::operators_of(kind).map(|spec| spec.name).collect();
        let count = names.len();
        assert!(count > 0, "{kind:?}");
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "{kind:?}");
    }
    for spec in nuages_schema::expose::operators::OPERATORS {
        assert!(spec.doc.ends_with('.') || spec.doc.ends_with(']'), "{}", spec.name);
    }
}
