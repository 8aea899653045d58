import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { silentLogger } from "#base";
import { modelFixture, tableFixture } from "../model/model-fixtures.ts";
import { prepareDatabase } from "../sqlite/prepare-database.ts";
import { openSqlite } from "../sqlite/sqlite-database.ts";
import { readAuditHead } from "./audit-table.ts";
import { HeadNotes } from "./head-notes.ts";

const id = { kind: "integer", nullable: false, default: { type: "rowNumber" }, immutable: true } as const;
const model = modelFixture(tableFixture("notes", { id, text: { kind: "text" } }, { audit: true }));

test("the log says where the audit log ends, each time it has grown, and at the end", async () => {
  const database = await openSqlite({ path: ":memory:" });
  await prepareDatabase(database, model);
  const noted: unknown[] = [];
  const logger = { ...silentLogger, info: (fields: object) => void noted.push((fields as { head: string }).head) };
  assert.equal(HeadNotes.start(modelFixture(tableFixture("notes", {})), { database, logger }), undefined);
  const notes = HeadNotes.start(model, { database, logger, interval: 5 });
  const add = (): Promise<number> =>
    database.transaction((connection) => connection.run("INSERT INTO notes (text) VALUES ('a')", []));
  const head = async (): Promise<string> => {
    const { sequence, hash } = await readAuditHead(database);
    return `${sequence}:${hash}`;
  };
  await sleep(20);
  assert.deepEqual(noted, []);
  await add();
  while (noted.length === 0) await sleep(5);
  const first = await head();
  await sleep(20);
  assert.deepEqual(noted, [first]);
  await add();
  await notes?.close();
  assert.deepEqual(noted, [first, await head()]);
  await sleep(20);
  await database.close();
  assert.equal(noted.length, 2);
});
