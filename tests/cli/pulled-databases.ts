import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Makes a database file as another program would. */
export function makeDatabase(folder: string, sql: string): string {
  const path = join(folder, "legacy.db");
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  database.exec(sql);
  database.close();
  return path;
}

/** In the manner of Northwind: capitals, spaces, keys of text and of two columns, a reference to its own table, backwards. */
export const shop: string = `
CREATE TABLE "Customers" ("CustomerID" NCHAR(5) NOT NULL PRIMARY KEY, "CompanyName" NVARCHAR(40) NOT NULL, Email TEXT, "HomePage" NTEXT);
CREATE TABLE "Employees" ("EmployeeID" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "LastName" TEXT NOT NULL, "BirthDate" DATE,
  "HireDate" DATETIME, "Photo" BLOB, "ReportsTo" INTEGER REFERENCES "Employees" ("EmployeeID"));
CREATE TABLE "Orders" ("OrderID" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "CustomerID" TEXT, "EmployeeID" INTEGER, "OrderDate" DATETIME,
  "Freight" NUMERIC DEFAULT 0, Status text check (Status in ('new', 'paid', 'it''s')),
  FOREIGN KEY ("EmployeeID") REFERENCES employees, FOREIGN KEY ("CustomerID") REFERENCES "Customers" ("CustomerID") ON DELETE CASCADE);
CREATE TABLE "Order Details" ("OrderID" INTEGER NOT NULL, "ProductID" INTEGER NOT NULL, "UnitPrice" DECIMAL(10,2) NOT NULL DEFAULT 0,
  "Quantity" INTEGER NOT NULL DEFAULT 1, "Discount" REAL NOT NULL DEFAULT 0, PRIMARY KEY ("OrderID", "ProductID"),
  CHECK ([Discount]>=(0) AND [Discount]<=(1)), CHECK ([Quantity]>(0)),
  FOREIGN KEY ("OrderID") REFERENCES "Orders" ("OrderID"), FOREIGN KEY ("ProductID") REFERENCES "Products" ("ProductID"));
CREATE TABLE "Products" ("ProductID" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "ProductName" TEXT NOT NULL CHECK (length(ProductName) BETWEEN 1 AND 60),
  "isDiscontinued" INT NOT NULL DEFAULT 0, Tags json, starts DATE, ends DATE, total AS ("ProductID" * 2), CHECK (ends >= starts OR ends IS NULL));
CREATE INDEX "ix name" ON Products(ProductName, ends);
CREATE UNIQUE INDEX uq ON Customers(CompanyName COLLATE NOCASE);
CREATE VIEW "Order Subtotals" AS SELECT 1;
CREATE TRIGGER log_orders AFTER INSERT ON Orders BEGIN SELECT 1; END;
CREATE VIRTUAL TABLE found USING fts5(ProductName);
INSERT INTO Customers VALUES ('ALFKI', 'Alfreds', 'a@b.com', 'https://x.org'), ('ANATR', 'Ana', NULL, 'http://y.org/');
INSERT INTO Employees VALUES (1, 'Davolio', '1968-12-08', '2012-05-01 00:00:00', x'00', 2), (2, 'Fuller', '1972-02-19', '2012-08-14', NULL, NULL);
INSERT INTO Orders VALUES (10248, 'ALFKI', 1, '2016-07-04 10:00:00', 32.38, 'new'), (10249, 'ANATR', 2, '2016-07-05', 11.61, 'it''s');
INSERT INTO Products VALUES (1, 'Chai', 0, '["a"]', '2020-01-01', '2020-01-02');
INSERT INTO "Order Details" VALUES (10248, 1, 14, 12, 0.05), (10249, 1, 9.8, 10, 0);
UPDATE sqlite_sequence SET seq = 20000 WHERE name = 'Orders';
`;

/** As Django 5 writes models with a UUID key, a choice that it does not tell the database, and a table that inherits. */
export const django: string = `
CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
CREATE TABLE "auth_user" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL, "last_login" datetime NULL,
  "is_superuser" bool NOT NULL, "username" varchar(150) NOT NULL UNIQUE, "email" varchar(254) NOT NULL, "is_active" bool NOT NULL, "date_joined" datetime NOT NULL);
CREATE TABLE "blog_post" ("id" char(32) NOT NULL PRIMARY KEY, "slug" varchar(50) NOT NULL UNIQUE, "price" decimal NOT NULL, "meta" text NOT NULL CHECK ((JSON_VALID("meta") OR "meta" IS NULL)),
  "views" integer unsigned NOT NULL CHECK ("views" >= 0), "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL,
  "author_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "blog_post_tags" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "post_id" char(32) NOT NULL REFERENCES "blog_post" ("id") DEFERRABLE INITIALLY DEFERRED,
  "tag" varchar(20) NOT NULL, CONSTRAINT "once" UNIQUE ("post_id", "tag"));
CREATE TABLE "blog_feature" ("post_ptr_id" char(32) NOT NULL PRIMARY KEY REFERENCES "blog_post" ("id") DEFERRABLE INITIALLY DEFERRED, "until" date NULL);
CREATE INDEX "blog_post_author_id_dd7a8485" ON "blog_post" ("author_id");
CREATE INDEX "blog_views_idx" ON "blog_post" ("views" DESC);
INSERT INTO django_migrations VALUES (1, 'blog', '0001_initial', '2024-01-01 00:00:00');
INSERT INTO auth_user VALUES (7, 'pbkdf2_sha256$600000$x$y', NULL, 1, 'ada', '', 1, '2024-01-02 03:04:05.678901');
INSERT INTO blog_post VALUES ('0123456789abcdef0123456789abcdef', 'one', 12.5, '{"a": 1}', 3, '2024-01-02 03:04:05', '2024-02-02 03:04:05', 7);
INSERT INTO blog_post_tags VALUES (1, '0123456789abcdef0123456789abcdef', 'x');
INSERT INTO blog_feature VALUES ('0123456789abcdef0123456789abcdef', '2025-01-01');
`;

/** As Rails 8 writes them. */
export const rails: string = `
CREATE TABLE "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY);
CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY, "value" varchar, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL);
CREATE TABLE "users" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "email_address" varchar NOT NULL, "password_digest" varchar NOT NULL, "admin" boolean DEFAULT FALSE NOT NULL,
  "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL);
CREATE UNIQUE INDEX "index_users_on_email_address" ON "users" ("email_address");
CREATE TABLE "comments" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "user_id" integer NOT NULL, "commentable_type" varchar, "commentable_id" integer, "body" text DEFAULT '' NOT NULL,
  "lock_version" integer DEFAULT 0, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL, CONSTRAINT "fk_rails_03de2dc08c" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE);
CREATE INDEX "index_comments_on_commentable" ON "comments" ("commentable_type", "commentable_id");
CREATE INDEX "index_comments_on_user_id" ON "comments" ("user_id");
CREATE UNIQUE INDEX "open" ON "comments" ("body") WHERE "lock_version" = 0;
INSERT INTO users VALUES (1, 'ada@example.org', '$2a$12$x', 1, '2024-01-02 03:04:05.678901', '2024-01-03 03:04:05.678901');
INSERT INTO comments VALUES (5, 1, 'Post', 3, '', 0, '2024-01-02 03:04:05.678901', '2024-01-02 03:04:05.678901');
`;

/** As PocketBase 0.23 and later lay out their collections. */
export const pocketBase: string = `
CREATE TABLE _collections (id TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL, system BOOLEAN DEFAULT FALSE NOT NULL, type TEXT DEFAULT "base" NOT NULL,
  name TEXT UNIQUE NOT NULL, fields JSON DEFAULT "[]" NOT NULL, indexes JSON DEFAULT "[]" NOT NULL, listRule TEXT DEFAULT NULL);
CREATE TABLE _params (id TEXT PRIMARY KEY NOT NULL, value JSON DEFAULT NULL);
CREATE TABLE users (id TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL, password TEXT DEFAULT '' NOT NULL, tokenKey TEXT DEFAULT '' NOT NULL, email TEXT DEFAULT '' NOT NULL,
  verified BOOLEAN DEFAULT FALSE NOT NULL, created TEXT DEFAULT '' NOT NULL, updated TEXT DEFAULT '' NOT NULL);
CREATE TABLE posts (id TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL, title TEXT DEFAULT '' NOT NULL, state TEXT DEFAULT '' NOT NULL, author TEXT DEFAULT '' NOT NULL,
  readers JSON DEFAULT '[]' NOT NULL, published TEXT DEFAULT '' NOT NULL, stars NUMERIC DEFAULT 0 NOT NULL, created TEXT DEFAULT '' NOT NULL, updated TEXT DEFAULT '' NOT NULL);
CREATE UNIQUE INDEX idx_email ON users (email) WHERE email != '';
CREATE UNIQUE INDEX idx_token ON users (tokenKey);
INSERT INTO _collections VALUES ('c1', 0, 'auth', 'users', '[{"name":"id","type":"text"},{"name":"password","type":"password"},{"name":"tokenKey","type":"text"},{"name":"email","type":"email"},{"name":"verified","type":"bool"},{"name":"created","type":"autodate"},{"name":"updated","type":"autodate"}]', '[]', NULL),
  ('c2', 0, 'base', 'posts', '[{"name":"title","type":"text"},{"name":"state","type":"select","maxSelect":1,"values":["draft","live"]},{"name":"author","type":"relation","collectionId":"c1","maxSelect":1,"cascadeDelete":true},{"name":"readers","type":"relation","collectionId":"c1","maxSelect":9},{"name":"published","type":"date"},{"name":"stars","type":"number","onlyInt":true},{"name":"created","type":"autodate"},{"name":"updated","type":"autodate"}]', '[]', NULL);
INSERT INTO users VALUES ('u1234567890abcd', '$2a$10$x', 'tok', 'ada@example.org', 1, '2024-01-02 03:04:05.678Z', '2024-01-02 03:04:05.678Z');
INSERT INTO posts VALUES ('p1', 'One', 'draft', 'u1234567890abcd', '["u1234567890abcd"]', '', 4, '2024-01-02 03:04:05.678Z', '2024-01-02 03:04:06.678Z'), ('p2', 'Two', '', '', '[]', '2024-05-01 00:00:00.000Z', 0, '2024-01-02 03:04:05.678Z', '2024-01-02 03:04:06.678Z');
`;

/** Names and values that nobody would choose, and somebody has. */
export const strange: string = `
CREATE TABLE "select" ("order" INTEGER PRIMARY KEY, "and" TEXT, "group by" TEXT, "ID" TEXT, "version" INT, "constructor" TEXT, "näme" TEXT, "名前" TEXT, "1st" TEXT, "a--b */ c
d" TEXT, "A" TEXT, "a_" TEXT);
CREATE TABLE rpc (_x, "" TEXT);
CREATE TABLE "sqlx" (rowid TEXT, v TEXT);
CREATE TABLE Chassis_things (k BLOB, n REAL, big INTEGER, at INTEGER, julian_date REAL) ;
CREATE TABLE pairs (a TEXT, b INT, c TEXT DEFAULT 'it''s "x"', PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE TABLE loop_a (id INTEGER PRIMARY KEY, b INTEGER NOT NULL REFERENCES loop_b(id));
CREATE TABLE loop_b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES loop_a(id) ON DELETE SET NULL, x INTEGER CHECK (x % 2 = 0));
INSERT INTO "select" VALUES (3, 'a', 'g', 'i', 1, 'c', 'n', 'N', 'f', 'w', 'A', 'u');
INSERT INTO rpc VALUES (1, 'x'), ('y', NULL), (x'00ff', 'z');
INSERT INTO sqlx VALUES ('r', 'v');
INSERT INTO Chassis_things VALUES (x'01', 1.5, 9007199254740993, 1700000000, 2460000.5), (NULL, 2, -5, 1700000001, 2460001.25);
INSERT INTO pairs VALUES ('x', 1, 'y'), ('x', 2, NULL);
INSERT INTO loop_a VALUES (1, 1), (2, 1);
INSERT INTO loop_b VALUES (1, NULL, 2), (2, 1, 4);
`;
