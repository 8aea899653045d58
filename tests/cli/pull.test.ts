import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { runProgram } from "#cli";
import { type Model, schemaObjects } from "#database";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { django, makeDatabase, pocketBase, rails, shop, strange } from "./pulled-databases.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;

interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

async function run(...args: readonly string[]): Promise<Outcome> {
  let output = "";
  let errors = "";
  const code = await runProgram(args, {
    print: (line = "") => void (output += `${line}\n`),
    report: (line) => void (errors += `${line}\n`),
    progress() {},
    style: (_style, text) => text,
  });
  return { code, output, errors };
}

interface Pulled {
  readonly folder: string;
  readonly file: string;
  /** The schema as it was printed. */
  readonly schema: string;
  /** What the printed schema is when it is run. */
  readonly model: Model;
}

async function pulled(t: TestContext, sql: string): Promise<Pulled> {
  const folder = await temporaryFolder(t);
  const file = makeDatabase(folder, sql);
  const { code, output, errors } = await run("pull", file);
  assert.equal(errors, "");
  assert.equal(code, 0);
  const path = join(folder, "schema.ts");
  await writeFile(path, output.replace('from "chassis"', `from ${JSON.stringify(library)}`));
  const { schema } = (await import(pathToFileURL(path).href)) as { schema: { model: Model } };
  return { folder, file, schema: output, model: schema.model };
}

function rowsOf(folder: string, sql: string): readonly unknown[] {
  const database = new DatabaseSync(join(folder, "data/chassis.db"), { readOnly: true, returnArrays: true });
  const rows = database.prepare(sql).all();
  database.close();
  return rows;
}

const has = (text: string, ...parts: readonly string[]): void => {
  for (const part of parts) assert.ok(text.includes(part), `${part}\n\nis not in\n\n${text}`);
};

describe("pull", () => {
  test("writes the schema of a database with names in capitals, as a person would", async (t) => {
    const { schema } = await pulled(t, shop);
    has(
      schema,
      'id: id("text"), // "CustomerID"',
      'companyName: text().max(40), // "CompanyName"',
      'email: email().optional(), // "Email"; guessed from its name and values',
      'unique index "uq" is unique by NOCASE, which is not taken over',
      'reportsTo: ref("employees").optional(), // "ReportsTo"',
      'hireDate: timestamp().optional(), // "HireDate"; all are at midnight: perhaps date()',
      'customer: ref("customers").optional().onDelete("cascade"), // "CustomerID"',
      'employee: ref("employees").optional(), // "EmployeeID"',
      'freight: decimal(18, 2).optional().default("0.00"), // "Freight"; guessed from its values',
      'status: enums("new", "paid", "it\'s").optional(), // "Status"',
      'unitPrice: decimal(10, 2).default("0.00"), // "UnitPrice"',
      'quantity: integer().min(1).default(1), // "Quantity"',
      'discount: real().min(0).max(1).default(0), // "Discount"',
      'unique: [["order", "product"]],',
      'productName: text().min(1).max(60), // "ProductName"',
      "isDiscontinued: bool().default(false), // guessed: a flag by its name, with 0 and 1 alone",
      'indexes: [["productName", "ends"]],',
      "ends_gte_starts: row.ends.gte(row.starts),",
      '"total" is generated and not taken over',
      'view "Order Subtotals"',
      'trigger "log_orders" on "Orders"',
      'virtual table "found": full-text search is a modifier here',
    );
  });

  for (const [name, sql] of Object.entries({ shop, django, rails, pocketBase, strange })) {
    test(`fills a database of exactly the schema that it prints: ${name}`, async (t) => {
      const { folder, file, model } = await pulled(t, sql);
      const before = hashOf(file);
      const { code, errors, output } = await run("pull", file, "--into", join(folder, "data"), "--on-error", "skip");
      assert.equal(errors, "");
      assert.equal(code, 0, errors);
      assert.match(output, /counted and checked/);
      const secrets = [...model.tables.values()].flatMap((table) =>
        [...table.columns.values()].filter(({ secret }) => secret).map((column) => [table.name, column.name] as const),
      );
      // What encrypts secret fields comes with the database that has some.
      assert.deepEqual(readdirSync(join(folder, "data")), secrets.length === 0 ? ["chassis.db"] : ["chassis.db", "token-secret"]);
      for (const [table, column] of secrets)
        for (const value of rowsOf(folder, `SELECT "${column}" FROM "${table}" WHERE "${column}" IS NOT NULL`).flat())
          assert.match(String(value), /^chassis:secret:1:/, `${table}.${column}`);
      const objects = rowsOf(
        folder,
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE '\\_chassis%' ESCAPE '\\' AND name <> 'sqlite_sequence'",
      ).flat();
      assert.deepEqual(
        objects,
        schemaObjects(model).map((object) => object.sql),
      );
      assert.equal(hashOf(file), before);
      assert.deepEqual(readdirSync(folder).sort(), ["data", "legacy.db", "schema.ts"]);
    });
  }

  test("keeps ids, converts values, and goes on numbering where the old one stopped", async (t) => {
    const { folder, file } = await pulled(t, shop);
    await run("pull", file, "--into", join(folder, "data"));
    assert.deepEqual(rowsOf(folder, "SELECT id, customer, employee, orderDate, freight, status FROM orders ORDER BY id"), [
      [10248, "ALFKI", 1, "2016-07-04T10:00:00.000Z", 3238, "new"],
      [10249, "ANATR", 2, "2016-07-05T00:00:00.000Z", 1161, "it's"],
    ]);
    assert.deepEqual(rowsOf(folder, "SELECT id, reportsTo FROM employees ORDER BY id"), [
      [1, 2],
      [2, null],
    ]);
    assert.deepEqual(rowsOf(folder, 'SELECT "order", product, unitPrice, discount FROM orderDetails'), [
      [10248, 1, 1400, 0.05],
      [10249, 1, 980, 0],
    ]);
    assert.deepEqual(rowsOf(folder, "SELECT seq FROM sqlite_sequence WHERE name = 'orders'"), [[20000]]);
  });

  test("understands what Django makes", async (t) => {
    const { schema, file, folder } = await pulled(t, django);
    has(
      schema,
      'table "django_migrations": Django keeps its own migrations there',
      "password: secret()",
      "is_active: bool(),",
      "views: integer().min(0).index(),",
      "meta: json(),",
      "price: decimal(18, 2), // guessed from its values",
      'author: ref("auth_user"), // "author_id"',
      '"created_at" becomes created, which every table has',
      'post: ref("blog_post"), // "post_id"',
      'unique: [["post", "tag"]]',
      'post_ptr: ref("blog_post").unique()',
      "email: text().max(254)",
    );
    await run("pull", file, "--into", join(folder, "data"));
    const id = "01234567-89ab-cdef-0123-456789abcdef";
    assert.deepEqual(rowsOf(folder, "SELECT id, price, created, updated, author FROM blog_post"), [
      [id, 1250, "2024-01-02T03:04:05.000Z", "2024-02-02T03:04:05.000Z", 7],
    ]);
    assert.deepEqual(rowsOf(folder, "SELECT post FROM blog_post_tags"), [[id]]);
    assert.deepEqual(rowsOf(folder, "SELECT id, post_ptr, until FROM blog_feature"), [[id, id, "2025-01-01"]]);
    assert.deepEqual(rowsOf(folder, "SELECT date_joined FROM auth_user"), [["2024-01-02T03:04:05.678Z"]]);
  });

  test("understands what Rails makes", async (t) => {
    const { schema } = await pulled(t, rails);
    has(
      schema,
      'table "schema_migrations"',
      'table "ar_internal_metadata"',
      "password_digest: secret()",
      "admin: bool().default(false)",
      "email_address: email().unique()",
      'user: ref("users").onDelete("cascade"), // "user_id"',
      'indexes: [["commentable_type", "commentable_id"]]',
      'unique index "open" covers only some rows and is not taken over',
      'body: text().default("")',
    );
  });

  test("reads PocketBase's own description of its collections", async (t) => {
    const { schema, file, folder } = await pulled(t, pocketBase);
    has(
      schema,
      'id: id("text"),',
      'table "_collections": PocketBase',
      'state: enums("draft", "live").optional(), // an empty text becomes null',
      'author: ref("users").optional().onDelete("cascade"), // an empty text becomes null',
      "tokenKey: secret(), // a key of PocketBase: it is never read through the API; it was unique, which a secret cannot be",
      "readers: json().default([]), // a list of ids of users",
      "published: timestamp().optional(), // an empty text becomes null",
      "stars: integer().default(0),",
    );
    await run("pull", file, "--into", join(folder, "data"));
    assert.deepEqual(rowsOf(folder, "SELECT id, state, author, published, created FROM posts ORDER BY id"), [
      ["p1", "draft", "u1234567890abcd", null, "2024-01-02T03:04:05.678Z"],
      ["p2", null, null, "2024-05-01T00:00:00.000Z", "2024-01-02T03:04:05.678Z"],
    ]);
  });

  test("takes any name and value, and says what it made of them", async (t) => {
    const { schema, file, folder } = await pulled(t, strange);
    has(
      schema,
      "and_: text()",
      "groupBy: text()",
      "version_: integer()",
      "constructor_: text()",
      "name: text()",
      "1st",
      "rpc_: ",
      "own_chassis_things: ",
    );
    assert.equal((await run("pull", file, "--into", join(folder, "data"))).code, 0);
    assert.deepEqual(rowsOf(folder, "SELECT at, julian_date, big FROM own_chassis_things"), [
      ["2023-11-14T22:13:20.000Z", "2023-02-25T00:00:00.000Z", "9007199254740993"],
      ["2023-11-14T22:13:21.000Z", "2023-02-25T18:00:00.000Z", "-5"],
    ]);
    assert.deepEqual(rowsOf(folder, "SELECT id, a FROM loop_b ORDER BY id"), [
      [1, null],
      [2, 1],
    ]);
    assert.deepEqual(rowsOf(folder, "SELECT a, b, c FROM pairs"), [
      ["x", 1, "y"],
      ["x", 2, null],
    ]);
  });

  test("keeps nothing when a row is refused, and says which and why; with skip the rest", async (t) => {
    const folder = await temporaryFolder(t);
    const rows = Array.from({ length: 1500 }, (_, index) => `(${index + 1}, 'ok', NULL)`).join(",");
    const file = makeDatabase(
      folder,
      `CREATE TABLE people (id INTEGER PRIMARY KEY, born DATE, boss INTEGER REFERENCES people(id));
       CREATE TABLE notes (id INTEGER PRIMARY KEY, word VARCHAR(5) NOT NULL, boss INTEGER REFERENCES people(id));
       INSERT INTO people VALUES (1, '2001-02-03', NULL), (2, NULL, 99), (3, NULL, 2);
       INSERT INTO notes VALUES ${rows};`,
    );
    const more = new DatabaseSync(file, { enableForeignKeyConstraints: false });
    // Outside the sample, so that the guesses are wrong.
    more.exec(
      "UPDATE notes SET word = 'too long for it' WHERE id = 700; UPDATE notes SET boss = 2 WHERE id = 701; UPDATE notes SET word = x'ff' WHERE id = 702",
    );
    more.close();
    const data = join(folder, "data");
    const stopped = await run("pull", file, "--into", data, "--sample", "10");
    assert.equal(stopped.code, 1);
    assert.deepEqual(stopped.errors.split("\n").slice(0, -1), [
      'notes, id 700: word must be at most 5 characters long, not "too long for it"',
      "notes, id 702: word holds bytes, which are no text",
      "people, id 2: boss refers to 99 of people, which is not there",
      "people, id 3: boss refers to 2 of people, which is not there",
      "notes, id 701: boss refers to 2 of people, which is not there",
      "5 rows refused, so nothing was kept. Change the definition until it takes them, or leave them out with --on-error skip.",
    ]);
    assert.ok(!existsSync(data));
    assert.deepEqual(readdirSync(folder), ["legacy.db"]);
    const skipped = await run("pull", file, "--into", data, "--sample", "10", "--on-error", "skip");
    assert.equal(skipped.code, 1);
    assert.match(skipped.output, /people {2}1 row, 2 refused\n {2}notes {3}1497 rows, 3 refused\n1498 rows in /);
    assert.deepEqual(rowsOf(folder, "SELECT count(*) FROM notes"), [[1497]]);
  });

  test("lets no refused value order the terminal about", async (t) => {
    const folder = await temporaryFolder(t);
    const file = makeDatabase(
      folder,
      "CREATE TABLE notes (id INTEGER PRIMARY KEY, word VARCHAR(5)); INSERT INTO notes VALUES (1, 'ok')",
    );
    const more = new DatabaseSync(file);
    more.prepare("INSERT INTO notes VALUES (2, ?)").run("turned \u202e round \u001b[2J");
    more.close();
    const { code, errors } = await run("pull", file, "--into", join(folder, "data"), "--sample", "1");
    assert.equal(code, 1);
    assert.match(errors, /turned \\u\{202e\} round/);
    assert.doesNotMatch(errors, /[\u202e\u001b]/);
  });

  test("fills what somebody made of the schema, and says what has no place in it", async (t) => {
    const { folder, file } = await pulled(t, rails);
    const backend = (fields: string): string =>
      `import { defineBackend, defineSchema, email, everyone, id, integer, secret, text } from ${JSON.stringify(library)};
       const schema = defineSchema({ users: { id: id("integer"), ${fields} } });
       export default defineBackend(schema, { rules: { users: () => ({ read: everyone, write: everyone }) } });`;
    await writeFile(join(folder, "backend.mts"), backend("email_address: email().unique(), password_digest: secret()"));
    const { code, errors } = await run("pull", file, "--into", join(folder, "data"), "--backend", join(folder, "backend.mts"));
    assert.equal(code, 0);
    assert.match(errors, /"users"\."admin": 'users' has no field 'admin'/);
    assert.match(errors, /table "comments": there is no table 'comments' in the definition/);
    assert.deepEqual(rowsOf(folder, "SELECT id, email_address FROM users"), [[1, "ada@example.org"]]);
    await writeFile(join(folder, "other.mts"), backend("email_address: email(), shoe: integer()"));
    const missing = await run("pull", file, "--into", join(folder, "more"), "--backend", join(folder, "other.mts"));
    assert.equal(missing.code, 1);
    assert.match(missing.errors, /users\.shoe: it is required, and "users" has nothing for it/);
    assert.ok(!existsSync(join(folder, "more")));
  });

  test("makes the folder that the schema is to stand in", async (t) => {
    const folder = await temporaryFolder(t);
    const file = makeDatabase(folder, "CREATE TABLE notes (id INTEGER PRIMARY KEY)");
    const out = join(folder, "new/folder/schema.ts");
    assert.equal((await run("pull", file, "--out", out)).code, 0);
    assert.match(readFileSync(out, "utf8"), /notes/);
  });

  test("says what is mistyped", async (t) => {
    const folder = await temporaryFolder(t);
    const file = makeDatabase(folder, "CREATE TABLE notes (id INTEGER PRIMARY KEY)");
    await writeFile(join(folder, "text.db"), "this is no database at all");
    makeDatabase(await temporaryFolder(t), "");
    const scenarios: readonly (readonly [args: readonly string[], code: number, message: RegExp])[] = [
      [[], 2, /needs <file>/],
      [["nowhere.db"], 1, /There is no file .*nowhere\.db/],
      [[folder], 1, /is no file\. Give the SQLite database itself/],
      [[join(folder, "text.db")], 1, /is not a SQLite database/],
      [[file, "--ino", "x"], 2, /has no option '--ino'; did you mean '--into'/],
      [[file, "--only", "nots"], 1, /There is no table "nots" in it\. It has notes\./],
      [[file, "--exclude", "notes"], 1, /There is no table to take over/],
      [[file, "--out", file], 1, /There is a file .* already.*--force/],
      [[file, "--sample", "many"], 2, /--sample must be a whole number from 1 to 999999999/],
      [[file, "--backend", "."], 2, /needs --into/],
      [[file, "--on-error", "ignore"], 2, /--on-error is stop or skip, not 'ignore'/],
    ];
    for (const [args, expected, message] of scenarios) {
      const { code, output, errors } = await run("pull", ...args);
      assert.match(errors, message);
      assert.equal(code, expected, args.join(" "));
      assert.equal(output, "");
    }
    await run("pull", file, "--into", join(folder, "data"));
    const again = await run("pull", file, "--into", join(folder, "data"));
    assert.match(again.errors, /There is a database in .* already/);
    assert.equal(again.code, 1);
  });
});

function hashOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
