//! Connections that break, locks that are held, futures that are dropped: nothing half-written, and it goes on afterwards.

use crate::World;
use nuages_models::build::f;
use nuages_models::database::{Dialect, Isolation};
use nuages_models::objects::{AtomicError, Orm, QueryError};
use nuages_models::value::Value;
use nuages_models::values;
use nuages_tests::postgres;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

async fn count(world: &World) -> u64 {
    world.orm.objects("Word").count().await.unwrap()
}

async fn add(orm: &Orm, text: &str) -> Result<(), QueryError> {
    orm.objects("Word").create(values! { "text" => text }).await.map(|_| ())
}

#[tokio::test]
async fn blocks_are_kept_whole_or_not_at_all() {
    for world in World::both().await {
        let orm = &world.orm;
        let calls = Arc::new(AtomicU32::new(0));
        let count_calls = |orm: &Orm| {
            let calls = Arc::clone(&calls);
            orm.on_commit(move || {
                calls.fetch_add(1, Ordering::Relaxed);
            });
        };
        let failed: Result<(), QueryError> = orm
            .atomic(async |orm: Orm| {
                add(&orm, "a").await?;
                count_calls(&orm);
                add(&orm, "a").await
            })
            .await;
        assert!(failed.is_err());
        assert_eq!((count(&world).await, calls.load(Ordering::Relaxed)), (0, 0));
        orm.atomic(async |orm: Orm| {
            add(&orm, "a").await?;
            count_calls(&orm);
            // A savepoint takes back what it did, callbacks too, and the block goes on.
            let inner = orm.atomic(async |orm: Orm| {
                add(&orm, "b").await?;
                count_calls(&orm);
                add(&orm, "a").await
            });
            inner.await.expect_err("it is there already");
            orm.atomic(async |orm: Orm| add(&orm, "c").await).await
        })
        .await
        .unwrap();
        assert_eq!((count(&world).await, calls.load(Ordering::Relaxed)), (2, 1));
        // An error of a write that the block swallows: a part may have been written.
        let swallowed = orm.atomic(async |orm: Orm| {
            add(&orm, "d").await?;
            let _ = add(&orm, "a").await;
            Ok::<_, QueryError>(())
        });
        let error = swallowed.await.unwrap_err();
        assert!(error.to_string().contains("nothing is kept"), "{error}");
        // A write, or an inner block, whose future is dropped in the middle.
        for inner in [false, true] {
            let dropped = orm.atomic(async |orm: Orm| {
                add(&orm, "e").await?;
                let write = async {
                    if inner {
                        let block = orm.atomic(async |orm: Orm| {
                            add(&orm, "f").await?;
                            std::future::pending::<Result<(), QueryError>>().await
                        });
                        return block.await;
                    }
                    let many = (0..20_000).map(|n| values! { "text" => format!("w{n}") });
                    orm.objects("Word").bulk_create(many, &Default::default()).await.map(|_| ())
                };
                let late =
                    tokio::time::timeout(Duration::from_millis(if inner { 300 } else { 20 }), write).await;
                assert!(late.is_err());
                Ok::<_, QueryError>(())
            });
            let error = dropped.await.unwrap_err();
            eprintln!("{:?}: {error}", world.dialect());
            assert_eq!(count(&world).await, 2, "{:?} {inner}", world.dialect());
        }
        add(orm, "g").await.unwrap();
        // The whole block is dropped.
        let block = orm.atomic(async |orm: Orm| {
            add(&orm, "h").await?;
            std::future::pending::<Result<(), QueryError>>().await
        });
        assert!(tokio::time::timeout(Duration::from_millis(100), block).await.is_err());
        add(orm, "h").await.unwrap();
        assert_eq!(count(&world).await, 4);
    }
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_given_up_at_once() {
    let world = World::new(Dialect::Postgres).await;
    add(&world.orm, "a").await.unwrap();
    let change = |orm: Orm| async move { orm.objects("Word").update(values! { "text" => "b" }).await };
    world
        .orm
        .atomic(async |orm: Orm| {
            change(orm).await?;
            // Another transaction waits for the row.
            let start = Instant::now();
            let error = change(world.orm.clone().timeout_ms(200)).await.unwrap_err();
            assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
            assert!(error.to_string().contains("200 ms"), "{error}");
            Ok::<_, QueryError>(())
        })
        .await
        .unwrap();
    assert_eq!(change(world.orm.clone()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_connection_that_is_cut_leaves_nothing_behind() {
    let world = World::new(Dialect::Postgres).await;
    let url = world.database.url.clone();
    let cut = move || {
        let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        postgres::execute(&url, sql)
    };
    for inner in [false, true] {
        let cut = cut.clone();
        let block = world.orm.atomic(async |orm: Orm| {
            add(&orm, "a").await?;
            let cut = cut.clone();
            tokio::task::spawn_blocking(cut).await.unwrap();
            if inner {
                return orm.atomic(async |orm: Orm| add(&orm, "b").await).await;
            }
            add(&orm, "b").await
        });
        let error = block.await.unwrap_err();
        eprintln!("{error}");
        assert!(matches!(error, QueryError::Run(nuages_models::run::RunError::Unavailable(_))), "{error:?}");
        // Every connection of the pool was cut; the next ones are new.
        for _ in 0..8 {
            assert_eq!(count(&world).await, 0);
        }
    }
    add(&world.orm, "a").await.unwrap();
}

#[tokio::test]
async fn a_lock_of_another_process_is_waited_for_and_then_told() {
    let world = World::new(Dialect::Sqlite).await;
    let other = rusqlite::Connection::open(world.database.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let start = Instant::now();
    let error = add(&world.orm.clone().timeout_ms(1_000), "a").await.unwrap_err();
    eprintln!("told after {:?}: {error}", start.elapsed());
    assert!(error.to_string().contains("lock"), "{error}");
    assert!(error.is_retryable());
    assert!(start.elapsed() < Duration::from_secs(12), "{:?}", start.elapsed());
    // Reading goes on meanwhile, and writing once the lock is free.
    assert_eq!(count(&world).await, 0);
    let release = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(500));
        other.execute_batch("COMMIT").unwrap();
    });
    add(&world.orm, "a").await.unwrap();
    release.join().unwrap();
    assert_eq!(count(&world).await, 1);
}

#[tokio::test]
async fn serializable_transactions_are_tried_again() {
    for world in World::both().await {
        world.orm.objects("Person").create(values! { "email" => "a@b.co" }).await.unwrap();
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let orm = world.orm.clone();
                tokio::spawn(async move {
                    orm.atomic_with(Isolation::Serializable, async |orm: Orm| {
                        let one = orm.objects("Person").filter(f("email").eq("a@b.co"));
                        let row = one.clone().get().await?;
                        let Some(Value::Int(visits)) = row.get("visits") else { return Ok(()) };
                        one.update(values! { "visits" => *visits + 1 }).await.map(|_| ())
                    })
                    .await
                })
            })
            .collect();
        let mut done = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok::<(), QueryError>(()) => done += 1,
                Err(error) => assert!(error.is_retryable(), "{error}"),
            }
        }
        let row = world.orm.objects("Person").get().await.unwrap();
        assert_eq!(row.get("visits"), Some(&Value::Int(done)), "{:?}", world.dialect());
        eprintln!("{:?}: {done} of 8 serializable transactions done", world.dialect());
    }
}
