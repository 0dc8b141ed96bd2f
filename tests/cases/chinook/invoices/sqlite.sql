SELECT "page"."c0", "page"."c1", "page"."c2", "t1"."customer_id", "t1"."first_name", "t2"."employee_id", "t2"."last_name", "t3"."employee_id", "t3"."last_name" FROM (SELECT "t0"."invoice_id" AS "c0", "t0"."total" AS "c1", "t0"."invoice_date" AS "c2", "t0"."customer_id" AS "c3" FROM "invoice" AS "t0" WHERE "t0"."total" >= ?1 AND nuages_date_part("t0"."invoice_date", 'year', ?2) IN (SELECT value FROM json_each(?3)) ORDER BY "t0"."total" DESC, "t0"."invoice_id" LIMIT 3) AS "page" LEFT JOIN "customer" AS "t1" ON "t1"."customer_id" = "page"."c3" LEFT JOIN "employee" AS "t2" ON "t2"."employee_id" = "t1"."support_rep_id" LEFT JOIN "employee" AS "t3" ON "t3"."employee_id" = "t2"."reports_to";
-- ["15.86","'UTC'","'[2010,2011,2022,2023]'"]: 3 rows

SELECT "page"."c0", "page"."c1", "t1"."track_id", "t1"."name" FROM (SELECT "t0"."quantity" AS "c0", "t0"."unit_price" AS "c1", "t0"."track_id" AS "c2" FROM "invoice_line" AS "t0" WHERE "t0"."invoice_id" = ?1 ORDER BY "t0"."unit_price" DESC, "t0"."invoice_line_id" LIMIT 2) AS "page" LEFT JOIN "track" AS "t1" ON "t1"."track_id" = "page"."c2";
-- ["key of the parent"]: 6 rows

