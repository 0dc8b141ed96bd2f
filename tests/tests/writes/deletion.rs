//! Django's deletion rules over graphs with diamonds and cycles, against what Django 5.2 did with the same graphs.

use crate::World;
use nuages_models::build::f;
use nuages_models::objects::{BulkCreate, QueryError, Values};
use nuages_models::value::Value;
use nuages_models::write::WriteError;
use nuages_tests::workspace;
use serde_json::{Value as Json, json};

/// The models in an order in which they can be emptied and filled; references are deferred.
const MODELS: [&str; 3] = ["Knot", "Leaf", "Tip"];

fn values(row: &Json) -> Values {
    let row = row.as_object().unwrap().iter();
    row.map(|(name, value)| (name.clone(), value.as_i64().map_or(Value::Null, Value::Int))).collect()
}

async fn dump(world: &World) -> Json {
    let mut all = serde_json::Map::new();
    for model in MODELS {
        let rows = world.orm.objects(model).order_by(["id"]).rows().await.unwrap();
        all.insert(model.to_owned(), rows.iter().map(nuages_models::objects::Row::to_json).collect());
    }
    all.into()
}

#[tokio::test]
async fn random_graphs_are_deleted_as_django_deletes_them() {
    let cases = std::fs::read_to_string(workspace::path("tests/data/deletions.jsonl")).unwrap();
    let cases: Vec<Json> = cases.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut outcomes = [0; 3];
    for world in World::both().await {
        for (number, case) in cases.iter().enumerate() {
            let place = format!("{:?}, case {number}: {case}", world.dialect());
            let done: Result<(), QueryError> = world
                .orm
                .atomic(async |orm| {
                    for model in MODELS {
                        let rows = case["rows"][model].as_array().unwrap().iter().map(values);
                        orm.objects(model).bulk_create(rows, &BulkCreate::default()).await?;
                    }
                    Ok(())
                })
                .await;
            done.unwrap_or_else(|error| panic!("{place}: {error}"));
            let delete = &case["delete"];
            let ids: Vec<i64> = delete["ids"].as_array().unwrap().iter().filter_map(Json::as_i64).collect();
            let query = world.orm.objects(delete["model"].as_str().unwrap()).filter(f("id").is_in(ids));
            let outcome = match query.delete().await {
                Ok(deleted) => {
                    outcomes[0] += 1;
                    json!([deleted.total, deleted.by_model])
                }
                Err(QueryError::Write(WriteError::Protected { restricted, .. })) => {
                    outcomes[1 + usize::from(restricted)] += 1;
                    json!(if restricted { "restricted" } else { "protected" })
                }
                Err(error) => json!(format!("{error}")),
            };
            assert_eq!(outcome, case["outcome"], "{place}");
            assert_eq!(dump(&world).await, case["after"], "{place}");
            let clear: Vec<String> = MODELS
                .iter()
                .rev()
                .map(|model| format!("DELETE FROM writes_{}", model.to_lowercase()))
                .collect();
            world.orm.database().execute_all(&clear).await.unwrap();
        }
    }
    assert!(outcomes.iter().all(|count| *count > 20), "{outcomes:?}");
}
