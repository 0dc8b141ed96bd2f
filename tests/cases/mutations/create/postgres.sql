INSERT INTO "blog_post" ("created_at", "title", "slug", "content", "author_id", "category_id", "published", "views", "rating", "deleted_at") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING "id" AS "id";
-- ["1893553445000000","'A new post'","'a-new-post'","''","1","3","false","0","'4.50'","NULL"]: 1 rows

SELECT "parent"."position", "page"."c0", "page"."c1", "page"."c2", "page"."c3", "page"."c4", "page"."c5", "page"."c6", "page"."c7", "page"."c8", "t1"."email", "page"."c9", "t2"."name", substr("page"."c1", $2::int8::int4, $3::int8::int4) FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0", "t0"."title" AS "c1", "t0"."content" AS "c2", "t0"."published" AS "c3", "t0"."views" AS "c4", "t0"."rating" AS "c5", "t0"."created_at" AS "c6", "t0"."deleted_at" AS "c7", "t0"."author_id" AS "c8", "t0"."category_id" AS "c9" FROM "blog_post" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "page"."c8" LEFT JOIN "blog_category" AS "t2" ON "t2"."id" = "page"."c9";
-- ["[221]","1","5"]: 1 rows

