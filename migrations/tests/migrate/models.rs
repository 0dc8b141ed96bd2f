//! Registries for the tests, written out by hand.

use nuages_models::Registry;
use nuages_models::registry::*;
use std::collections::HashMap;

pub(crate) fn field(name: &str, kind: &'static str, logical: LogicalType) -> Field {
    let sqlite = match logical {
        LogicalType::Decimal { digits, scale } if digits > 18 => {
            SqliteEncoding::OrderedText { digits, scale }
        }
        LogicalType::Decimal { scale, .. } => SqliteEncoding::ScaledInteger { scale: scale as u8 },
        _ => SqliteEncoding::Plain,
    };
    Field {
        id: FieldId(0),
        name: name.to_owned(),
        column: name.to_owned(),
        kind,
        logical,
        sqlite,
        null: false,
        primary_key: false,
        unique: false,
        index: false,
        default: None,
        db_default: None,
        max_length: None,
        min: None,
        max: None,
        regex: None,
        choices: Vec::new(),
        editable: true,
        help_text: None,
        db_comment: None,
        collation: None,
        auto_now: AutoNow::Never,
        generated: None,
        relation: None,
        db_type: None,
        auto_increment: false,
        graphql_name: None,
        hidden: false,
        origin: origin(1),
    }
}

pub(crate) fn origin(line: u32) -> Origin {
    Origin { file: "models/blog.toml".to_owned(), line }
}

pub(crate) fn id() -> Field {
    Field { primary_key: true, auto_increment: true, ..field("id", "big_auto", LogicalType::Int64) }
}

pub(crate) fn text(name: &str, length: u32) -> Field {
    Field { max_length: Some(length), ..field(name, "char", LogicalType::Text) }
}

pub(crate) fn reference(name: &str) -> Field {
    Field { index: true, ..field(name, "big_integer", LogicalType::Int64) }
}

pub(crate) fn nullable(field: Field) -> Field {
    Field { null: true, ..field }
}

/// A model whose primary key are the fields that say so.
pub(crate) fn model(name: &str, fields: Vec<Field>) -> Model {
    let fields: Vec<Field> =
        (0..).zip(fields).map(|(id, field)| Field { id: FieldId(id), ..field }).collect();
    Model {
        id: ModelId(0),
        name: name.to_owned(),
        app: "blog".to_owned(),
        table: format!("blog_{}", name.to_lowercase()),
        doc: None,
        db_comment: None,
        display: None,
        names: fields.iter().map(|field| (field.name.clone(), Member::Field(field.id))).collect(),
        primary_key: fields.iter().filter(|field| field.primary_key).map(|field| field.id).collect(),
        fields,
        relations: Vec::new(),
        ordering: Vec::new(),
        managers: Vec::new(),
        annotations: Default::default(),
        indexes: Vec::new(),
        constraints: Vec::new(),
        managed: true,
        proxy_for: None,
        implicit: false,
        graphql: GraphqlModel::default(),
        origin: origin(10),
    }
}

impl Linked for Model {
    fn refers(mut self, columns: &[&str], target: u32, there: &[u32]) -> Self {
        let id = RelationId(self.relations.len() as u32);
        let pairs = columns
            .iter()
            .zip(there)
            .map(|(column, there)| {
                let Some(Member::Field(here)) = self.member(column) else { panic!("{column}") };
                self.fields[here.0 as usize].relation = Some(id);
                (here, FieldId(*there))
            })
            .collect();
        self.relations.push(Relation {
            id,
            name: columns[0].trim_end_matches("_id").to_owned(),
            kind: RelationKind::ForeignKey,
            target: ModelId(target),
            pairs,
            through: None,
            null: false,
            on_delete: Some(OnDelete::Cascade),
            enforced: true,
            inverse: None,
            help_text: None,
            graphql_name: None,
            hidden: false,
            origin: origin(2),
        });
        self
    }

    fn index(mut self, name: &str, keys: Vec<IndexKey>, condition: Option<&str>) -> Self {
        self.indexes.push(Index {
            name: name.to_owned(),
            keys,
            include: Vec::new(),
            condition: condition.map(str::to_owned),
            method: None,
            origin: origin(20),
        });
        self
    }

    fn check(mut self, name: &str, check: &str) -> Self {
        self.constraints.push(Constraint::Check { name: name.to_owned(), check: check.to_owned() });
        self
    }
}

pub(crate) trait Linked {
    fn refers(self, columns: &[&str], target: u32, there: &[u32]) -> Self;
    fn index(self, name: &str, keys: Vec<IndexKey>, condition: Option<&str>) -> Self;
    fn check(self, name: &str, check: &str) -> Self;
}

pub(crate) fn key(field: u32, descending: bool) -> IndexKey {
    IndexKey::Field { field: FieldId(field), descending }
}

pub(crate) fn registry(models: Vec<Model>) -> Registry {
    Registry::new((0..).zip(models).map(|(id, model)| Model { id: ModelId(id), ..model }).collect())
}

/// Users, posts and their link to tags, with every kind of index and constraint; two models that refer to each other;
/// a key of two columns; a column of every type; a proxy; an unmanaged model.
pub(crate) fn everything() -> Vec<Model> {
    let user = model(
        "User",
        vec![
            id(),
            Field { unique: true, db_comment: Some("it's unique".to_owned()), ..text("email", 254) },
            Field {
                db_default: Some("true".to_owned()),
                ..field("is_active", "boolean", LogicalType::Boolean)
            },
            nullable(reference("favourite_id")),
        ],
    )
    .refers(&["favourite_id"], 1, &[0])
    .index("user_lower_email", vec![IndexKey::Expression("lower(email)".to_owned())], None);
    let user = Model { doc: Some("A person.".to_owned()), ..user };

    let mut post = model(
        "Post",
        vec![
            id(),
            text("title", 20),
            reference("author_id"),
            field("published", "boolean", LogicalType::Boolean),
            Field {
                db_default: Some("-0".to_owned()),
                ..field("views", "positive_integer", LogicalType::Int32)
            },
            nullable(field("rating", "decimal", LogicalType::Decimal { digits: 4, scale: 2 })),
            nullable(field("deleted_at", "datetime", LogicalType::DateTime)),
            Field {
                generated: Some("lower(title)".to_owned()),
                ..field("folded", "generated", LogicalType::Text)
            },
        ],
    )
    .refers(&["author_id"], 0, &[0])
    .index("post_author", vec![key(2, false)], None)
    .index("post_live", vec![key(2, false), key(4, true)], Some("published and deleted_at is null"))
    .check("post_views_small", "views < 1000000 or not published")
    .check("post_rating", "rating >= -1.5 and rating <= 9.99");
    post.constraints.push(Constraint::Unique {
        name: "post_title_author".to_owned(),
        fields: vec![FieldId(1), FieldId(2)],
        condition: None,
    });
    post.constraints.push(Constraint::Unique {
        name: "post_one_draft".to_owned(),
        fields: vec![FieldId(2)],
        condition: Some("not published and title = 'it''s a draft'".to_owned()),
    });

    let link = Model {
        implicit: true,
        ..model("Post_tags", vec![id(), reference("post_id"), reference("user_id")])
            .refers(&["post_id"], 1, &[0])
            .refers(&["user_id"], 0, &[0])
    };
    let composite = model(
        "Pair",
        vec![
            Field { primary_key: true, ..field("a", "integer", LogicalType::Int32) },
            Field { primary_key: true, ..text("b", 10) },
            nullable(field("parent_a", "integer", LogicalType::Int32)),
            nullable(text("parent_b", 10)),
        ],
    )
    .refers(&["parent_a", "parent_b"], 3, &[0, 1]);
    let proxy = Model { proxy_for: Some(ModelId(0)), ..model("Staff", vec![id()]) };
    let unmanaged = Model { managed: false, ..model("Old", vec![id()]) };
    vec![user, post, link, composite, kinds(), proxy, unmanaged]
}

/// A column of every type that both databases have.
pub(crate) fn kinds() -> Model {
    let array = LogicalType::Array(Box::new(LogicalType::Text));
    let types: Vec<(&'static str, LogicalType)> = vec![
        ("uuid", LogicalType::Uuid),
        ("boolean", LogicalType::Boolean),
        ("small_integer", LogicalType::Int16),
        ("integer", LogicalType::Int32),
        ("big_integer", LogicalType::Int64),
        ("positive_small_integer", LogicalType::Int16),
        ("positive_big_integer", LogicalType::Int64),
        ("float", LogicalType::Float),
        ("decimal", LogicalType::Decimal { digits: 30, scale: 10 }),
        ("text", LogicalType::Text),
        ("ip_address", LogicalType::IpAddress),
        ("date", LogicalType::Date),
        ("time", LogicalType::Time),
        ("datetime", LogicalType::DateTime),
        ("duration", LogicalType::Duration),
        ("json", LogicalType::Json),
        ("binary", LogicalType::Binary),
        ("array", array),
        ("integer_range", LogicalType::Range(RangeBound::Int32)),
        ("big_integer_range", LogicalType::Range(RangeBound::Int64)),
        ("decimal_range", LogicalType::Range(RangeBound::Decimal)),
        ("date_range", LogicalType::Range(RangeBound::Date)),
        ("datetime_range", LogicalType::Range(RangeBound::DateTime)),
    ];
    let uuid_key = Field { primary_key: true, ..field("id", "uuid", LogicalType::Uuid) };
    let fields =
        types.into_iter().map(|(kind, logical)| nullable(field(&format!("{kind} \"x\""), kind, logical)));
    let name_of = |field: &Field| (field.name.clone(), Member::Field(field.id));
    let model = model("Kinds", std::iter::once(uuid_key).chain(fields).collect());
    let names: HashMap<_, _> = model.fields.iter().map(name_of).collect();
    Model { names, ..model }
}
