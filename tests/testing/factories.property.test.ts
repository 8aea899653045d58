import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bool,
  bytes,
  date,
  decimal,
  defineBackend,
  defineSchema,
  email,
  enums,
  id,
  integer,
  json,
  nobody,
  real,
  ref,
  secret,
  table,
  text,
  timestamp,
  url,
} from "chassis";
import { openTestBackend } from "chassis/testing";
import fc from "fast-check";
import { propertyRuns } from "../support/property-runs.ts";

type SchemaField = ReturnType<typeof bool | typeof text | typeof integer | typeof ref> | object;

// Whatever the schema, what is made up is what the server takes: it is the oracle.

const span = (from: number, to: number): fc.Arbitrary<readonly [number, number]> =>
  fc.tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to })).map(([a, b]) => (a < b ? [a, b] : [b, a]));

const patterns = [
  /^[a-z]{2,5}-\d+$/,
  /[A-Z]/,
  /^(?:red|green|blue)(?:ish)?$/i,
  /^\p{Lu}\w*$/u,
  /\d{4}$/,
  /^[^@\s]+@x$/,
  /^#[0-9a-f]{6}$/,
];

/** A field of some kind, with limits of its kind. */
const plainField: fc.Arbitrary<SchemaField> = fc.oneof(
  span(0, 40).map(([min, max]) =>
    text()
      .min(min)
      .max(Math.max(max, min, 1)),
  ),
  fc.constantFrom(...patterns).map((pattern) => text().max(60).pattern(pattern)),
  span(-1000, 1000).map(([min, max]) => integer().min(min).max(max)),
  fc.constant(integer()),
  fc
    .tuple(span(-500, 500), fc.integer({ min: 0, max: 4 }))
    .map(([[min, max], scale]) => decimal(12, scale).min(String(min)).max(String(max))),
  fc.constantFrom(decimal(3, 3), decimal(18, 0), decimal(1, 0)),
  span(-1000, 1000).map(([min, max]) => real().min(min).max(max)),
  fc.constant(bool()),
  fc.constantFrom(
    timestamp(),
    timestamp().min("1999-12-31T23:59:59.999Z").max("2000-01-01T00:00:00.000Z"),
    timestamp().max("1970-01-01T00:00:00.000Z"),
  ),
  fc.constantFrom(date(), date().min("2024-02-29").max("2024-02-29"), date().min("2090-01-01")),
  fc.constantFrom(enums("one"), enums("one", "two", "drei's")),
  span(0, 30).map(([min, max]) => bytes().min(min).max(max)),
  fc.constantFrom(email(), email().max(12), email().min(90), url(), url().max(20), url().min(200)),
  fc.constantFrom(json(), secret(), secret().min(50).max(60)),
);

const unique = fc.constantFrom(
  text().max(6).unique(),
  integer().unique(),
  email().unique(),
  integer().min(0).max(400).unique(),
  url().unique(),
);

const field: fc.Arbitrary<SchemaField> = fc.oneof(
  { weight: 6, arbitrary: plainField },
  { weight: 2, arbitrary: plainField.map((each) => (each as ReturnType<typeof text>).optional()) },
  { weight: 1, arbitrary: unique },
);

/** A table; the references lead to tables before it, or to itself. */
const tableParts = fc.record({
  fields: fc.array(field, { minLength: 0, maxLength: 5 }),
  references: fc.array(fc.record({ to: fc.nat(3), optional: fc.boolean(), self: fc.boolean() }), { maxLength: 2 }),
  key: fc.constantFrom("uuid", "uuid", "integer", "text"),
  isJunction: fc.boolean(),
  check: fc.constantFrom("none", "order", "apart", "either"),
  past: fc.constantFrom({}, { softDelete: true }, { history: true }, { audit: true }),
});

const schemas = fc.array(tableParts, { minLength: 1, maxLength: 4 }).map((parts) => {
  const tables: Record<string, unknown> = {};
  for (const [place, { fields, references, key, isJunction, check, past }] of parts.entries()) {
    const own: Record<string, SchemaField> = key === "uuid" ? {} : { id: id(key) };
    for (const [index, each] of fields.entries()) own[`field_${index}`] = each;
    const made: string[] = [];
    for (const [index, { to, optional, self }] of references.entries()) {
      if (place === 0 && !self) continue;
      const target = self && key === "uuid" ? place : place === 0 ? undefined : to % place;
      if (target === undefined) continue;
      const reference = ref(`table_${target}`);
      // A first row could not refer to itself where deleted ones are kept.
      const isFree = optional || (target === place && "softDelete" in past);
      own[`reference_${index}`] = (isFree ? reference.optional() : reference) as SchemaField;
      if (!isFree) made.push(`reference_${index}`);
    }
    if (check !== "none")
      Object.assign(own, {
        low: integer().min(0).max(100),
        high: integer().min(0).max(100),
        state: enums("open", "closed").default("open"),
        ended: date().optional(),
      });
    const checks = {
      none: undefined,
      order: (row: never) => ({ low_is_low: (row as Row).low.lt((row as Row).high) }),
      apart: (row: never) => ({ far: (row as Row).high.gt(90).and((row as Row).low.lt(10)) }),
      either: (row: never) => ({
        ended_when_closed: (row as Row).state.eq("open").or((row as Row).ended.isNotNull()),
        high_is: (row as Row).high.eq(42),
      }),
    }[check];
    const options = {
      ...past,
      ...(made.length === 2 && isJunction ? { unique: [made] } : {}),
      ...(checks === undefined ? {} : { checks }),
    };
    tables[`table_${place}`] = table(own as never, options as never);
  }
  return tables;
});

interface Value {
  lt(other: unknown): Condition;
  gt(other: unknown): Condition;
  eq(other: unknown): Condition;
  isNotNull(): Condition;
}
interface Condition {
  and(other: Condition): Condition;
  or(other: Condition): Condition;
}
type Row = Readonly<Record<"low" | "high" | "state" | "ended", Value>>;
type AnyFactory = { (): Promise<{ id: unknown }>; many(count: number): Promise<readonly unknown[]> };

test("whatever the schema, the server takes every row that is made", async () => {
  await fc.assert(
    fc.asyncProperty(schemas, fc.nat(), async (tables, random) => {
      const schema = defineSchema(tables as never);
      const rules = Object.fromEntries(
        Object.keys(tables).map((name) => [
          name,
          () => ({ read: nobody, write: nobody, ...(isKept(tables[name]) ? { history: nobody } : {}) }),
        ]),
      );
      await using app = await openTestBackend(defineBackend(schema, { rules: rules as never }), { random });
      for (const [name, make] of Object.entries(app.make as unknown as Readonly<Record<string, AnyFactory>>)) {
        await make.many(3);
        const db = (app.db as unknown as Readonly<Record<string, { count(): Promise<number> }>>)[name];
        assert.ok(((await db?.count()) ?? 0) >= 3, name);
      }
    }),
    { numRuns: propertyRuns(12, 40) },
  );
});

function isKept(table: unknown): boolean {
  return (table as { readonly "~table": { readonly history: unknown } })["~table"].history !== false;
}
