//! What good model files become.

use nuages_models::Registry;
use nuages_models::define::{FIELD_KINDS, SourceFile, define, read_project};
use nuages_models::registry::*;
use std::path::Path;

fn models(text: &str) -> Registry {
    let file = SourceFile { path: "blog.toml".to_owned(), text: text.to_owned() };
    define(&[file]).unwrap_or_else(|errors| panic!("{}", errors.render(false)))
}

fn example(name: &str) -> Registry {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name);
    define(&read_project(&folder).unwrap()).unwrap_or_else(|errors| panic!("{}", errors.render(false)))
}

fn model<'r>(registry: &'r Registry, name: &str) -> &'r Model {
    registry.model_named(name).unwrap_or_else(|| panic!("no model {name}"))
}

fn field<'m>(model: &'m Model, name: &str) -> &'m Field {
    match model.member(name) {
        Some(Member::Field(id)) => model.field(id),
        other => panic!("{}.{name} is {other:?}", model.name),
    }
}

fn relation<'m>(model: &'m Model, name: &str) -> &'m Relation {
    match model.member(name) {
        Some(Member::Relation(id)) => model.relation(id),
        other => panic!("{}.{name} is {other:?}", model.name),
    }
}

fn names(model: &Model) -> Vec<&str> {
    model.fields.iter().map(|field| field.name.as_str()).collect()
}

/// Ids are positions, names are complete, and every relation agrees with its inverse.
fn check_consistency(registry: &Registry) {
    for (position, model) in registry.models().iter().enumerate() {
        assert_eq!(model.id.0 as usize, position);
        assert!(!model.primary_key.is_empty(), "{}", model.name);
        assert!(!model.managers.is_empty(), "{}", model.name);
        for (position, field) in model.fields.iter().enumerate() {
            assert_eq!(field.id.0 as usize, position);
            assert_eq!(model.member(&field.name), Some(Member::Field(field.id)));
            assert_eq!(
                field.primary_key,
                model.primary_key.contains(&field.id),
                "{}.{}",
                model.name,
                field.name
            );
        }
        for (position, relation) in model.relations.iter().enumerate() {
            assert_eq!(relation.id.0 as usize, position);
            assert_eq!(model.member(&relation.name), Some(Member::Relation(relation.id)));
            assert_eq!(relation.through.is_some(), relation.kind == RelationKind::ManyToMany);
            assert_eq!(relation.pairs.is_empty(), relation.through.is_some());
            let target = registry.model(relation.target);
            for (here, there) in &relation.pairs {
                assert_eq!(model.field(*here).logical, target.field(*there).logical);
            }
            if let Some(through) = &relation.through {
                let link = registry.model(through.model);
                for (here, there) in &through.source {
                    assert_eq!(model.field(*here).logical, link.field(*there).logical);
                }
                for (here, there) in &through.target {
                    assert_eq!(link.field(*here).logical, target.field(*there).logical);
                }
            }
            if let Some(inverse) = relation.inverse {
                let inverse = target.relation(inverse);
                let turned: Vec<_> = inverse.pairs.iter().map(|(a, b)| (*b, *a)).collect();
                assert_eq!(turned, relation.pairs, "{}.{}", model.name, relation.name);
            }
        }
    }
}

#[test]
fn the_blog() {
    let registry = example("blog");
    check_consistency(&registry);
    let tables: Vec<_> = registry.models().iter().map(|model| model.table.as_str()).collect();
    let wanted = [
        "blog_user",
        "blog_profile",
        "blog_category",
        "blog_tag",
        "blog_post",
        "blog_comment",
        "blog_post_tags",
    ];
    assert_eq!(tables, wanted);
    let post = model(&registry, "Post");
    let columns = [
        "id",
        "created_at",
        "title",
        "slug",
        "content",
        "author_id",
        "category_id",
        "published",
        "views",
        "rating",
        "deleted_at",
    ];
    assert_eq!(names(post), columns);
    let id = field(post, "id");
    assert_eq!((id.kind, &id.logical, id.auto_increment), ("big_auto", &LogicalType::Int64, true));
    let author = field(post, "author_id");
    assert_eq!((author.kind, author.index, author.null), ("big_integer", true, false));
    assert_eq!(field(post, "rating").sqlite, SqliteEncoding::ScaledInteger { scale: 2 });
    let created = field(post, "created_at");
    assert_eq!((created.auto_now, created.editable), (AutoNow::Add, false));
    assert_eq!(field(post, "views").min.as_deref(), Some("0"));

    let user = model(&registry, "User");
    let posts = relation(user, "posts");
    assert_eq!((posts.kind, posts.target), (RelationKind::ReverseForeignKey, post.id));
    assert_eq!(posts.inverse, Some(relation(post, "author").id));
    let profile = relation(user, "profile");
    assert_eq!((profile.kind, profile.null), (RelationKind::ReverseOneToOne, true));
    assert_eq!(user.annotations.keys().collect::<Vec<_>>(), ["post_count", "total_views", "user_type"]);
    assert_eq!(user.ordering, [OrderKey { path: vec!["created_at".to_owned()], descending: true }]);

    // Expressions are read and typed when the models load.
    let typed = |annotation: &nuages_models::registry::Annotation| {
        assert!(annotation.expr.is_some());
        (annotation.logical.clone().unwrap(), annotation.null)
    };
    assert_eq!(typed(&user.annotations["post_count"]), (LogicalType::Int32, false));
    assert_eq!(typed(&user.annotations["total_views"]), (LogicalType::Int64, false));
    assert_eq!(typed(&user.annotations["user_type"]), (LogicalType::Text, false));
    assert_eq!(typed(&post.annotations["title_preview"]), (LogicalType::Text, false));
    let conditions: Vec<bool> = post.managers.iter().map(|manager| manager.condition.is_some()).collect();
    assert_eq!(conditions, [false, true, true, true]);
    let preview = &post.annotations["title_preview"].arguments["length"];
    assert_eq!((&preview.logical, &preview.default), (&LogicalType::Int32, &Some(50.into())));
    let managers: Vec<_> = post.managers.iter().map(|manager| manager.name.as_str()).collect();
    assert_eq!(managers, ["objects", "live", "published", "discussed"]);
    let indexes: Vec<_> = post.indexes.iter().map(|index| index.name.as_str()).collect();
    let wanted = [
        "published_posts_idx",
        "blog_post_created_at_idx",
        "blog_post_title_idx",
        "blog_post_author_id_idx",
        "blog_post_category_id_idx",
    ];
    assert_eq!(indexes, wanted);
    let descending = IndexKey::Field { field: created.id, descending: true };
    assert_eq!(post.indexes[0].keys, [IndexKey::Field { field: author.id, descending: false }, descending]);
    assert_eq!(post.unique_keys(), [vec![id.id], vec![author.id, field(post, "slug").id]]);

    let link = model(&registry, "Post_tags");
    assert!(link.implicit);
    assert_eq!(names(link), ["id", "post_id", "tag_id"]);
    let tags = relation(post, "tags").through.clone().unwrap();
    assert_eq!(tags.source, [(id.id, field(link, "post_id").id)]);
    let tagged = relation(model(&registry, "Tag"), "posts").through.clone().unwrap();
    assert_eq!(tagged.target, [(field(link, "post_id").id, id.id)]);
}

#[test]
fn chinook_has_a_key_of_two_columns() {
    let registry = example("chinook");
    check_consistency(&registry);
    let entry = model(&registry, "PlaylistTrack");
    assert_eq!(names(entry), ["playlist_id", "track_id"]);
    assert_eq!(entry.primary_key, [FieldId(0), FieldId(1)]);
    assert!(!entry.managed);
    let playlists = relation(model(&registry, "Track"), "playlists");
    assert_eq!(playlists.through.as_ref().unwrap().model, entry.id);
    let manager = field(model(&registry, "Employee"), "manager_id");
    assert_eq!((manager.column.as_str(), manager.kind), ("reports_to", "integer"));
    assert_eq!(field(model(&registry, "Track"), "unit_price").sqlite, SqliteEncoding::Django);
}

#[test]
fn pagila_is_whole() {
    let registry = example("pagila");
    check_consistency(&registry);
    assert_eq!(registry.models().len(), 15);
    assert!(registry.models().iter().all(|model| model.table.starts_with("sak_") && !model.implicit));
    let film = model(&registry, "Film");
    assert!(relation(film, "original_language").null);
    assert_eq!(field(film, "rental_duration").default, Some(DefaultValue::Literal(3.into())));
}

#[test]
fn kinds_have_every_deletion_rule() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/models/kinds.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let registry = define(&[SourceFile { path: "kinds.toml".to_owned(), text }]).unwrap();
    check_consistency(&registry);
    let wide = field(model(&registry, "Kind"), "dec");
    assert_eq!(wide.sqlite, SqliteEncoding::OrderedText { digits: 20, scale: 6 });
    let nothing = relation(model(&registry, "DepNothing"), "base");
    assert_eq!((nothing.on_delete, nothing.enforced), (Some(OnDelete::DoNothing), false));
    assert!(registry.models().iter().all(|model| model.table.starts_with("kinds_")));
    let inherited = names(model(&registry, "DepDefault"));
    assert_eq!(inherited, ["id", "name", "base_id"]);
}

#[test]
fn every_field_type_becomes_a_field() {
    // One model for each type, with what the type needs; another model to refer to.
    let mut text = "[Target.fields]\nname = { type = 'text' }\n".to_owned();
    for kind in FIELD_KINDS {
        let options: String = kind
            .required
            .iter()
            .chain(kind.name.contains("auto").then_some(&"primary_key"))
            .map(|option| match *option {
                "max_length" | "max_digits" => format!(", {option} = 20"),
                "decimal_places" => ", decimal_places = 3".to_owned(),
                "items" | "output" => format!(", {option} = 'integer'"),
                "expr" => ", expr = '1 + 1'".to_owned(),
                "to" => ", to = 'Target', related_name = '+'".to_owned(),
                "on_delete" => ", on_delete = 'cascade'".to_owned(),
                "primary_key" => ", primary_key = true".to_owned(),
                other => panic!("{other}"),
            })
            .collect();
        text.push_str(&format!("[M{0}.fields]\nx = {{ type = '{0}'{options} }}\n", kind.name));
    }
    let registry = models(&text);
    check_consistency(&registry);
    for kind in FIELD_KINDS {
        let model = model(&registry, &format!("M{}", kind.name));
        match kind.relation() {
            Some(_) => assert_eq!(relation(model, "x").inverse, None),
            None => assert_eq!(field(model, "x").kind, kind.name),
        }
    }
    let decimal = field(model(&registry, "Mdecimal"), "x");
    assert_eq!(decimal.logical, LogicalType::Decimal { digits: 20, scale: 3 });
    let generated = field(model(&registry, "Mgenerated"), "x");
    assert_eq!(
        (generated.generated.as_deref(), generated.editable, generated.null),
        (Some("1 + 1"), false, false)
    );
    assert!(field(model(&registry, "Mauto"), "x").auto_increment);
    assert_eq!(names(model(&registry, "Mauto")), ["x"]);
    assert_eq!(field(model(&registry, "Memail"), "x").max_length, Some(254));
}

#[test]
fn options_of_fields_are_kept() {
    let registry = models(
        r#"
        [A]
        doc = "An A."
        db_comment = "rows of A"
        graphql = { name = "Alpha", plural = "alphas" }
        [A.fields]
        state = { type = "char", max_length = 9, choices = [["draft", "Draft!"], "in_review"], default = "draft" }
        grade = { type = "integer", choices = [[1, "One"], [2, "Two"]], min = 1, max = 2, db_default = 1 }
        word = { type = "text", choices = { a = "Letter a" }, regex = '^[a-z]$', collation = "de-DE", db_comment = "c" }
        price = { type = "decimal", max_digits = 6, decimal_places = 2, default = 1.5, max = "100" }
        at = { type = "datetime", default = "now" }
        since = { type = "date", default = 2024-02-29 }
        key = { type = "uuid", default = "uuid", unique = true, column = "the_key" }
        shown = { type = "boolean", graphql = { name = "isShown" }, editable = false, help_text = "Help." }
        secret = { type = "json", default = { a = [1, true] }, graphql = false }
        tags = { type = "array", items = { type = "decimal", max_digits = 3, decimal_places = 1 }, default = ["1.5"] }
        grid = { type = "array", items = { type = "array", items = "integer" } }
        span = { type = "integer_range", default = { lower = 1, upper = 5 } }
        "#,
    );
    let a = model(&registry, "A");
    assert_eq!(a.graphql.name.as_deref(), Some("Alpha"));
    let labels: Vec<_> = field(a, "state").choices.iter().map(|choice| choice.label.as_str()).collect();
    assert_eq!(labels, ["Draft!", "In review"]);
    let grade = field(a, "grade");
    assert_eq!(
        (grade.min.as_deref(), grade.max.as_deref(), grade.db_default.as_deref()),
        (Some("1"), Some("2"), Some("1"))
    );
    assert_eq!(field(a, "word").choices[0].label, "Letter a");
    let price = field(a, "price");
    assert_eq!(
        (&price.default, price.max.as_deref()),
        (&Some(DefaultValue::Literal("1.50".into())), Some("100.00"))
    );
    assert_eq!(field(a, "at").default, Some(DefaultValue::Now));
    assert_eq!(field(a, "since").default, Some(DefaultValue::Literal("2024-02-29".into())));
    let key = field(a, "key");
    assert_eq!((&key.default, key.column.as_str(), key.unique), (&Some(DefaultValue::Uuid), "the_key", true));
    let shown = field(a, "shown");
    assert_eq!((shown.graphql_name.as_deref(), shown.editable), (Some("isShown"), false));
    assert!(field(a, "secret").hidden);
    assert_eq!(field(a, "tags").default, Some(DefaultValue::Literal(serde_json::json!(["1.5"]))));
    let grid = LogicalType::Array(Box::new(LogicalType::Array(Box::new(LogicalType::Int32))));
    assert_eq!(field(a, "grid").logical, grid);
}

#[test]
fn relations_in_any_order_and_file() {
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let registry = define(&[
        file(
            "a.toml",
            "[Order.fields]\nuser = { type = 'foreign_key', to = 'people.User', on_delete = 'protect' }",
        ),
        file("people.toml", "[User.fields]\nname = { type = 'text' }"),
    ])
    .unwrap();
    check_consistency(&registry);
    let order = model(&registry, "Order");
    assert_eq!((order.table.as_str(), order.app.as_str()), ("a_order", "a"));
    assert_eq!(relation(model(&registry, "User"), "order_set").target, order.id);
    assert_eq!(order.origin, Origin { file: "a.toml".to_owned(), line: 1 });
    assert_eq!(relation(order, "user").origin.line, 2);
}

#[test]
fn many_to_many_to_self() {
    let registry = models(
        r#"
        [Person.fields]
        friends = { type = "many_to_many", to = "self" }
        follows = { type = "many_to_many", to = "self", symmetrical = false, related_name = "followers", table = "f" }
        "#,
    );
    check_consistency(&registry);
    let person = model(&registry, "Person");
    let friends = relation(person, "friends");
    assert_eq!(friends.inverse, Some(friends.id));
    let link = model(&registry, "Person_follows");
    assert_eq!(link.table, "f");
    assert_eq!(names(link), ["id", "from_person_id", "to_person_id"]);
    let follows = relation(person, "follows").through.clone().unwrap();
    let followers = relation(person, "followers").through.clone().unwrap();
    assert_eq!(follows.source[0].1, field(link, "from_person_id").id);
    assert_eq!(followers.source[0].1, field(link, "to_person_id").id);
}

#[test]
fn through_fields_choose_among_foreign_keys() {
    let registry = models(
        r#"
        [Person.fields]
        name = { type = "text" }
        [Group.fields]
        members = { type = "many_to_many", to = "Person", through = "Membership", through_fields = ["group", "person"] }
        [Membership.fields]
        inviter = { type = "foreign_key", to = "Person", on_delete = "cascade", related_name = "invited" }
        person = { type = "foreign_key", to = "Person", on_delete = "cascade" }
        group = { type = "foreign_key", to = "Group", on_delete = "cascade" }
        "#,
    );
    check_consistency(&registry);
    let link = model(&registry, "Membership");
    let members = relation(model(&registry, "Group"), "members").through.clone().unwrap();
    assert_eq!(members.target[0].0, field(link, "person_id").id);
    assert_eq!(relation(model(&registry, "Person"), "membership_set").target, link.id);
}

#[test]
fn references_to_keys_of_several_columns() {
    let registry = models(
        r#"
        [Country.fields]
        code = { type = "char", max_length = 2, primary_key = true }
        [City]
        primary_key = ["country", "number"]
        [City.fields]
        country = { type = "foreign_key", to = "Country", on_delete = "cascade" }
        number = { type = "integer" }
        [Mayor.fields]
        city = { type = "one_to_one", to = "City", on_delete = "cascade", columns = ["c1", "c2"] }
        twins = { type = "many_to_many", to = "City" }
        [Note.fields]
        city = { type = "foreign_key", to = "City", on_delete = "set_null", null = true }
        "#,
    );
    check_consistency(&registry);
    let mayor = model(&registry, "Mayor");
    assert_eq!(names(mayor), ["id", "city_country_id", "city_number"]);
    assert_eq!(field(mayor, "city_number").column, "c2");
    assert_eq!(field(mayor, "city_country_id").max_length, Some(2));
    assert_eq!(mayor.unique_keys().len(), 2);
    assert!(!field(mayor, "city_number").unique);
    let link = model(&registry, "Mayor_twins");
    assert_eq!(names(link), ["id", "mayor_id", "city_country_id", "city_number"]);
    let note = model(&registry, "Note");
    assert_eq!(note.indexes.len(), 1);
    assert_eq!(note.indexes[0].keys.len(), 2);
    assert!(field(note, "city_number").null);
}

#[test]
fn to_field_and_keys_that_are_relations() {
    let registry = models(
        r#"
        [User.fields]
        email = { type = "email", unique = true }
        [Profile.fields]
        user = { type = "one_to_one", to = "User", on_delete = "cascade", primary_key = true }
        [Photo.fields]
        profile = { type = "foreign_key", to = "Profile", on_delete = "cascade" }
        owner = { type = "foreign_key", to = "User", to_field = "email", on_delete = "cascade", graphql = "holder" }
        "#,
    );
    check_consistency(&registry);
    let profile = model(&registry, "Profile");
    assert_eq!(names(profile), ["user_id"]);
    assert!(!field(profile, "user_id").unique);
    let photo = model(&registry, "Photo");
    assert_eq!(field(photo, "profile_id").logical, LogicalType::Int64);
    let owner = field(photo, "owner_id");
    assert_eq!(
        (owner.kind, owner.max_length, owner.graphql_name.as_deref()),
        ("email", Some(254), Some("holderId"))
    );
    assert_eq!(relation(photo, "owner").pairs, [(owner.id, field(model(&registry, "User"), "email").id)]);
}

#[test]
fn abstract_bases_give_what_they_have() {
    let registry = models(
        r#"
        [Named]
        abstract = true
        ordering = ["name"]
        display = "name"
        [Named.fields]
        name = { type = "char", max_length = 10 }
        owner = { type = "foreign_key", to = "User", on_delete = "cascade", related_name = "%(class)s_items" }
        [Named.annotations]
        shout = "upper(name)"
        [Named.managers]
        objects = { filter = "name <> ''" }
        [[Named.indexes]]
        name = "%(app_label)s_%(class)s_name"
        fields = ["name"]
        [Dated]
        abstract = true
        extends = ["Named"]
        [Dated.fields]
        day = { type = "date" }
        [User.fields]
        x = { type = "text" }
        [Book]
        extends = ["Dated", "Named"]
        [Book.fields]
        name = { type = "text" }
        [Song]
        extends = ["Named"]
        ordering = ["-name"]
        "#,
    );
    check_consistency(&registry);
    let book = model(&registry, "Book");
    assert_eq!(names(book), ["id", "name", "owner_id", "day"]);
    assert_eq!(field(book, "name").kind, "text");
    assert_eq!(book.indexes[0].name, "blog_book_name");
    assert_eq!(book.indexes.iter().filter(|index| index.name == "blog_book_name").count(), 1);
    assert_eq!(book.display.as_deref(), Some("name"));
    assert!(book.annotations.contains_key("shout"));
    assert_eq!(book.managers[0].filter.as_deref(), Some("name <> ''"));
    assert!(model(&registry, "Song").ordering[0].descending);
    let user = model(&registry, "User");
    assert!(user.member("book_items").is_some() && user.member("song_items").is_some());
    assert!(registry.model_named("Named").is_none());
}

#[test]
fn proxies_share_a_table() {
    let registry = models(
        r#"
        [Post]
        ordering = ["title"]
        [Post.fields]
        title = { type = "text" }
        [Post.annotations]
        length = "length(title)"
        [Comment.fields]
        post = { type = "foreign_key", to = "LivePost", on_delete = "cascade" }
        [LivePost]
        proxy = true
        extends = ["Post"]
        [LivePost.managers]
        live = { filter = "title <> ''" }
        [LivePost.annotations]
        length = "length(title) + 1"
        shout = "upper(title)"
        "#,
    );
    check_consistency(&registry);
    let (post, live) = (model(&registry, "Post"), model(&registry, "LivePost"));
    assert_eq!((live.proxy_for, &live.table), (Some(post.id), &post.table));
    assert_eq!(live.fields, post.fields);
    assert_eq!(live.ordering, post.ordering);
    assert_eq!(live.managers[0].name, "live");
    assert_eq!(live.annotations["length"].expression, "length(title) + 1");
    assert_eq!(relation(model(&registry, "Comment"), "post").target, live.id);
    assert_eq!(relation(post, "comment_set").id, relation(live, "comment_set").id);
    assert!(post.annotations.get("shout").is_none());
}

#[test]
fn orderings_go_over_relations() {
    let registry = models(
        r#"
        [User]
        ordering = ["-name"]
        [User.fields]
        name = { type = "text" }
        [Post]
        ordering = ["-author", "author__name", "tag", "pk"]
        [Post.fields]
        author = { type = "foreign_key", to = "User", on_delete = "cascade" }
        tag = { type = "foreign_key", to = "Tag", on_delete = "cascade" }
        [Tag.fields]
        word = { type = "text" }
        "#,
    );
    let keys: Vec<_> = model(&registry, "Post")
        .ordering
        .iter()
        .map(|key| format!("{}{}", if key.descending { "-" } else { "" }, key.path.join(".")))
        .collect();
    // As in Django: a relation is its model's ordering, turned by the minus; without one its key.
    assert_eq!(keys, ["author.name", "author.name", "tag_id", "id"]);
}

#[test]
fn indexes_and_constraints() {
    let registry = models(
        r#"
        [A]
        unique_together = [["x", "y"], ["y", "z"]]
        [A.fields]
        x = { type = "text" }
        y = { type = "integer", index = true }
        z = { type = "json", index = true }
        [[A.indexes]]
        fields = ["-x", "y"]
        include = ["z"]
        method = "btree"
        where = "y > 0"
        [[A.indexes]]
        name = "lower_x"
        expressions = ["lower(x)"]
        [[A.constraints]]
        unique = ["x"]
        where = "y > 0"
        "#,
    );
    let a = model(&registry, "A");
    let names: Vec<_> = a.indexes.iter().map(|index| index.name.as_str()).collect();
    assert_eq!(names, ["blog_a_x_y_idx", "lower_x", "blog_a_y_idx", "blog_a_z_idx"]);
    assert_eq!(a.indexes[0].include, [field(a, "z").id]);
    assert_eq!(a.indexes[1].keys, [IndexKey::Expression("lower(x)".to_owned())]);
    assert_eq!(a.indexes[3].method.as_deref(), Some("gin"));
    let names: Vec<_> = a.constraints.iter().map(Constraint::name).collect();
    assert_eq!(names, ["blog_a_x_y_uniq", "blog_a_y_z_uniq", "blog_a_x_uniq"]);
    assert_eq!(a.unique_keys().len(), 3);
}

#[test]
fn no_files_are_no_models() {
    assert_eq!(define(&[]).unwrap().models().len(), 0);
}

#[test]
fn generated_fields_take_the_type_of_their_expression() {
    let registry = models(
        r#"
        [Item.fields]
        name  = { type = "char", max_length = 9 }
        nick  = { type = "text", null = true }
        price = { type = "decimal", max_digits = 6, decimal_places = 2 }
        doc   = { type = "json" }
        label = { type = "generated", expr = "name || coalesce(nick, '')" }
        upper = { type = "generated", expr = "upper(nick)", index = true }
        count = { type = "generated", expr = "length(name) * 2", null = true }
        copy  = { type = "generated", expr = "price" }
        twice = { type = "generated", expr = "price * 2", output = { type = "decimal", max_digits = 8, decimal_places = 2 } }
        inner = { type = "generated", expr = "doc", index = true }
        [Item.annotations]
        longer = "count + 1"
        [Cheap]
        extends = ["Item"]
        proxy   = true
        "#,
    );
    for name in ["Item", "Cheap"] {
        let item = model(&registry, name);
        let typed = |name: &str| {
            let field = field(item, name);
            assert!(!field.editable, "{name}");
            (field.logical.clone(), field.null)
        };
        assert_eq!(typed("label"), (LogicalType::Text, false), "{name}");
        assert_eq!(typed("upper"), (LogicalType::Text, true), "{name}");
        assert_eq!(typed("count"), (LogicalType::Int64, true), "{name}");
        assert_eq!(typed("copy"), (LogicalType::Decimal { digits: 6, scale: 2 }, false), "{name}");
        assert_eq!(typed("twice"), (LogicalType::Decimal { digits: 8, scale: 2 }, false), "{name}");
        assert_eq!(field(item, "copy").sqlite, SqliteEncoding::ScaledInteger { scale: 2 });
        assert_eq!(item.annotations["longer"].logical, Some(LogicalType::Int64));
    }
    let methods: Vec<_> =
        model(&registry, "Item").indexes.iter().map(|index| index.method.as_deref()).collect();
    assert_eq!(methods, [None, Some("gin")]);
}

#[test]
fn managers_have_annotations() {
    let registry = models(
        r#"
        [Post.fields]
        title = { type = "text", null = true }
        [Post.managers.long]
        annotations = { letters = "length(title)", more = { expr = "letters + 1", help_text = "One more." } }
        filter      = "more > 3"
        ordering    = ["-more", "title"]
        "#,
    );
    let manager = &model(&registry, "Post").managers[0];
    let letters = &manager.annotations["letters"];
    assert_eq!((letters.logical.clone(), letters.null), (Some(LogicalType::Int32), true));
    assert_eq!(manager.annotations["more"].logical, Some(LogicalType::Int64));
    // Written out, so that whoever reads the scope needs to know no name.
    let printed = nuages_models::text::print(manager.condition.as_ref().unwrap(), &registry);
    assert_eq!(printed, "length(title) + 1 > 3");
    let keys: Vec<_> =
        manager.order().iter().map(|key| nuages_models::text::print(&key.key, &registry)).collect();
    assert_eq!(keys, ["length(title) + 1", "title"]);
}
