import {
  AppError,
  type Backend,
  type Db,
  defineBackend,
  defineSchema,
  everyone,
  id,
  integer,
  mutation,
  query,
  text,
} from "chassis";
import { z } from "zod";
import type { Operation } from "../checker/history.ts";
import { type ReadTask, type Task, turns, type WriteTask } from "../run/run-plan.ts";

const schema = defineSchema({
  /** A list is the values of its entries in the order of their numbers: reading it meets rows that were not there before. */
  entries: {
    id: id("integer"),
    list: text().max(100).index(),
    value: integer(),
    /** What a write gives that is to fail: one entry has it already. */
    mark: text().max(100).unique().optional(),
  },
  registers: { id: id("text"), value: integer() },
});

/** The mark that is taken. */
export const takenMark = "taken";

const input = z.object({
  tasks: z.array(z.custom<Task>((value) => typeof value === "object" && value !== null && "do" in value)),
  fails: z.boolean().default(false),
  /** Milliseconds that it does nothing at the end. */
  stalls: z.number().default(0),
  /** By SQL of its own. */
  sql: z.boolean().default(false),
});
type Input = z.infer<typeof input>;
type OurDb = Db<typeof schema>;

async function run(db: OurDb, { tasks, fails, stalls, sql }: Input): Promise<Operation[]> {
  const operations: Operation[] = [];
  for (const task of tasks) {
    if (task.do === "pause") await turns(task.turns);
    else operations.push(await (sql ? doBySql(db, task) : doByCalls(db, task)));
  }
  if (stalls > 0) await new Promise((resolve) => setTimeout(resolve, stalls));
  if (fails) throw new AppError("forbidden", { message: "As planned." });
  return operations;
}

async function doByCalls(db: OurDb, task: ReadTask | WriteTask): Promise<Operation> {
  const { key } = task;
  switch (task.do) {
    case "list": {
      const rows = await db.entries.list({ where: { list: key }, orderBy: { id: "asc" }, select: ["value"] });
      return { type: "list", key, values: rows.map(({ value }) => value) };
    }
    case "get": {
      const row = await db.registers.get(key);
      return { type: "read", key, value: row?.value ?? null, version: row?.version ?? 0 };
    }
    case "append":
      await db.entries.create({ list: key, value: task.value });
      return { type: "append", key, value: task.value };
    case "set": {
      const { version } = await db.registers.upsert({ id: key, value: task.value });
      return { type: "write", key, value: task.value, version };
    }
    case "undone": {
      const rows = [
        { list: key, value: task.value },
        { list: key, value: task.value, mark: takenMark },
      ];
      await mustFail(db.entries.createMany(rows));
      return { type: "append", key, value: task.value, undone: true };
    }
  }
}

async function doBySql(db: OurDb, task: ReadTask | WriteTask): Promise<Operation> {
  const { sql } = db.asSystem();
  const { key } = task;
  switch (task.do) {
    case "list": {
      const rows = await sql.selectFrom("entries").select("value").where("list", "=", key).orderBy("id").execute();
      return { type: "list", key, values: rows.map(({ value }) => value) };
    }
    case "get": {
      const row = await sql.selectFrom("registers").select(["value", "version"]).where("id", "=", key).executeTakeFirst();
      return { type: "read", key, value: row?.value ?? null, version: row?.version ?? 0 };
    }
    case "append":
      await sql.insertInto("entries").values({ list: key, value: task.value }).execute();
      return { type: "append", key, value: task.value };
    case "set": {
      const { value } = task;
      const changed = await sql
        .updateTable("registers")
        .set({ value })
        .where("id", "=", key)
        .returning("version")
        .executeTakeFirst();
      const row =
        changed ?? (await sql.insertInto("registers").values({ id: key, value }).returning("version").executeTakeFirstOrThrow());
      return { type: "write", key, value, version: row.version };
    }
    case "undone": {
      const rows = [
        { list: key, value: task.value },
        { list: key, value: task.value, mark: takenMark },
      ];
      await mustFail(sql.insertInto("entries").values(rows).execute());
      return { type: "append", key, value: task.value, undone: true };
    }
  }
}

/** Waits for a write to break the unique constraint, and goes on. */
async function mustFail(write: Promise<unknown>): Promise<void> {
  const failure = await write.then(
    () => new Error("A write went through that had to fail."),
    (error: unknown) => error,
  );
  const isPlanned =
    failure instanceof Error &&
    (failure.name === "ConstraintError" || (failure instanceof AppError && failure.error === "uniqueViolation"));
  if (!isPlanned) throw failure;
}

/** Lists and registers, open to everybody. */
export const backend: Backend<typeof schema> = defineBackend(schema, {
  rules: {
    entries: () => ({ read: everyone, write: everyone }),
    registers: () => ({ read: everyone, write: everyone }),
  },
  functions: {
    change: mutation({ access: everyone, input }, ({ db, input }) => run(db, input)),
    look: query({ access: everyone, input }, ({ db, input }) => run(db, input)),
  },
});
