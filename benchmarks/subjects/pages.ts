import { fewRows, nameOf } from "../data/fill-pages.ts";
import type { Load } from "../load/load.ts";
import { rawRequest } from "../load/request.ts";
import type { Lane, Race } from "../measure/race.ts";
import type { ServerProcess } from "../servers/server-process.ts";
import { ask, usualConnections } from "./world.ts";

const pageLength = 20;
const page = "select=id,name&order=name.asc";
/** Two figures within 1.3 times of each other. */
const within = 1 / 1.3;

/** The first page and deep ones, by cursor, of a small table and of a large one. */
export async function pagesByCursor(load: Load, server: ServerProcess, manyRows: number): Promise<Race> {
  const many = `${manyRows.toLocaleString("en")} rows`;
  const few = `${fewRows.toLocaleString("en")} rows`;
  const deepMany = Math.floor((manyRows * 0.9) / pageLength);
  const deepFew = Math.floor((fewRows * 0.9) / pageLength);
  const lane = (name: string, table: string, cursors: readonly string[]): Lane =>
    load.lane({
      name,
      server,
      requests: cursors.map((cursor) => rawRequest({ path: `/rest/v1/${table}?${page}&limit=${pageLength}&after=${cursor}` })),
      connections: usualConnections,
    });
  const names = {
    fewFirst: `${few}, page 1`,
    fewDeep: `${few}, page ${deepFew.toLocaleString("en")}`,
    manyFirst: `${many}, page 1`,
    manyDeep: `${many}, page ${deepMany.toLocaleString("en")}`,
  };
  return {
    title: "Pages of 20 by cursor",
    lanes: [
      lane(names.fewFirst, "few", [""]),
      lane(names.fewDeep, "few", await cursorsAfter(server, "few", deepFew * pageLength)),
      lane(names.manyFirst, "many", [""]),
      lane(names.manyDeep, "many", await cursorsAfter(server, "many", deepMany * pageLength)),
    ],
    comparisons: [
      { of: names.fewDeep, to: names.fewFirst, atLeast: within },
      { of: names.manyDeep, to: names.manyFirst, atLeast: within },
      { of: names.manyFirst, to: names.fewFirst, atLeast: within },
      { of: names.manyDeep, to: names.fewDeep, atLeast: within },
    ],
  };
}

/**
 * Cursors of rows around the n-th. Nobody pages there for them: the cursor of a page is that of its last row, so a page of
 * one row that a filter finds gives it.
 */
async function cursorsAfter(server: ServerProcess, table: string, n: number): Promise<readonly string[]> {
  const cursors: string[] = [];
  for (let index = 0; index < 50; index++) {
    const answer = await ask(server, `/rest/v1/${table}?${page}&limit=1&after=&name=gte.${nameOf(n - index * pageLength)}`, {});
    const cursor = answer.headers.get("next-cursor");
    if (cursor === null) throw new Error(`A page of ${table} has no cursor.`);
    cursors.push(cursor);
  }
  return cursors;
}
