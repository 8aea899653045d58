import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { caller, schoolId } from "../data/fill-schools.ts";
import { rawRequest } from "../load/request.ts";
import type { Race } from "../measure/race.ts";
import { moment, schoolId as pocketBaseSchoolId, userId } from "../peers/pocketbase.ts";
import { InsertLoop } from "../servers/insert-loop.ts";
import { againstPocketBase } from "./reads.ts";
import type { World } from "./world.ts";

const writers = 64;
const body = "A review that was written while the clock ran, of about the length that most of them have.";
const school = 4711;
/** Of the statement in a bare loop with the same group commit. */
const budget = 0.6;

export interface InsertRace {
  readonly race: Race;
  readonly loop: InsertLoop;
}

/** The request by which the caller of most measurements writes a review. */
export function insertReview(headers: Readonly<Record<string, string>>, prefer = "return=representation"): string {
  return rawRequest({
    method: "POST",
    path: "/rest/v1/reviews",
    headers: { ...headers, Prefer: prefer },
    body: JSON.stringify({ school: schoolId(school), stars: 4, body }),
  });
}

/** The statement alone, on a database of its own. */
export function startLoop({ spareDatabase, folder }: World, name: string): InsertLoop {
  // A file of its own: beside one that was used lies a log, which belongs to no other.
  const path = join(folder, `${name}.db`);
  copyFileSync(spareDatabase, path);
  return new InsertLoop({ path, school: schoolId(school), author: caller });
}

/** Reviews written one by one by 64 callers at once, each answered when it is durable. */
export function durableInserts(world: World): InsertRace {
  const { load, chassis, pocketBase, callers } = world;
  const loop = startLoop(world, "inserts");
  const names = {
    each: "the statement in a loop, each commit synced",
    sync: `the statement in a loop, ${writers} share a sync`,
    commit: `the statement in a loop, ${writers} share a commit`,
  };
  const lanes = [
    load.lane({ name: "Chassis", server: chassis, requests: [insertReview(callers.usual)], connections: writers }),
    loop.lane(names.each, "each commit synced"),
    loop.lane(names.sync, "share a sync", writers),
    loop.lane(names.commit, "share a commit", writers),
    loop.lane("4 KiB appended and synced, nothing else", "nothing but syncs"),
  ];
  if (pocketBase !== undefined) {
    const record = {
      school: pocketBaseSchoolId(school),
      author: userId(1),
      stars: 4,
      body,
      hidden: false,
      posted: moment("2026-01-01T00:00:00.000Z"),
    };
    const request = rawRequest({
      method: "POST",
      path: "/api/collections/reviews/records",
      headers: pocketBase.headers,
      body: JSON.stringify(record),
    });
    lanes.push(load.lane({ name: "PocketBase", server: pocketBase.server, requests: [request], connections: writers }));
  }
  const race: Race = {
    title: "Inserts, 64 at once, each answered with its row",
    lanes,
    comparisons: [
      { of: "Chassis", to: names.each },
      { of: "Chassis", to: names.sync, atLeast: budget },
      // Told and not judged: the loop knows all of its rows beforehand, and no others can get in between.
      { of: "Chassis", to: names.commit },
      // Nor this: PocketBase answers before the row is on the disk.
      ...againstPocketBase({ pocketBase }).map(({ of, to }) => ({ of, to })),
    ],
  };
  return { race, loop };
}

/** The same for one writer, a few and many, beside the loop with as many. */
export function insertsByWriters(world: World): InsertRace {
  const { load, chassis, callers } = world;
  const loop = startLoop(world, "writers");
  const counts = [1, 8, 64, 256];
  const chassisName = (count: number): string => `Chassis, ${count} at once`;
  const loopName = (count: number): string => `the statement in a loop, ${count} share a sync`;
  const race: Race = {
    title: "Inserts by how many write at once",
    lanes: counts.flatMap((count) => [
      load.lane({ name: chassisName(count), server: chassis, requests: [insertReview(callers.usual)], connections: count }),
      loop.lane(loopName(count), "share a sync", count),
    ]),
    comparisons: counts.map((count) => ({ of: chassisName(count), to: loopName(count) })),
  };
  return { race, loop };
}
