//! Builds registries by hand: what a test says of a model, and Django's defaults for the rest.

use nuages_models::Registry;
use nuages_models::registry::{
    AutoNow, Choice, Constraint, Field, FieldId, GraphqlModel, LogicalType, Manager, Member, Model, ModelId,
    OnDelete, Origin, Relation, RelationId, RelationKind, SqliteEncoding, Through,
};
use std::collections::HashMap;

/// A registry in the making.
#[derive(Default)]
pub(crate) struct Models {
    models: Vec<Model>,
}

impl Models {
    /// Adds a model and gives its builder.
    pub(crate) fn add(&mut self, name: &str) -> ModelBuilder<'_> {
        let id = ModelId(self.models.len() as u32);
        self.models.push(Model {
            id,
            name: name.to_owned(),
            app: "test".to_owned(),
            table: format!("test_{}", name.to_lowercase()),
            doc: None,
            db_comment: None,
            display: None,
            fields: Vec::new(),
            relations: Vec::new(),
            primary_key: Vec::new(),
            ordering: Vec::new(),
            managers: vec![manager("objects", None)],
            annotations: Default::default(),
            indexes: Vec::new(),
            constraints: Vec::new(),
            managed: true,
            proxy_for: None,
            implicit: false,
            graphql: GraphqlModel::default(),
            origin: origin(10 * (id.0 + 1)),
            names: HashMap::new(),
        });
        ModelBuilder { models: self, id }
    }

    /// The registry.
    pub(crate) fn build(self) -> Registry {
        Registry::new(self.models)
    }

    fn id(&self, name: &str) -> ModelId {
        self.models.iter().find(|m| m.name == name).unwrap_or_else(|| panic!("no model {name}")).id
    }

    fn model(&mut self, id: ModelId) -> &mut Model {
        &mut self.models[id.0 as usize]
    }
}

/// Adds to one model.
pub(crate) struct ModelBuilder<'a> {
    models: &'a mut Models,
    id: ModelId,
}

impl ModelBuilder<'_> {
    /// Changes the model itself.
    pub(crate) fn with(self, change: impl FnOnce(&mut Model)) -> Self {
        change(self.models.model(self.id));
        self
    }

    /// The implicit `id`.
    pub(crate) fn id(self) -> Self {
        let this = self.field_with("id", LogicalType::Int64, |field| {
            field.primary_key = true;
            field.auto_increment = true;
        });
        this.in_key("id")
    }

    /// A field of the primary key.
    pub(crate) fn key(self, name: &str, logical: LogicalType) -> Self {
        let this = self.field_with(name, logical, |field| field.primary_key = true);
        this.in_key(name)
    }

    /// Makes a field that is there one of the primary key.
    pub(crate) fn in_key(self, name: &str) -> Self {
        let model = self.models.model(self.id);
        let Some(Member::Field(id)) = model.member(name) else { panic!("no field {name}") };
        model.fields[id.0 as usize].primary_key = true;
        model.primary_key.push(id);
        self
    }

    /// A field that is not null.
    pub(crate) fn field(self, name: &str, logical: LogicalType) -> Self {
        self.field_with(name, logical, |_| {})
    }

    /// A field that may be null.
    pub(crate) fn null(self, name: &str, logical: LogicalType) -> Self {
        self.field_with(name, logical, |field| field.null = true)
    }

    /// A field and what is special about it.
    pub(crate) fn field_with(
        self,
        name: &str,
        logical: LogicalType,
        change: impl FnOnce(&mut Field),
    ) -> Self {
        let model = self.models.model(self.id);
        let id = FieldId(model.fields.len() as u32);
        let line = model.origin.line + id.0 + 1;
        let mut field = Field {
            id,
            name: name.to_owned(),
            column: name.to_owned(),
            kind: "char",
            logical,
            sqlite: SqliteEncoding::Plain,
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
            origin: origin(line),
        };
        change(&mut field);
        model.names.insert(name.to_owned(), Member::Field(id));
        model.fields.push(field);
        self
    }

    /// A text field with choices.
    pub(crate) fn choices(self, name: &str, choices: &[(&str, &str)]) -> Self {
        self.field_with(name, LogicalType::Text, |field| {
            field.choices = choices
                .iter()
                .map(|(value, label)| Choice { value: (*value).into(), label: (*label).into() })
                .collect();
        })
    }

    /// A unique constraint.
    pub(crate) fn unique(self, fields: &[&str]) -> Self {
        let model = self.models.model(self.id);
        let fields = fields
            .iter()
            .map(|name| match model.member(name) {
                Some(Member::Field(id)) => id,
                other => panic!("{name}: {other:?}"),
            })
            .collect();
        model.constraints.push(Constraint::Unique { name: "u".into(), fields, condition: None });
        self
    }

    /// Another manager.
    pub(crate) fn manager(self, name: &str, filter: Option<&str>) -> Self {
        self.models.model(self.id).managers.push(manager(name, filter));
        self
    }

    /// A foreign key with its columns (`name_id`; `name_KEY` where the target's key has several) and its reverse.
    pub(crate) fn foreign_key(self, name: &str, to: &str, related_name: &str) -> Self {
        self.refer(name, to, related_name, RelationKind::ForeignKey, false)
    }

    /// A foreign key that may be null.
    pub(crate) fn null_foreign_key(self, name: &str, to: &str, related_name: &str) -> Self {
        self.refer(name, to, related_name, RelationKind::ForeignKey, true)
    }

    /// A one-to-one relation.
    pub(crate) fn one_to_one(self, name: &str, to: &str, related_name: &str) -> Self {
        self.refer(name, to, related_name, RelationKind::OneToOne, false)
    }

    /// Changes a relation.
    pub(crate) fn relation_with(self, name: &str, change: impl FnOnce(&mut Relation)) -> Self {
        let model = self.models.model(self.id);
        let Some(Member::Relation(id)) = model.member(name) else { panic!("no relation {name}") };
        change(&mut model.relations[id.0 as usize]);
        self
    }

    fn refer(self, name: &str, to: &str, related_name: &str, kind: RelationKind, null: bool) -> Self {
        let target = self.models.id(to);
        let target_key: Vec<(FieldId, String, LogicalType)> = {
            let target = self.models.model(target);
            target
                .primary_key
                .iter()
                .map(|id| (*id, target.field(*id).name.clone(), target.field(*id).logical.clone()))
                .collect()
        };
        let one = kind == RelationKind::OneToOne;
        let relation = RelationId(self.models.model(self.id).relations.len() as u32);
        let several = target_key.len() > 1;
        let mut this = self;
        let mut pairs = Vec::new();
        for (there, key, logical) in target_key {
            let column = if several { format!("{name}_{key}") } else { format!("{name}_id") };
            this = this.field_with(&column, logical, |field| {
                field.null = null;
                field.unique = one;
                field.relation = Some(relation);
                pairs.push((field.id, there));
            });
        }
        let id = this.id;
        let line = this.models.model(id).origin.line;
        let forward = edge(name, kind, target, pairs.clone(), null, line);
        let forward = push(this.models.model(id), forward);
        if related_name == "+" {
            return this;
        }
        let reverse_kind = if one { RelationKind::ReverseOneToOne } else { RelationKind::ReverseForeignKey };
        let reverse_pairs = pairs.iter().map(|(here, there)| (*there, *here)).collect();
        let mut reverse = edge(related_name, reverse_kind, id, reverse_pairs, one, line);
        reverse.inverse = Some(forward);
        reverse.on_delete = None;
        let reverse = push(this.models.model(target), reverse);
        this.models.model(id).relations[forward.0 as usize].inverse = Some(reverse);
        this
    }

    /// A many-to-many relation with an implicit link model.
    pub(crate) fn many_to_many(self, name: &str, to: &str, related_name: &str) -> Self {
        let (here, there) = (self.id, self.models.id(to));
        let (here_key, there_key) =
            (self.models.model(here).primary_key[0], self.models.model(there).primary_key[0]);
        let link_name = format!("{}_{name}", self.models.model(here).name);
        let link = {
            let builder = self.models.add(&link_name);
            let builder = builder
                .with(|model| model.implicit = true)
                .id()
                .field("source_id", LogicalType::Int64)
                .field("target_id", LogicalType::Int64);
            builder.id
        };
        let (source, target) = (FieldId(1), FieldId(2));
        let line = self.models.model(here).origin.line;
        let mut forward = edge(name, RelationKind::ManyToMany, there, Vec::new(), false, line);
        forward.through = Some(Through {
            model: link,
            source: vec![(here_key, source)],
            target: vec![(target, there_key)],
        });
        let mut reverse = edge(related_name, RelationKind::ManyToMany, here, Vec::new(), false, line);
        reverse.through = Some(Through {
            model: link,
            source: vec![(there_key, target)],
            target: vec![(source, here_key)],
        });
        let forward = push(self.models.model(here), forward);
        reverse.inverse = Some(forward);
        let reverse = push(self.models.model(there), reverse);
        self.models.model(here).relations[forward.0 as usize].inverse = Some(reverse);
        self
    }
}

fn push(model: &mut Model, mut relation: Relation) -> RelationId {
    let id = RelationId(model.relations.len() as u32);
    relation.id = id;
    model.names.insert(relation.name.clone(), Member::Relation(id));
    model.relations.push(relation);
    id
}

fn edge(
    name: &str,
    kind: RelationKind,
    target: ModelId,
    pairs: Vec<(FieldId, FieldId)>,
    null: bool,
    line: u32,
) -> Relation {
    Relation {
        id: RelationId(0),
        name: name.to_owned(),
        kind,
        target,
        pairs,
        through: None,
        null,
        on_delete: Some(OnDelete::Cascade),
        enforced: true,
        inverse: None,
        help_text: None,
        graphql_name: None,
        hidden: false,
        origin: origin(line),
    }
}

fn manager(name: &str, filter: Option<&str>) -> Manager {
    Manager {
        annotations: Default::default(),
        condition: None,
        name: name.to_owned(),
        filter: filter.map(str::to_owned),
        ordering: Vec::new(),
        origin: origin(0),
    }
}

fn origin(line: u32) -> Origin {
    Origin { file: "models/test.toml".to_owned(), line }
}

/// The blog: every kind of relation, choices, managers, a self reference.
pub(crate) fn blog() -> Registry {
    use LogicalType as L;
    let mut models = Models::default();
    models
        .add("User")
        .with(|model| model.doc = Some("A person who writes or comments.".into()))
        .id()
        .field_with("email", L::Text, |field| {
            field.unique = true;
            field.help_text = Some("Where the person gets \"mail\".".into());
        })
        .field("name", L::Text)
        .field("is_active", L::Boolean)
        .field_with("password", L::Text, |field| field.hidden = true)
        .field("created_at", L::DateTime);
    models.add("Profile").one_to_one("user", "User", "profile").in_key("user_id").null("bio", L::Text);
    models
        .add("Category")
        .id()
        .field_with("name", L::Text, |field| field.unique = true)
        .null_foreign_key("parent", "Category", "children");
    models.add("Tag").id().field("name", L::Text).with(|model| model.graphql.plural = Some("labels".into()));
    models
        .add("Post")
        .id()
        .field("title", L::Text)
        .field("slug", L::Text)
        .choices("status", &[("draft", "Draft"), ("published", "On the site")])
        .choices("mood", &[("so-so", "So so"), ("good", "Good")])
        .foreign_key("author", "User", "posts")
        .null_foreign_key("category", "Category", "posts")
        .many_to_many("tags", "Tag", "posts")
        .field("views", L::Int32)
        .null("rating", L::Decimal { digits: 4, scale: 2 })
        .null("metadata", L::Json)
        .field("created_at", L::DateTime)
        .unique(&["author_id", "slug"])
        .manager("live", Some("deleted_at is null"))
        .manager("newest", None);
    models
        .add("Comment")
        .id()
        .foreign_key("post", "Post", "comments")
        .foreign_key("author", "User", "comments")
        .null_foreign_key("parent", "Comment", "replies")
        .field("body", L::Text)
        .with(|model| {
            model.doc = Some("What somebody says about a post.\n\nIt may answer another one.".into())
        });
    models.build()
}

/// Models with keys of their own names and of several columns, and a field of every type.
pub(crate) fn keys_and_types() -> Registry {
    use LogicalType as L;
    use nuages_models::registry::RangeBound;
    let mut models = Models::default();
    models.add("Artist").key("artist_id", L::Int32).null("name", L::Text);
    models.add("Playlist").key("playlist_id", L::Int64).null("name", L::Text);
    models
        .add("PlaylistTrack")
        .foreign_key("playlist", "Playlist", "tracks")
        .foreign_key("artist", "Artist", "tracks")
        .in_key("playlist_id")
        .in_key("artist_id");
    models
        .add("Play")
        .key("key", L::Uuid)
        .foreign_key("track", "PlaylistTrack", "plays")
        .field("at", L::Time);
    models.add("Country").key("code", L::Text).field("not", L::Boolean).null("expr", L::Text);
    models
        .add("News")
        .id()
        .null_foreign_key("country", "Country", "+")
        .relation_with("country", |relation| relation.on_delete = Some(OnDelete::DoNothing))
        .field("small", L::Int16)
        .field("large", L::Int64)
        .field("ratio", L::Float)
        .field("day", L::Date)
        .field("length", L::Duration)
        .field_with("blob", L::Binary, |field| field.unique = true)
        .field("address", L::IpAddress)
        .field("words", L::Array(Box::new(L::Text)))
        .field("grid", L::Array(Box::new(L::Array(Box::new(L::Int64)))))
        .field("valid", L::Range(RangeBound::Date))
        .field("search", L::SearchVector);
    models.build()
}
