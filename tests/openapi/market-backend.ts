import {
  type Backend,
  bool,
  bytes,
  date,
  decimal,
  defineBackend,
  defineSchema,
  email,
  enums,
  everyone,
  integer,
  json,
  mutation,
  nobody,
  query,
  real,
  ref,
  secret,
  signedIn,
  table,
  text,
  timestamp,
  url,
} from "chassis";
import { z } from "zod";

const schema = defineSchema(
  {
    users: { name: text().min(1).max(80), phone: text().optional() },
    stalls: table(
      {
        name: text().min(2).max(40).search(),
        owner: ref("users").immutable().defaultToActor(),
        kind: enums("fruit", "vis & zo", "ζεστά", "<b>"),
        rent: decimal(8, 2),
        area: real().min(1).max(500),
        opened: date().default("2026-01-31"),
        closes: timestamp().optional(),
        site: url().optional(),
        contact: email().optional(),
        badge: bytes().max(8).optional(),
        layout: json<Readonly<Record<string, unknown>>>().optional(),
        isOpen: bool().default(true),
        code: text()
          .pattern(/^[A-Z]{2}\d+$/u)
          .optional(),
        pin: secret().optional(),
        auditNote: text().optional(),
      },
      { history: true, softDelete: true, unique: [["owner", "name"]] },
    ),
    /** Columns that are called as parameters, and as what objects and languages have. */
    words: {
      select: text(),
      limit: integer().min(0),
      after: text().optional(),
      class: text().optional(),
      import: text().optional(),
      toString: text().optional(),
      hasOwnProperty: bool().default(false),
      range: text().optional(),
    },
    saved_things: { note: text() },
    savedThings2: { note: text() },
    vault: { content: text(), stall: ref("stalls").optional() },
    visits: { stall: ref("stalls"), diary: ref("vault").optional() },
  },
  { roles: ["warden"] },
);

const tree = z.object({
  get children() {
    return z.array(tree).optional();
  },
  name: z.string(),
});

/** A market with something of everything that a document has to say, and something that nobody but wardens may know of. */
export const marketBackend: Backend<typeof schema> = defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({
      read: everyone,
      write: row.id.eq(me.id),
      fields: { phone: { read: row.id.eq(me.id) } },
    }),
    stalls: ({ row, me }) => ({
      read: everyone,
      write: row.owner.eq(me.id),
      history: signedIn,
      fields: { auditNote: { read: me.hasRole("warden"), write: me.hasRole("warden") } },
    }),
    words: () => ({ read: everyone, write: everyone }),
    saved_things: () => ({ read: everyone, write: nobody }),
    savedThings2: () => ({ read: everyone, create: everyone, update: nobody, delete: nobody }),
    vault: ({ me }) => ({ read: me.hasRole("warden"), write: me.hasRole("warden") }),
    visits: () => ({ read: everyone, write: signedIn }),
  },
  auth: { keys: true, impersonation: true },
  functions: {
    greet: query({ access: everyone, input: z.object({ name: z.string().max(20), times: z.int().min(1).max(3) }) }, ({ input }) =>
      Array.from({ length: input.times }, () => input.name),
    ),
    plant: mutation(
      { access: everyone, input: z.object({ tree, "naïve-key": z.boolean().optional() }) },
      ({ input }) => input.tree.name,
    ),
    dated: query({ access: everyone, input: z.object({ day: z.date() }) }, () => "never"),
    ping: query({ access: everyone }, () => ({ pong: true })),
    openVault: mutation({ access: ({ me }) => me.hasRole("warden") }, () => null),
    buried: query({ access: nobody }, () => null),
  },
});
