//! What happens along relations: related managers, and nested mutations.

use crate::World;
use nuages_models::build::f;
use nuages_models::expr::Expr;
use nuages_models::objects::QueryError;
use nuages_models::registry::{FieldId, Member, Model, RelationId};
use nuages_models::value::Value;
use nuages_models::values;
use nuages_models::write::{
    Action, Change, InputPath, Key, Mutation, NewRow, Outcome, RelatedChange, Target, WriteContext,
    WriteError, Writer,
};
use std::sync::Arc;

fn field(model: &Model, name: &str) -> FieldId {
    match model.member(name) {
        Some(Member::Field(id)) => id,
        other => panic!("{name}: {other:?}"),
    }
}

fn relation(model: &Model, name: &str) -> RelationId {
    match model.member(name) {
        Some(Member::Relation(id)) => id,
        other => panic!("{name}: {other:?}"),
    }
}

/// Builds mutations by names.
struct Build<'a>(&'a World);

impl Build<'_> {
    fn model(&self, name: &str) -> &Model {
        self.0.registry.model_named(name).unwrap()
    }

    fn key(&self, model: &str, name: &str, value: impl Into<Value>) -> Key {
        Key(vec![(field(self.model(model), name), value.into())])
    }

    fn row(&self, model: &str, values: &[(&str, Value)], related: Vec<RelatedChange>) -> NewRow {
        let model = self.model(model);
        let values = values.iter().map(|(name, value)| (field(model, name), Expr::constant(value.clone())));
        NewRow { path: InputPath::new(), values: values.collect(), related }
    }

    fn change(&self, model: &str, values: &[(&str, Value)], related: Vec<RelatedChange>) -> Change {
        let NewRow { path, values, related } = self.row(model, values, related);
        Change { path, values, related }
    }

    fn along(&self, model: &str, name: &str, fill: impl FnOnce(&mut RelatedChange)) -> RelatedChange {
        let mut change = RelatedChange::new(relation(self.model(model), name), InputPath::new());
        fill(&mut change);
        change
    }

    fn create(&self, model: &str, rows: Vec<NewRow>) -> Mutation {
        Mutation { model: self.model(model).id, action: Action::Create { rows, on_conflict: None } }
    }

    fn update(&self, model: &str, key: Key, expect: Vec<(FieldId, Value)>, change: Change) -> Mutation {
        let target = Target::Key { key, expect, path: InputPath::new() };
        Mutation { model: self.model(model).id, action: Action::Update { target, change } }
    }

    fn writer_context() -> WriteContext {
        WriteContext { trace: true, ..WriteContext::default() }
    }

    /// Does a mutation and keeps it: its outcome and how many statements it took.
    async fn apply(&self, mutation: &Mutation) -> Result<(Outcome, usize), WriteError> {
        let context = Self::writer_context();
        let writer =
            Writer::begin(self.0.orm.database(), Arc::clone(&self.0.registry), context).await.unwrap();
        let outcome = writer.apply(mutation).await?;
        let statements = writer.statements().len();
        writer.commit().await?;
        Ok((outcome, statements))
    }

    /// A person with entries, each with words.
    fn author(&self, email: &str, entries: usize, words: usize) -> Mutation {
        let entries = (0..entries).map(|entry| {
            let made = (0..words).map(|word| {
                self.row("Word", &[("text", Value::from(format!("{email} {entry} {word}")))], vec![])
            });
            let words = self.along("Entry", "words", |change| {
                change.create = made.collect();
                let shared = self.row("Word", &[], vec![]);
                change.connect_or_create = vec![(self.key("Word", "text", "shared"), shared)];
            });
            self.row("Entry", &[("title", Value::from(format!("t{entry}")))], vec![words])
        });
        let entries = self.along("Person", "entries", |change| change.create = entries.collect());
        let card = self.row("Card", &[("number", Value::from("1"))], vec![]);
        let card = self.along("Person", "card", |change| change.create = vec![card]);
        self.create("Person", vec![self.row("Person", &[("email", Value::from(email))], vec![entries, card])])
    }
}

#[tokio::test]
async fn the_number_of_statements_does_not_depend_on_the_number_of_rows() {
    for world in World::both().await {
        let build = Build(&world);
        let (_, few) = build.apply(&build.author("few@b.co", 2, 3)).await.unwrap();
        let (_, many) = build.apply(&build.author("many@b.co", 100, 3)).await.unwrap();
        eprintln!("{:?}: {few} statements for 2 entries, {many} for 100", world.dialect());
        // The word that both share is found the second time.
        assert!(many <= few, "{few} {many}");
        assert_eq!(world.orm.objects("Entry").count().await.unwrap(), 102);
        assert_eq!(world.orm.objects("Word").count().await.unwrap(), 102 * 3 + 1);
        let shared = world.orm.objects("Word").filter(f("text").eq("shared"));
        let shared = shared.annotate("n", nuages_models::build::count("entries")).get().await.unwrap();
        assert_eq!(shared.get("n"), Some(&Value::Int(102)));

        // Each entry changes its words by a key that is not the primary one.
        let mut counts = Vec::new();
        for (email, entries) in [("few@b.co", 2), ("many@b.co", 100)] {
            let ids = world.orm.objects("Entry").filter(f("author.email").eq(email)).order_by(["id"]);
            let ids = ids.values(&["id"]).flat().await.unwrap();
            assert_eq!(ids.len(), entries);
            let updates = ids.into_iter().enumerate().map(|(entry, id)| {
                let word = |n: usize| build.key("Word", "text", format!("{email} {entry} {n}"));
                let renamed =
                    build.change("Word", &[("text", Value::from(format!("{email} {entry} new")))], vec![]);
                let empty = build.row("Word", &[], vec![]);
                let words = build.along("Entry", "words", |change| {
                    change.delete = vec![word(0)];
                    change.disconnect = vec![word(1)];
                    change.update = vec![(word(2), renamed)];
                    change.upsert = vec![(build.key("Word", "text", "upserted"), empty, Change::default())];
                });
                (build.key("Entry", "id", id), build.change("Entry", &[], vec![words]))
            });
            let entries = build.along("Person", "entries", |change| change.update = updates.collect());
            let change = build.change("Person", &[], vec![entries]);
            let update = build.update("Person", build.key("Person", "email", email), vec![], change);
            counts.push(build.apply(&update).await.unwrap().1);
        }
        eprintln!("{:?}: {counts:?} statements for changes of words", world.dialect());
        assert!(counts[1] <= counts[0], "{counts:?}");
        // Deleted: one a piece; let go: still there; renamed; one made for all.
        assert_eq!(world.orm.objects("Word").count().await.unwrap(), 102 * 2 + 2);
        let of_entry = world.orm.objects("Word").filter(nuages_models::build::some("entries", f("id").eq(1)));
        let of_entry = of_entry.order_by(["text"]).values(&["text"]).flat().await.unwrap();
        assert_eq!(of_entry, ["few@b.co 0 new", "shared", "upserted"].map(Value::from));
    }
}

#[tokio::test]
async fn expected_values_and_bounds_are_kept_to() {
    for world in World::both().await {
        let build = Build(&world);
        world.orm.objects("Person").create(values! { "email" => "a@b.co", "version" => 3 }).await.unwrap();
        let version = field(build.model("Person"), "version");
        let change = build.change("Person", &[("version", Value::Int(4))], vec![]);
        let update = |expected: i64| {
            let key = build.key("Person", "email", "a@b.co");
            build.update("Person", key, vec![(version, Value::Int(expected))], change.clone())
        };
        let conflict = build.apply(&update(2)).await.unwrap_err();
        let WriteError::Conflict { fields, current, .. } = &conflict else { panic!("{conflict}") };
        assert_eq!((fields.as_slice(), current[0].1.as_i64()), (&["version".to_owned()][..], Some(3)));
        build.apply(&update(3)).await.unwrap();
        for n in 0..5 {
            world.orm.objects("Person").create(values! { "email" => format!("p{n}@b.co") }).await.unwrap();
        }
        let query = |limit: Option<u64>| {
            let all = world.orm.objects("Person").filter(f("version").eq(0)).order_by(["id"]);
            Box::new(limit.map_or(all.clone(), |limit| all.limit(limit)).query().unwrap().clone())
        };
        let delete = |limit, at_most| Mutation {
            model: build.model("Person").id,
            action: Action::Delete {
                target: Target::Rows { query: query(limit), at_most: Some(at_most), path: InputPath::new() },
            },
        };
        let error = build.apply(&delete(None, 4)).await.unwrap_err();
        assert!(matches!(error, WriteError::TooMany { at_most: 4, .. }), "{error}");
        assert_eq!(build.apply(&delete(Some(2), 3)).await.unwrap().0.affected, 2);
        assert_eq!(build.apply(&delete(None, 3)).await.unwrap().0.affected, 3);
        // After an error nothing can be kept, even of what came before it.
        let writer =
            Writer::begin(world.orm.database(), Arc::clone(&world.registry), WriteContext::default());
        let writer = writer.await.unwrap();
        let row = build.row("Person", &[("email", Value::from("z@b.co"))], vec![]);
        writer.apply(&build.create("Person", vec![row])).await.unwrap();
        writer.apply(&update(3)).await.unwrap_err();
        let error = writer.commit().await.unwrap_err();
        assert!(error.to_string().contains("nothing of it is kept"), "{error}");
        assert_eq!(world.orm.objects("Person").count().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn to_one_relations_are_written_from_both_sides() {
    let mut dumps = Vec::new();
    for world in World::both().await {
        let build = Build(&world);
        let people = world.orm.objects("Person");
        people.create(values! { "email" => "boss@b.co" }).await.unwrap();
        let boss = |fill: &dyn Fn(&mut RelatedChange)| build.along("Person", "boss", |change| fill(change));
        let new = |email: &str, related| build.row("Person", &[("email", Value::from(email))], related);
        let chain = boss(&|change| change.create = vec![new("mid@b.co", vec![])]);
        build.apply(&build.create("Person", vec![new("low@b.co", vec![chain])])).await.unwrap();
        let low = || build.key("Person", "email", "low@b.co");
        let step = async |related: RelatedChange| {
            let change = build.change("Person", &[], vec![related]);
            build.apply(&build.update("Person", low(), vec![], change)).await
        };
        let renamed = build.change("Person", &[("name", Value::from("Mid"))], vec![]);
        step(boss(&|change| change.update = vec![(Key(vec![]), renamed.clone())])).await.unwrap();
        step(boss(&|change| change.connect = vec![build.key("Person", "email", "boss@b.co")])).await.unwrap();
        step(boss(&|change| change.disconnect = vec![Key(vec![])])).await.unwrap();
        step(boss(&|change| change.update = vec![(Key(vec![]), renamed.clone())])).await.unwrap_err();
        step(boss(&|change| {
            change.upsert = vec![(Key(vec![]), new("top@b.co", vec![]), Change::default())];
        }))
        .await
        .unwrap();
        step(boss(&|change| change.delete = vec![Key(vec![])])).await.unwrap();
        let missing = build.key("Person", "email", "nobody@b.co");
        let error = step(boss(&|change| change.connect = vec![missing.clone()])).await.unwrap_err();
        assert_eq!(error.to_string(), "there is no Person with email \"nobody@b.co\"");
        let card = |number: &str| build.row("Card", &[("number", Value::from(number))], vec![]);
        let of_card =
            |fill: &dyn Fn(&mut RelatedChange)| build.along("Person", "card", |change| fill(change));
        step(of_card(&|change| change.create = vec![card("1")])).await.unwrap();
        step(of_card(&|change| change.create = vec![card("2")])).await.unwrap_err();
        let other = build.change("Card", &[("number", Value::from("3"))], vec![]);
        step(of_card(&|change| change.upsert = vec![(Key(vec![]), card("4"), other.clone())])).await.unwrap();
        step(of_card(&|change| change.disconnect = vec![Key(vec![])])).await.unwrap_err();
        dumps.push(format!("{}{}", world.dump("Person").await, world.dump("Card").await));
    }
    assert_eq!(dumps[0], dumps[1]);
    assert!(
        dumps[0].contains("\"name\":\"Mid\"") && !dumps[0].contains("top@") && dumps[0].contains("\"3\"")
    );
}

#[tokio::test]
async fn related_managers_add_remove_set_and_clear() {
    let mut dumps = Vec::new();
    for world in World::both().await {
        let orm = &world.orm;
        let people = (0..5).map(|n| values! { "email" => format!("p{n}@b.co") });
        orm.objects("Person").bulk_create(people, &Default::default()).await.unwrap();
        // Symmetrical: both directions.
        let friends = |of: i64| orm.related("Person", of, "friends");
        friends(1).add([2, 3, 1]).await.unwrap();
        friends(1).add([2]).await.unwrap();
        friends(2).remove([1, 4]).await.unwrap();
        friends(4).set([1, 5]).await.unwrap();
        let of = async |id: i64| {
            let all = orm.objects("Person").filter(nuages_models::build::some("friends", f("id").eq(id)));
            format!("{:?}", all.order_by(["id"]).values(&["id"]).flat().await.unwrap())
        };
        let seen = format!("{} {} {} {}", of(1).await, of(2).await, of(3).await, of(4).await);
        friends(4).clear().await.unwrap();
        assert_eq!(of(5).await, "[]");
        // An explicit link table with values of its own.
        orm.objects("Club").create(values! { "name" => "Chess" }).await.unwrap();
        let members = orm.related("Club", 1, "members");
        members.clone().through_defaults(values! { "role" => "chair" }).add([1]).await.unwrap();
        members.set([1, 2]).await.unwrap();
        let member = members.create(values! { "email" => "new@b.co" }).await.unwrap();
        let linked = orm.objects("Membership").filter(f("person").eq(member.get("id").unwrap().clone()));
        assert_eq!(linked.count().await.unwrap(), 1, "{member:?}");
        let error = members.add([99]).await.unwrap_err();
        assert!(matches!(error, QueryError::Write(WriteError::Violation(_))), "{error}");
        let error = orm.related("Club", 9, "members").add([1]).await.unwrap_err();
        assert!(matches!(error, QueryError::DoesNotExist { .. }), "{error}");
        // The reverse of a foreign key; one that may not be empty cannot be let go.
        let staff = orm.related("Person", 1, "staff");
        staff.add([2, 3]).await.unwrap();
        staff.remove([3]).await.unwrap();
        let entry = orm.related("Person", 1, "entries").create(values! { "title" => "x" }).await.unwrap();
        assert_eq!(entry.get("author_id"), Some(&Value::Int(1)), "{entry:?}");
        assert_eq!(entry.get("title"), Some(&Value::Text("x".to_owned())), "{entry:?}");
        let error =
            orm.related("Person", 99, "entries").create(values! { "title" => "x" }).await.unwrap_err();
        assert!(matches!(error, QueryError::DoesNotExist { .. }), "{error}");
        let error = orm.related("Club", 99, "members").create(values! { "email" => "no@b.co" }).await;
        assert!(matches!(error, Err(QueryError::DoesNotExist { .. })), "nothing is made: {error:?}");
        let error = orm.related("Person", 1, "entries").clear().await.unwrap_err();
        assert!(error.to_string().contains("cannot be without it"), "{error}");
        let error = orm.related("Person", 1, "boss").add([2]).await.unwrap_err();
        assert!(error.to_string().contains("leads to one row"), "{error}");
        let dump = [world.dump("Person").await, world.dump("Membership").await, world.dump("Entry").await];
        dumps.push(format!("{seen}\n{}", dump.concat()));
    }
    assert_eq!(dumps[0], dumps[1]);
    assert!(dumps[0].starts_with("[Int(1), Int(3), Int(4)] [] [Int(1)] [Int(1), Int(5)]"), "{}", dumps[0]);
}
