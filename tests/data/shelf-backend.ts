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
  id,
  integer,
  json,
  real,
  ref,
  secret,
  table,
  text,
  timestamp,
  url,
} from "chassis";

const schema = defineSchema(
  {
    // Before the table that it refers to, as nobody promises the order.
    things: {
      label: text(),
      count: integer().optional(),
      price: decimal(18, 4).optional(),
      weight: real().optional(),
      sold: bool(),
      at: timestamp().optional(),
      day: date().optional(),
      extra: json().optional(),
      size: enums("small", "large, or so", "").optional(),
      raw: bytes().optional(),
      mail: email().optional(),
      site: url().optional(),
      code: secret().optional(),
      shelf: ref("shelves").optional(),
      // In circles: a thing may lie upon one that comes later.
      upon: ref("things").optional(),
    },
    shelves: table({ id: id("integer"), name: text().unique() }, { softDelete: true }),
  },
  { roles: ["keeper"], computed: { things: (row) => ({ shout: row.label.upper() }) } },
);

/** Every kind of field, a table that refers to itself, one whose rows are kept when they are deleted, a computed field, a secret. */
export const backend: Backend = defineBackend(schema, {
  rules: {
    things: ({ row, me }) => ({
      read: row.sold.eq(true).or(me.hasRole("keeper")),
      write: me.hasRole("keeper"),
      fields: { price: { read: me.hasRole("keeper") } },
    }),
    shelves: ({ me }) => ({ read: me.hasRole("keeper"), write: me.hasRole("keeper") }),
  },
});
