import {
  bool,
  bytes,
  date,
  decimal,
  defineBackend,
  defineSchema,
  enums,
  everyone,
  id,
  integer,
  json,
  mutation,
  nobody,
  query,
  real,
  ref,
  signedIn,
  table,
  text,
  timestamp,
} from "chassis";
import { z } from "zod";

/** A schema whose names try everything that the grammar of addresses could mistake for something else. */
export const shelvesSchema = defineSchema(
  {
    users: { name: text().max(80).search() },
    /** Fields with the names of operators, parameters and aggregates. */
    games: { id: id("text"), like: text(), in: integer(), order: text(), count: integer(), limit: real().optional() },
    orders: {
      id: id("integer"),
      owner: ref("users").inverse("orders"),
      game: ref("games").optional().inverse("orders"),
      price: decimal(10, 2).default("1.00"),
      paid: bool().default(false),
      state: enums("new", "sent").default("new"),
      due: date().optional(),
      at: timestamp().optional(),
      note: text().optional().search(),
      data: json().optional(),
      raw: bytes().optional(),
    },
    /** A relation of the name of a parameter. */
    items: table(
      { order: ref("orders").onDelete("cascade").inverse("items"), label: text(), pieces: integer().default(1) },
      { unique: [["order", "label"]] },
    ),
    profiles: { user: ref("users").unique(), bio: text() },
    /** Everybody writes them, editors read them. */
    letters: { body: text().min(1) },
    pages: table({ title: text().min(1) }, { softDelete: true, history: true }),
    /** What the client calls something else. */
    batch: { size: integer() },
  },
  { roles: ["editor"], computed: { orders: (row) => ({ pieces: row.items.sum((item) => item.pieces) }) } },
);

const open = () => ({ read: everyone, write: everyone });

export const shelvesBackend = defineBackend(shelvesSchema, {
  rules: {
    users: ({ row, me }) => ({ read: row.name.neq("Hidden"), create: everyone, update: row.id.eq(me.id), delete: nobody }),
    games: open,
    orders: ({ row, me }) => ({ read: row.paid.not().or(row.owner.eq(me.id)), write: everyone }),
    items: open,
    profiles: open,
    letters: ({ me }) => ({ read: me.hasRole("editor"), create: everyone, update: nobody, delete: me.hasRole("editor") }),
    pages: () => ({ read: everyone, write: everyone, history: everyone }),
    batch: open,
  },
  functions: {
    echo: query({ access: everyone, input: z.unknown() }, ({ input }) => input),
    nothing: query({ access: everyone }, () => undefined),
    today: query({ access: everyone }, () => ({ at: new Date("2026-11-26T12:00:00.000Z") })),
    add: query(
      { access: everyone, input: z.object({ a: z.number(), b: z.number().optional() }) },
      ({ input }) => input.a + (input.b ?? 0),
    ),
    rename: mutation({ access: everyone, input: z.object({ id: z.string(), name: z.string().min(1) }) }, ({ db, input }) =>
      db.asSystem().users.update(input.id, { name: input.name }),
    ),
    mine: mutation({ access: signedIn }, ({ me }) => me?.id ?? null),
  },
});
