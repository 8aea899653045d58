import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { defineBackend, everyone, nobody, query, signedIn } from "chassis";
import { AccessAssertionError, openTestBackend, rulesMatrix, type TestBackend, type TestBackendOf } from "chassis/testing";
import backend, { schema } from "../../examples/testing/backend.ts";
import tenants from "../../examples/permissions/backend.ts";

/** The example's rules with something wrong in them: each assertion must find it. */
const broken = defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    books: ({ me }) => ({ read: everyone, create: signedIn, update: me.hasRole("librarian"), delete: nobody }),
    loans: ({ row, me }) => ({ read: row.reader.eq(me.id).or(row.returned.isNotNull()), write: me.hasRole("librarian") }),
    reviews: ({ row, me }) => ({
      read: everyone,
      create: row.reader.eq(me.id),
      // The readers of one book may change each other's.
      update: row.book.reviews.some((other) => other.reader.eq(me.id)),
      delete: row.reader.eq(me.id).or(row.stars.lt(2).and(me.hasRole("librarian"))),
    }),
  },
  functions: { lend: query({ access: signedIn }, () => 1) },
});

let app: TestBackendOf<typeof backend>;
let wrong: TestBackend<typeof schema>;
before(async () => {
  app = await openTestBackend(backend);
  wrong = await openTestBackend(broken);
});
after(async () => {
  await app.close();
  await wrong.close();
});

const librarian = { roles: ["librarian"] } as const;

async function refuses(assertion: Promise<void>, ...parts: readonly RegExp[]): Promise<void> {
  await assert.rejects(assertion, (error) => {
    assert.ok(error instanceof AccessAssertionError, String(error));
    for (const part of parts) assert.match(error.message, part);
    return true;
  });
}

test("of right rules every assertion holds", async () => {
  const review = await app.make.reviews();
  await app.make.reviews({ book: review.book });
  const loan = await app.make.loans();
  const reader = review.reader;
  await app.assertOnly({ can: "update", table: "reviews", row: review, as: reader });
  await app.assertOnly({ can: "update", table: "reviews", row: review, field: "stars", set: { stars: 2 }, as: reader });
  await app.assertOnly({ can: "delete", table: "reviews", row: review, as: [reader, librarian] });
  await app.assertOnly({
    can: "read",
    table: "reviews",
    row: await app.make.reviews({ notes: "x", reader }),
    field: "notes",
    as: reader,
  });
  await app.assertOnly({ can: "read", table: "loans", row: loan, as: [loan.reader, librarian] });
  await app.assertOnly({
    can: "create",
    table: "books",
    row: app.make.books.build(),
    as: { id: "someone", roles: ["librarian"] },
  });
  await app.assertCan({ can: "read", table: "books", row: review.book, as: [null, reader, librarian] });
  await app.assertCannot({ can: "delete", table: "reviews", row: review, as: [null, "a stranger"] });
  await app.assertHidden({ table: "loans", row: loan, from: [null, reader] });
  await app.assertHidden({ table: "users", row: reader, field: "email", from: [null, loan.reader, librarian] });
});

test("nothing of what was tried has happened", async () => {
  const review = await app.make.reviews({ stars: 3 });
  const books = await app.db.books.count();
  await app.assertOnly({ can: "delete", table: "reviews", row: review, as: [review.reader, librarian] });
  await app.assertCan({ can: "update", table: "reviews", row: review, set: { stars: 1 }, as: review.reader });
  await app.assertCan({ can: "create", table: "books", row: app.make.books.build(), as: librarian });
  assert.deepEqual(await app.db.reviews.get(review.id), review);
  assert.equal(await app.db.books.count(), books);
});

test("who could besides is named, with the clause that let them", async () => {
  const review = await wrong.make.reviews();
  const neighbour = await wrong.make.reviews({ book: review.book, reader: await wrong.make.users({ name: "Nadia" }) });
  await refuses(
    wrong.assertOnly({ can: "update", table: "reviews", row: review, as: review.reader }),
    /^Nobody but .* should be able to update reviews .*, and these could:/,
    new RegExp(`Nadia \\(${neighbour.reader}\\) could\\. reviews: update: row\\.book\\.reviews\\.some\\(.*\\) is true`),
  );
  await refuses(
    wrong.assertOnly({ can: "create", table: "books", row: wrong.make.books.build(), as: librarian }),
    /a stranger could\. books: create: signedIn is true/,
  );
  const hidden = await wrong.make.loans({ returned: "2026-01-01T00:00:00.000Z" });
  await refuses(
    wrong.assertOnly({ can: "read", table: "loans", row: hidden, as: [hidden.reader] }),
    /anybody without signing in could\. loans: read: row\.returned\.isNull\(\) is false/,
  );
});

test("who could with more than anybody tried has is found in the rules", async () => {
  const bad = await wrong.make.reviews({ stars: 1 });
  await refuses(
    wrong.assertOnly({ can: "delete", table: "reviews", row: bad, as: bad.reader }),
    /a stranger with the role librarian could\. .*me\.hasRole\("librarian"\) is true/,
  );
  // With other stars the same rule is right.
  await wrong.assertOnly({
    can: "delete",
    table: "reviews",
    row: await wrong.make.reviews({ stars: 4, reader: bad.reader }),
    as: bad.reader,
  });
});

test("who should be able to and is not is named, with what stood in the way", async () => {
  const review = await wrong.make.reviews({ stars: 4 });
  await refuses(
    wrong.assertOnly({ can: "delete", table: "reviews", row: review, as: [review.reader, librarian] }),
    /anybody with the role librarian could not\. reviews: delete: .*row\.stars\.lt\(2\) is false \(row\.stars: 4\)/,
  );
  await refuses(
    wrong.assertCan({ can: "delete", table: "books", row: review.book, as: librarian }),
    /These should be able to delete books/,
    /nobody/,
  );
  await refuses(
    wrong.assertCannot({ can: "read", table: "books", row: review.book, as: [null] }),
    /anybody without signing in could\. books: read: everyone/,
  );
});

test("what is not hidden says by what way", async () => {
  const loan = await wrong.make.loans({ returned: "2026-01-01T00:00:00.000Z" });
  await refuses(
    wrong.assertHidden({ table: "loans", row: loan, from: null }),
    /was told of it by reading it, listing, counting\. loans: read/,
  );
  await refuses(
    wrong.assertHidden({ table: "users", row: loan.reader, field: "email", from: null }),
    /email of users .* should be hidden/,
    /by reading it, filtering by it/,
  );
});

test("functions are asked too, and what they did is undone", async () => {
  const [book, reader] = [await app.make.books(), await app.make.users()];
  const deed = { can: "call", function: "lend", input: { book: book.id, reader: reader.id } } as const;
  const loans = await app.db.loans.count();
  await app.assertOnly({ ...deed, as: librarian });
  await refuses(
    app.assertOnly({ ...deed, as: reader.id }),
    /could not\. access: me\.hasRole\("librarian"\)/,
    /a stranger with the role librarian could/,
  );
  await app.runJobs();
  assert.equal(await app.db.loans.count(), loans);
  // @ts-expect-error There is no such function.
  await assert.rejects(app.assertCan({ can: "call", function: "lent", as: null }), /did you mean 'lend'/);
});

test("rows of another tenant are out of reach, also for their own kind elsewhere", async () => {
  await using own = await openTestBackend(tenants);
  const member = await own.make.members();
  const stranger = await own.make.members();
  const task = await own.make.tasks({ project: await own.make.projects({ organisation: member.organisation }) });
  await own.assertHidden({ table: "tasks", row: task, from: [null, stranger.user, { roles: ["support"] }] });
  await own.assertOnly({ can: "read", table: "tasks", row: task, as: member.user });
});

test("a test that says nothing is refused", async () => {
  const review = await app.make.reviews();
  await assert.rejects(app.assertOnly({ can: "update", table: "reviews", row: review, as: [] }), /Say who is meant/);
  await assert.rejects(
    app.assertOnly({ can: "update", table: "reviews", row: "01890000-0000-7000-8000-000000000001", as: null }),
    /There is no row "01890000.*make it first/,
  );
  await assert.rejects(
    app.assertOnly({
      can: "update",
      table: "reviews",
      row: review, // @ts-expect-error There is no such role.
      as: { roles: ["libarian"] },
    }),
    /no role 'libarian'\. Did you mean 'librarian'\?/,
  );
  // @ts-expect-error There is no such table.
  await assert.rejects(app.assertCannot({ can: "update", table: "review", row: review, as: null }), /did you mean 'reviews'/);
  const { book, reader, stars, body } = review;
  await assert.rejects(
    app.assertCan({ can: "create", table: "reviews", row: { book, reader, stars, body }, as: reader }),
    /Nobody can create this row of reviews, whatever the rules say: uniqueViolation/,
  );
});

test("a changed rule shows as the line that it changes", () => {
  const [before, after] = [rulesMatrix(backend), rulesMatrix(broken)].map((text) =>
    text.split("\n").map((line) => line.replaceAll(/ +/g, " ")),
  );
  assert.ok(before?.includes("reviews delete librarian yes"));
  assert.ok(before?.includes("reviews update signed in if row.reader.eq(me.id)"));
  assert.ok(before?.includes("lend call librarian yes"));
  assert.ok(after?.includes("books create signed in yes"));
  assert.ok(after?.includes("reviews delete librarian if row.reader.eq(me.id).or(row.stars.lt(2))"));
  assert.equal(app.rules.matrix(), rulesMatrix(backend));
});

test("a helper takes the back end by the type of its definition, with traits or without", async () => {
  const praise = { reviews: { glowing: { stars: 5 } } } as const;
  const borrow = async (own: TestBackendOf<typeof backend>, title: string): Promise<string> => {
    const [book, reader] = [await own.make.books({ title }), await own.make.users()];
    const loan = await own.as({ id: "lena", roles: ["librarian"] }).fn.lend({ book: book.id, reader: reader.id });
    return loan.book;
  };
  const glow = async (own: TestBackendOf<typeof backend, typeof praise>): Promise<number> =>
    (await own.make.reviews.with("glowing")()).stars;
  await using own = await openTestBackend(backend, { traits: praise });
  assert.equal((await own.db.books.get(await borrow(own, "Emma")))?.title, "Emma");
  assert.equal((await app.db.books.get(await borrow(app, "Dune")))?.title, "Dune");
  assert.equal(await glow(own), 5);
  // @ts-expect-error there are no such traits here
  const wrong = (other: TestBackendOf<typeof backend>): unknown => other.make.reviews.with("glowing");
  assert.equal(typeof wrong, "function");
});
