//! Tables that another program alters while they are served.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use nuages::{Config, Project};
use nuages_models::database::Dialect;
use nuages_models::objects::Orm;
use nuages_tests::data::Project as TestProject;
use nuages_tests::databases::TestDatabase;
use std::sync::Arc;

#[tokio::test]
async fn a_column_of_another_type_is_read_with_the_next_statement() {
    let database = TestDatabase::filled(Dialect::Postgres, TestProject::Blog).unwrap();
    let config = Config { database: database.url.clone(), ..Config::default() };
    let project = Project::with_config(TestProject::Blog.folder(), config);
    let connected = project.connect().await.unwrap();
    let orm = Orm::new(Arc::new(project.registry().unwrap().clone()), connected.clone());
    let posts = orm.objects("Post").values(&["id", "views"]).order_by(["id"]).limit(3);
    let before = posts.rows().await.unwrap();
    connected
        .execute_all(&["ALTER TABLE blog_post ALTER COLUMN views TYPE bigint".to_owned()])
        .await
        .unwrap();
    // PostgreSQL says "cached plan must not change result type" to what was prepared before.
    assert_eq!(posts.rows().await.unwrap(), before);
}
