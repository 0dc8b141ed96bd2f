-- SQLite as people write it: names of types of any spelling, values that do not keep to them, odd names.
CREATE TABLE Artist (ArtistId INTEGER NOT NULL PRIMARY KEY, Name NVARCHAR(120));
CREATE TABLE Album (
    AlbumId INTEGER PRIMARY KEY AUTOINCREMENT,
    Title NVARCHAR(160) NOT NULL COLLATE NOCASE,
    ArtistId INTEGER NOT NULL,
    Price NUMERIC(10,2) NOT NULL DEFAULT 9.99 CHECK (Price >= 0),
    Released DATETIME DEFAULT CURRENT_TIMESTAMP,
    Epoch DATETIME,
    Genre TEXT CHECK (Genre IN ('rock', 'jazz')),
    Cents AS (Price * 100),
    Anything,
    Mixed,
    Active BOOLEAN DEFAULT 1,
    FOREIGN KEY (ArtistId) REFERENCES Artist (ArtistId) ON DELETE CASCADE ON UPDATE NO ACTION
);
CREATE INDEX IFK_AlbumArtistId ON Album (ArtistId);
CREATE INDEX album_title ON Album (lower(Title), Price DESC) WHERE Price > 0;
CREATE TABLE "album tag" ("album id" INTEGER NOT NULL REFERENCES album, tag TEXT NOT NULL, PRIMARY KEY ("album id", tag)) WITHOUT ROWID;
CREATE TABLE log (message TEXT, at TEXT);
CREATE TABLE "group" ("order" INTEGER PRIMARY KEY, "select" VARYING CHARACTER(20), [from] REAL, `blob` BLOB, parent INT REFERENCES "group");
CREATE TABLE django_like (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT, active bool NOT NULL, made datetime NOT NULL, price decimal NOT NULL,
    views integer unsigned NOT NULL CHECK ("views" >= 0),
    data text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)), code char(32) NOT NULL UNIQUE
);
CREATE TABLE strict_one (id INTEGER primary key autoincrement, n INTEGER NOT NULL, t TEXT) STRICT;
CREATE VIEW cheap AS SELECT AlbumId, Title FROM Album WHERE Price < 5;
CREATE TRIGGER album_log AFTER INSERT ON Album BEGIN INSERT INTO log VALUES (NEW.Title, CURRENT_TIMESTAMP); END;
INSERT INTO Artist VALUES (1, 'AC/DC');
INSERT INTO Album (Title, ArtistId, Epoch, Anything, Mixed) VALUES ('Back', 1, 1700000000, 'x', 1), ('Live', 1, 1700000001, 'y', 'two');
INSERT INTO django_like VALUES (1, 1, '2024-01-02 03:04:05.000006', 4.25, 1, '{}', '0123456789abcdef0123456789abcdef');
