import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { columnOf, type Relation, tableOf } from "#database";
import { now, today } from "../rules/moments.ts";
import { defineSchema } from "./define-schema.ts";
import { bytes, date, decimal, email, enums, id, integer, json, ref, secret, text, timestamp, url } from "./fields.ts";
import { table } from "./table.ts";

describe("a schema becomes a model", () => {
  const { model } = defineSchema(
    {
      users: { name: text().max(80), email: email().unique(), password: secret() },
      schools: {
        name: text().min(1).max(200).search(),
        country: text()
          .length(2)
          .pattern(/^[a-z]+$/i)
          .optional()
          .index(),
        fee: decimal(10, 2).min("0.50").default("12.5"),
        founded: date().default(today),
        data: json(z.object({ motto: z.string() })),
        site: url().optional(),
      },
      reviews: table(
        {
          school: ref("schools").onDelete("cascade").immutable(),
          author: ref("users").defaultToActor(),
          stars: integer().min(1).max(5),
          status: enums("draft", "live").default("draft"),
          at: timestamp().default(now),
        },
        { unique: [["school", "author"]], indexes: [["status", "stars"]], checks: (row) => ({ starred: row.stars.gte(1) }) },
      ),
      profiles: { id: id("integer"), user: ref("users").unique().allowUnreadable(), picture: bytes().max(10).optional() },
    },
    {
      roles: ["editor"],
      claims: { level: integer() },
      computed: { schools: (row) => ({ rating: row.reviews.avg((review) => review.stars) }) },
    },
  );
  const schools = tableOf(model, "schools");
  const reviews = tableOf(model, "reviews");

  test("every table gets id first and created, updated and version last", () => {
    assert.deepEqual(
      [...tableOf(model, "users").columns.keys()],
      ["id", "name", "email", "password", "created", "updated", "version"],
    );
    assert.deepEqual(schools.key.default, { type: "uuid" });
    assert.equal(schools.rowKey, "_key");
    assert.deepEqual(columnOf(schools, "created").default, { type: "now" });
    assert.deepEqual(columnOf(schools, "updated").default, { type: "touch" });
    assert.deepEqual(columnOf(schools, "version").default, { type: "increment" });
  });

  test("an integer id numbers the rows itself", () => {
    const profiles = tableOf(model, "profiles");
    assert.equal(profiles.rowKey, "id");
    assert.deepEqual(profiles.key.default, { type: "rowNumber" });
  });

  test("limits and defaults are kept in stored form", () => {
    assert.deepEqual(columnOf(schools, "fee").limits, { min: 50n });
    assert.deepEqual(columnOf(schools, "fee").default, { type: "value", value: 1250n });
    assert.deepEqual(columnOf(schools, "country").limits, {
      minLength: 2,
      maxLength: 2,
      pattern: { source: "^[a-z]+$", flags: "i" },
    });
    assert.deepEqual(columnOf(schools, "founded").default, { type: "today" });
    assert.deepEqual(columnOf(reviews, "at").default, { type: "now" });
    assert.deepEqual(columnOf(reviews, "author").default, { type: "actor" });
  });

  test("a field is required unless it is optional", () => {
    assert.equal(columnOf(schools, "name").nullable, false);
    assert.equal(columnOf(schools, "country").nullable, true);
  });

  test("a reference has the kind of its target's id", () => {
    const school = columnOf(reviews, "school");
    assert.equal(school.kind.name, "uuid");
    assert.deepEqual(school.reference, {
      table: "schools",
      onDelete: "cascade",
      constraint: "reviews_school_fkey",
      allowUnreadable: false,
    });
    assert.equal(school.immutable, true);
    assert.equal(columnOf(tableOf(model, "profiles"), "user").reference?.allowUnreadable, true);
  });

  test("unique sets and indexes have PostgreSQL's names, and references an index of their own", () => {
    assert.deepEqual(reviews.uniques, [{ name: "reviews_school_author_key", columns: ["school", "author"] }]);
    assert.deepEqual(reviews.indexes, [
      { name: "reviews_author_idx", columns: ["author"] },
      { name: "reviews_status_stars_idx", columns: ["status", "stars"] },
    ]);
    assert.deepEqual(schools.indexes, [{ name: "schools_country_idx", columns: ["country"] }]);
  });

  test("checks, searched fields, secrets, computed fields, roles and claims are there", () => {
    assert.deepEqual(
      reviews.checks.map(({ name }) => name),
      ["reviews_starred_check"],
    );
    assert.deepEqual(schools.searchColumns, ["name"]);
    assert.equal(columnOf(tableOf(model, "users"), "password").secret, true);
    assert.equal(columnOf(schools, "rating").computed?.type, "aggregate");
    assert.deepEqual(columnOf(schools, "rating").type, { scalar: "real" });
    assert.deepEqual(model.roles, ["editor"]);
    assert.deepEqual([...model.claims], [["level", { scalar: "integer" }]]);
    assert.deepEqual(model.actorId, { scalar: "text" });
  });

  test("me.id has the kind of the users' id", () => {
    assert.deepEqual(defineSchema({ users: { id: id("integer") } }).model.actorId, { scalar: "integer" });
  });

  test("the shape of a JSON field is checked wherever its kind reads a value", () => {
    const { kind } = columnOf(schools, "data");
    assert.deepEqual(kind.fromJson({ motto: "x", other: 1 }, {}), { ok: true, value: '{"motto":"x"}' });
    assert.equal(kind.fromJson({ motto: 4 }, {}).ok, false);
    assert.equal(kind.fromText('{"motto":4}', {}).ok, false);
    assert.equal(kind.fromText("{", {}).ok, false);
  });

  test("a field can be kept and used in many tables", () => {
    const title = text().max(10);
    const both = defineSchema({ posts: { title: title.unique() }, pages: { title } }).model;
    assert.equal(tableOf(both, "posts").uniques.length, 1);
    assert.equal(tableOf(both, "pages").uniques.length, 0);
  });
});

describe("relations", () => {
  const { model } = defineSchema({
    users: { name: text() },
    posts: { author: ref("users"), editor: ref("users").optional().inverse("edited"), title: text() },
    tags: { label: text() },
    taggings: table({ post: ref("posts"), tag: ref("tags") }, { unique: [["post", "tag"]] }),
    profiles: { user: ref("users").unique() },
    follows: table(
      { follower: ref("users"), followed: ref("users") },
      { unique: [["follower", "followed"]], checks: (row) => ({ others: row.follower.neq(row.followed) }) },
    ),
    folders: { parent: ref("folders").optional(), posts: integer() },
    placements: table({ folder: ref("folders"), post: ref("posts") }, { unique: [["folder", "post"]] }),
  });
  const named = (name: string): object =>
    Object.fromEntries(
      [...tableOf(model, name).relationsByName].map(([key, { target, cardinality }]) => [key, `${cardinality} ${target}`]),
    );

  test("ways back have the name of the referring table, or the one that inverse() gives", () => {
    assert.deepEqual(named("users"), { posts: "many posts", edited: "many posts", profiles: "one profiles" });
  });

  test("two references without a name for their way back give none", () => {
    const back = tableOf(model, "users").relations.filter(({ target }) => target === "follows");
    assert.deepEqual(
      back.map(({ name, foreignColumn }) => [name, foreignColumn]),
      [
        [undefined, "follower"],
        [undefined, "followed"],
      ],
    );
  });

  test("a junction gives each side the other, unless a field has that name", () => {
    assert.deepEqual(named("posts"), {
      author: "one users",
      editor: "one users",
      taggings: "many taggings",
      placements: "many placements",
      tags: "many tags",
      folders: "many folders",
    });
    assert.deepEqual(named("folders"), { parent: "one folders", folders: "many folders", placements: "many placements" });
  });

  test("a junction says by which columns it joins", () => {
    const expected: Relation = {
      name: "tags",
      table: "posts",
      target: "tags",
      cardinality: "many",
      column: "id",
      targetColumn: "id",
      constraint: "taggings_post_fkey",
      foreignColumn: "post",
      junction: { table: "taggings", column: "post", targetColumn: "tag", targetConstraint: "taggings_tag_fkey" },
    };
    assert.deepEqual(tableOf(model, "posts").relationsByName.get("tags"), expected);
  });

  test("a junction between a table and itself has no name, in both directions", () => {
    const links = tableOf(model, "users").relations.filter(({ junction }) => junction?.table === "follows");
    assert.deepEqual(
      links.map(({ name, junction }) => [name, junction?.column]),
      [
        [undefined, "follower"],
        [undefined, "followed"],
      ],
    );
  });
});
