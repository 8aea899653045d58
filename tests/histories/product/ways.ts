import type { Operation } from "../checker/history.ts";
import { isRead, isWrite, type ReadTask, Refused, type Task, type Work, type WriteTask } from "../run/run-plan.ts";
import { takenMark } from "./backend.ts";
import type { Send } from "./client.ts";

/** A way to have transactions done by HTTP. */
export interface Way {
  readonly name: string;
  /** Nothing by it ever takes effect. */
  readonly refusesAll?: true;
  fits(work: Work): boolean;
  run(work: Work, send: Send): Promise<readonly Operation[]>;
}

const every = <T extends Task>({ tasks }: Work, is: (task: Task) => task is T): boolean => tasks.every(is);
const only = ({ tasks }: Work, what: Task["do"]): boolean => tasks.length === 1 && tasks[0]?.do === what;
const isAppend = (task: Task): task is WriteTask => task.do === "append";
const isLook = (task: Task): task is ReadTask | Extract<Task, { do: "pause" }> => !isWrite(task);
const isRequest = (task: Task): task is ReadTask | WriteTask => task.do !== "pause" && task.do !== "undone";
const appended = (tasks: readonly Task[]): readonly Operation[] =>
  tasks.filter(isAppend).map(({ key, value }) => ({ type: "append", key, value }));
const first = <T extends Task>(work: Work, is: (task: Task) => task is T): T => {
  const task = work.tasks.find(is);
  if (task === undefined) throw new Error("The way does not fit.");
  return task;
};
const entry = ({ key, value }: WriteTask): object => ({ list: key, value });
const call =
  (name: string, more: object) =>
  async ({ tasks, fails, signal }: Work, send: Send) =>
    (await send(`/rpc/${name}`, { method: "POST", body: { tasks, fails: fails !== false, ...more }, signal }))
      .json as readonly Operation[];

interface RegisterRow {
  readonly value: number;
  readonly version: number;
}
const representation = "return=representation";
const registerRead = (key: string, row: RegisterRow | undefined): Operation => ({
  type: "read",
  key,
  value: row?.value ?? null,
  version: row?.version ?? 0,
});
const registerWritten = ({ key, value }: WriteTask, rows: unknown): readonly Operation[] => {
  const [row] = rows as readonly RegisterRow[];
  // No such row: nothing was written, and nothing will be.
  if (row === undefined) throw new Refused("no row");
  return [{ type: "write", key, value, version: row.version }];
};

export const ways: readonly Way[] = [
  { name: "mutation", fits: () => true, run: call("change", {}) },
  { name: "mutation by SQL", fits: () => true, run: call("change", { sql: true }) },
  { name: "query", fits: (work) => every(work, isLook), run: call("look", {}) },
  { name: "query by SQL", fits: (work) => every(work, isLook), run: call("look", { sql: true }) },
  {
    name: "insert",
    fits: (work) => only(work, "append") && work.fails === false,
    async run(work, send) {
      await send("/entries", { method: "POST", body: entry(first(work, isAppend)), signal: work.signal });
      return appended(work.tasks);
    },
  },
  {
    name: "insert of many",
    fits: (work) => every(work, isAppend),
    async run({ tasks, fails, signal }, send) {
      const rows = tasks.filter(isAppend).map(entry);
      await send("/entries", {
        method: "POST",
        body: fails !== false ? [...rows, { list: "none", value: 0, mark: takenMark }] : rows,
        signal,
      });
      return appended(tasks);
    },
  },
  {
    name: "insert once, asked for twice",
    fits: (work) => every(work, isAppend) && work.fails === false,
    async run({ tasks, signal }, send) {
      const sent = {
        method: "POST",
        body: tasks.filter(isAppend).map(entry),
        headers: { "idempotency-key": crypto.randomUUID() },
      };
      const [once, again] = await Promise.allSettled([send("/entries", { ...sent, signal }), send("/entries", sent)]);
      if (once.status === "rejected" && !signal.aborted) throw once.reason;
      if (again.status === "rejected") throw again.reason;
      return appended(tasks);
    },
  },
  {
    name: "insert that is taken back",
    refusesAll: true,
    fits: (work) => only(work, "append"),
    async run(work, send) {
      const headers = { prefer: "tx=rollback" };
      await send("/entries", { method: "POST", body: entry(first(work, isAppend)), headers, signal: work.signal });
      throw new Refused("tx=rollback");
    },
  },
  {
    name: "upsert of an entry",
    fits: (work) => only(work, "append") && work.fails === false,
    async run(work, send) {
      const task = first(work, isAppend);
      await send("/entries?on_conflict=mark", {
        method: "POST",
        body: { ...entry(task), mark: `${task.key} ${task.value}` },
        headers: { prefer: "resolution=merge-duplicates" },
        signal: work.signal,
      });
      return appended(work.tasks);
    },
  },
  {
    name: "upsert",
    fits: (work) => only(work, "set") && work.fails === false,
    async run(work, send) {
      const task = first(work, isWrite);
      const headers = { prefer: `resolution=merge-duplicates, ${representation}` };
      const body = { id: task.key, value: task.value };
      return registerWritten(task, (await send("/registers", { method: "POST", body, headers, signal: work.signal })).json);
    },
  },
  {
    name: "update",
    fits: (work) => only(work, "set") && work.fails === false,
    async run(work, send) {
      const task = first(work, isWrite);
      const sent = { method: "PATCH", body: { value: task.value }, headers: { prefer: representation }, signal: work.signal };
      return registerWritten(task, (await send(`/registers?id=eq.${task.key}`, sent)).json);
    },
  },
  {
    name: "batch",
    fits: (work) => every(work, isRequest),
    async run({ tasks, fails, signal }, send) {
      const asked = tasks.filter(isRequest);
      const parts = asked.map(batchPart);
      const failing = { method: "POST", path: "/rest/v1/entries", body: { list: "none", value: 0, mark: takenMark } };
      const { json } = await send("", { method: "POST", body: fails !== false ? [...parts, failing] : parts, signal });
      const answers = json as readonly { readonly body: unknown }[];
      return asked.flatMap((task, index) => batchOperation(task, answers[index]?.body));
    },
  },
  {
    name: "one select",
    fits: (work) => work.tasks.every((task) => task.do === "list" || task.do === "pause") && work.tasks.some(isRead),
    async run({ tasks, signal }, send) {
      const keys = [...new Set(tasks.filter(isRead).map(({ key }) => key))];
      const { json } = await send(`/entries?select=list,value&list=in.(${keys.join(",")})&order=id`, { signal });
      const rows = json as readonly { readonly list: string; readonly value: number }[];
      return keys.map((key) => ({
        type: "list",
        key,
        values: rows.filter(({ list }) => list === key).map(({ value }) => value),
      }));
    },
  },
  {
    name: "one row",
    fits: (work) => only(work, "get"),
    async run(work, send) {
      const { key } = first(work, isRead);
      const { json, status } = await send(`/registers/${key}`, { signal: work.signal });
      return [registerRead(key, status === 404 ? undefined : (json as RegisterRow))];
    },
  },
  {
    name: "a page with its count",
    fits: (work) => only(work, "list"),
    async run(work, send) {
      const { key } = first(work, isRead);
      const headers = { prefer: "count=exact" };
      const reply = await send(`/entries?select=value&list=eq.${key}&order=id`, { headers, signal: work.signal });
      const values = (reply.json as readonly { readonly value: number }[]).map(({ value }) => value);
      const total = Number(reply.headers.get("content-range")?.split("/")[1]);
      if (total !== values.length) throw new Error(`A page of all rows has ${values.length} of them, and a count of ${total}.`);
      return [{ type: "list", key, values }];
    },
  },
  {
    name: "read, then write if unchanged",
    fits: ({ tasks: [get, pause, set], fails }) =>
      get?.do === "get" && pause?.do === "pause" && set?.do === "set" && get.key === set.key && fails === false,
    async run(work, send) {
      const { key } = first(work, isRead);
      const task = first(work, isWrite);
      const { status, json, headers } = await send(`/registers/${key}`, { signal: work.signal });
      if (status === 404) throw new Refused("no row");
      const read = registerRead(key, json as RegisterRow);
      const sent = { method: "PATCH", body: { value: task.value }, signal: work.signal };
      const reply = await send(`/registers/${key}`, {
        ...sent,
        headers: { "if-match": headers.get("etag") ?? "", prefer: representation },
      });
      return [read, ...registerWritten(task, [reply.json].flat())];
    },
  },
];

function batchPart(task: ReadTask | WriteTask): object {
  switch (task.do) {
    case "list":
      return { method: "GET", path: `/rest/v1/entries?select=value&list=eq.${task.key}&order=id` };
    case "get":
      return { method: "GET", path: `/rest/v1/registers?id=eq.${task.key}` };
    case "append":
    case "undone":
      return { method: "POST", path: "/rest/v1/entries", body: entry(task) };
    case "set":
      return {
        method: "POST",
        path: "/rest/v1/registers",
        headers: { prefer: `resolution=merge-duplicates, ${representation}` },
        body: { id: task.key, value: task.value },
      };
  }
}

function batchOperation(task: ReadTask | WriteTask, body: unknown): readonly Operation[] {
  switch (task.do) {
    case "list":
      return [{ type: "list", key: task.key, values: (body as readonly { value: number }[]).map(({ value }) => value) }];
    case "get":
      return [registerRead(task.key, (body as readonly RegisterRow[])[0])];
    case "append":
    case "undone":
      return appended([task]);
    case "set":
      return registerWritten(task, body);
  }
}
