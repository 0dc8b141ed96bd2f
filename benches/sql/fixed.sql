-- Rows of SQLite for counting instructions: the same bytes on every machine.
INSERT INTO users (id, email, name, is_active, created_at, updated_at)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
SELECT i, 'user' || i || '@example.org', 'User ' || i, 1, '2024-01-01 00:00:00', '2024-01-01 00:00:00' FROM n;

INSERT INTO posts (id, title, slug, content, author_id, published, views, rating, created_at)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
SELECT i, 'What is by the river, part ' || i, 'river-' || i, replace(hex(zeroblob(30 + i % 40)), '00', 'words '),
    1 + i * 7 % 200, i % 3 > 0, i * 37 % 9000, i % 500, datetime(1700000000 + i * 3571 % 10000000, 'unixepoch') FROM n;

INSERT INTO comments (id, post_id, author_id, body, created_at)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000)
SELECT i, 1 + i * 13 % 2000, 1 + i * 11 % 200, 'A "comment" of some length, number ' || i,
    datetime(1710000000 + i * 2711 % 9000000, 'unixepoch') FROM n;

ANALYZE;
