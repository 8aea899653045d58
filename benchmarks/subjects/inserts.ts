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

/** Reviews written one by one by 64 callers at once, each answered when it is durable. */
export function durableInserts({ load, chassis, pocketBase, callers, spareDatabase, folder }: World): {
  readonly race: Race;
  readonly loop: InsertLoop;
} {
  const path = join(folder, "inserts.db");
  copyFileSync(spareDatabase, path);
  const loop = new InsertLoop({ path, school: schoolId(school), author: caller });
  const chassisRequest = rawRequest({
    method: "POST",
    path: "/rest/v1/reviews",
    headers: { ...callers.usual, Prefer: "return=representation" },
    body: JSON.stringify({ school: schoolId(school), stars: 4, body }),
  });
  const lanes = [
    load.lane({ name: "Chassis", server: chassis, requests: [chassisRequest], connections: writers }),
    loop.lane("the statement in a loop, each commit synced", 1),
    loop.lane("the statement in a loop, 64 share a sync", writers),
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
      { of: "Chassis", to: "the statement in a loop, each commit synced" },
      { of: "Chassis", to: "the statement in a loop, 64 share a sync" },
      // Told and not judged: PocketBase answers before the row is on the disk.
      ...againstPocketBase({ pocketBase }).map(({ of, to }) => ({ of, to })),
    ],
  };
  return { race, loop };
}
