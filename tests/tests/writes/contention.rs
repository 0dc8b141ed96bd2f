//! Two hundred tasks on the same rows: nothing is lost, nothing is there twice.

use crate::World;
use nuages_models::build::f;
use nuages_models::objects::{Orm, QueryError};
use nuages_models::value::Value;
use nuages_models::values;
use nuages_schema::Request;
use std::sync::Arc;
use std::time::Instant;

const TASKS: usize = 200;
/// Tasks that lock each other out; PostgreSQL takes a second to find out each time. One that was given up is begun again alone, so
/// that it is not given up again and again.
const DEADLOCKING: usize = 16;

/// Runs a step in many tasks at once and gives how many say yes.
async fn at_once<S, F>(world: &World, tasks: usize, what: &str, step: S) -> usize
where
    S: Fn(Orm, usize) -> F,
    F: Future<Output = Result<bool, QueryError>> + Send + 'static,
{
    let start = Instant::now();
    let running: Vec<_> = (0..tasks).map(|n| tokio::spawn(step(world.orm.clone(), n))).collect();
    let mut yes = 0;
    for task in running {
        yes += usize::from(task.await.unwrap().unwrap_or_else(|error| panic!("{what}: {error}")));
    }
    eprintln!("{:?}: {tasks} tasks {what} in {:?}", world.dialect(), start.elapsed());
    yes
}

async fn visits(world: &World, email: &str) -> Option<Value> {
    let one = world.orm.objects("Person").filter(f("email").eq(email)).get().await.unwrap();
    one.get("visits").cloned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_update_is_lost_and_no_row_is_there_twice() {
    for world in World::both().await {
        let made = at_once(&world, TASKS, "get_or_create", |orm, _| async move {
            let one = values! { "email" => "one@b.co" };
            Ok(orm.objects("Person").get_or_create(one, values! {}).await?.1)
        });
        assert_eq!(made.await, 1);
        let made = at_once(&world, TASKS, "update_or_create", |orm, _| async move {
            let (one, new) = (values! { "email" => "two@b.co" }, values! { "visits" => 1 });
            let change = values! { "visits" => f("visits") + 1 };
            Ok(orm.objects("Person").update_or_create(one, change, Some(new)).await?.1)
        });
        assert_eq!(made.await, 1);
        assert_eq!(visits(&world, "two@b.co").await, Some(Value::Int(200)));
        at_once(&world, TASKS, "update by F", |orm, _| async move {
            let one = orm.objects("Person").filter(f("email").eq("one@b.co"));
            Ok(one.update(values! { "visits" => f("visits") + 1 }).await? == 1)
        })
        .await;
        assert_eq!(visits(&world, "one@b.co").await, Some(Value::Int(200)));
        // Read under a lock, then written.
        at_once(&world, TASKS, "read and write under a lock", |orm, _| async move {
            orm.atomic(async |orm: Orm| {
                let one = orm.objects("Person").filter(f("email").eq("one@b.co"));
                let row = one.clone().select_for_update(Default::default()).get().await?;
                let Some(Value::Int(visits)) = row.get("visits") else { return Ok(false) };
                Ok(one.update(values! { "visits" => *visits + 1 }).await? == 1)
            })
            .await
        })
        .await;
        assert_eq!(visits(&world, "one@b.co").await, Some(Value::Int(400)));
        // Two rows in either order: deadlocks are tried again.
        at_once(&world, DEADLOCKING, "update two rows in either order", |orm, n| async move {
            let emails = if n % 2 == 0 { ["one@b.co", "two@b.co"] } else { ["two@b.co", "one@b.co"] };
            orm.atomic(async |orm: Orm| {
                for email in emails {
                    let one = orm.objects("Person").filter(f("email").eq(email));
                    one.update(values! { "visits" => f("visits") + 1 }).await?;
                    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                }
                Ok(true)
            })
            .await
        })
        .await;
        assert_eq!(visits(&world, "one@b.co").await, Some(Value::Int(400 + DEADLOCKING as i64)));
        assert_eq!(visits(&world, "two@b.co").await, Some(Value::Int(200 + DEADLOCKING as i64)));
        assert_eq!(world.orm.objects("Person").count().await.unwrap(), 2);
    }
}

/// Upserts along relations make a row once and change it otherwise, whoever else does meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nested_upserts_make_a_row_once() {
    for world in World::both().await {
        let clubs = (0..TASKS).map(|n| values! { "name" => format!("c{n}") });
        world.orm.objects("Club").bulk_create(clubs, &Default::default()).await.unwrap();
        world.orm.objects("Person").create(values! { "email" => "owner@b.co" }).await.unwrap();
        let engine = Arc::new(world.engine());
        let all = async |many: usize, document: &dyn Fn(usize) -> String| {
            let running: Vec<_> = (0..many)
                .map(|n| {
                    let (engine, query) = (Arc::clone(&engine), document(n));
                    tokio::spawn(async move { engine.execute(Request { query, ..Request::default() }).await })
                })
                .collect();
            for task in running {
                let response = task.await.unwrap();
                let text = String::from_utf8_lossy(&response.body).into_owned();
                assert!(!text.contains("errors"), "{:?}: {text}", world.dialect());
            }
        };
        // The same new member of many clubs.
        all(TASKS, &|n| {
            let id = n + 1;
            let member = "{ key: { email: \"raced@b.co\" }, create: { email: \"raced@b.co\", visits: 1 }, calc: { visits: \"visits + 1\" } }";
            format!("mutation {{ updateClub(id: {id}, set: {{ members: {{ upsert: [{member}] }} }}) {{ id }} }}")
        })
        .await;
        let expected = i64::try_from(TASKS).unwrap();
        assert_eq!(visits(&world, "raced@b.co").await, Some(Value::Int(expected)), "{:?}", world.dialect());
        assert_eq!(world.orm.objects("Membership").count().await.unwrap(), TASKS as u64);
        // The same new card of one person, from both sides.
        all(8, &|n| {
            if n % 2 == 0 {
                "mutation { updatePerson(id: 1, set: { card: { upsert: { create: { number: \"1\" }, update: { number: \"2\" } } } }) { id } }".to_owned()
            } else {
                "mutation { upsertCard(key: { personId: 1 }, create: { personId: 1, number: \"1\" }, update: { number: \"2\" }) { created } }".to_owned()
            }
        })
        .await;
        let card = world.orm.objects("Card").get().await.unwrap();
        assert_eq!(card.get("number"), Some(&Value::Text("2".to_owned())), "{:?}", world.dialect());
    }
}
