import { defineBackend, defineSchema, everyone, id, integer, nobody, or, ref, table, text } from "chassis";

/** Boards with what hangs on them, each in one of the ways in which a table can keep what was deleted and changed. */
const boardSchema = defineSchema(
  {
    users: { name: text().max(80) },
    boards: table(
      { owner: ref("users").defaultToActor(), title: text().max(80), secret: text().optional(), shared: text().default("no") },
      { unique: [["owner", "title"]], softDelete: true, history: true },
    ),
    cards: table(
      { board: ref("boards").onDelete("cascade"), title: text().max(80).search(), points: integer().default(0) },
      { unique: [["board", "title"]], softDelete: { keep: "30d" }, history: { keep: "365d" } },
    ),
    /** Of a card and a board: two deletes can take one along. */
    pins: table(
      { board: ref("boards").onDelete("cascade"), card: ref("cards").onDelete("cascade"), note: text().optional() },
      { unique: [["board", "card"]], softDelete: true },
    ),
    receipts: { card: ref("cards"), amount: integer() },
    invoices: { board: ref("boards"), amount: integer() },
    notes: { board: ref("boards").optional().onDelete("set null"), body: text() },
    /** Anybody may add a tag, the auditor alone deletes one. */
    tags: table({ name: text().unique(), note: text().optional() }, { softDelete: true }),
    plain: table({ id: id("integer"), name: text().unique() }, { history: true }),
  },
  {
    roles: ["auditor"],
    computed: {
      boards: (row) => ({ size: row.cards.count(), total: row.cards.sum((card) => card.points) }),
    },
  },
);

export const boardBackend = defineBackend(boardSchema, {
  rules: {
    users: () => ({ read: everyone, write: everyone }),
    boards: ({ row, me }) => {
      const mine = row.owner.eq(me.id);
      return {
        read: or(mine, row.shared.eq("yes")),
        create: mine,
        update: mine,
        delete: mine,
        history: or(mine, me.hasRole("auditor")),
        fields: { secret: { read: mine } },
      };
    },
    cards: ({ row, me }) => {
      const mine = row.board.owner.eq(me.id);
      return { read: or(mine, row.board.shared.eq("yes")), write: mine, history: or(mine, me.hasRole("auditor")) };
    },
    pins: ({ row, me }) => ({
      read: or(row.board.owner.eq(me.id), row.board.shared.eq("yes")),
      write: row.board.owner.eq(me.id),
    }),
    invoices: ({ row, me }) => ({ read: row.board.owner.eq(me.id), create: everyone, update: nobody, delete: everyone }),
    receipts: () => ({ read: everyone, write: everyone }),
    notes: () => ({ read: everyone, write: everyone }),
    tags: ({ me }) => ({ read: everyone, create: everyone, update: everyone, delete: me.hasRole("auditor") }),
    plain: () => ({ read: everyone, write: everyone, history: nobody }),
  },
});
