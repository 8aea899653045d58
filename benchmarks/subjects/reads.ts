import { rawRequest } from "../load/request.ts";
import type { Lane, Race } from "../measure/race.ts";
import { startBare } from "../servers/programs.ts";
import type { ServerProcess } from "../servers/server-process.ts";
import { type Addresses, goodReviewsBefore, laterPlaces, oneReview, visibleReviews } from "./addresses.ts";
import { ask, sameAnswer, usualConnections, type World } from "./world.ts";

/** A race and what must be stopped after it. */
export interface PreparedRace {
  readonly race: Race;
  readonly servers: readonly ServerProcess[];
}

/** One row by its id, under a rule, by a caller who is signed in. */
export async function readById(world: World): Promise<PreparedRace> {
  const addresses = visibleReviews(5000).map(oneReview);
  const { body, chassisHeaders } = await compareAnswers(world, addresses);
  const plain = { "content-type": "application/json; charset=utf-8", "content-length": String(Buffer.byteLength(body)) };
  const bare = await startBare({ folder: world.folder, name: "bare", headers: plain, body });
  const dressed = await startBare({ folder: world.folder, name: "dressed", headers: chassisHeaders, body });
  const requests = addresses.map(({ handWritten }) => rawRequest({ path: handWritten, headers: world.callers.usual }));
  const bareLane = (name: string, server: ServerProcess): Lane =>
    world.load.lane({ name, server, requests, connections: usualConnections });
  return {
    race: {
      title: "Read by id under a rule, signed in",
      lanes: [...lanes(world, addresses), bareLane("bare", bare), bareLane("bare, Chassis's headers", dressed)],
      comparisons: [
        { of: "Chassis", to: "hand-written", atLeast: 0.85 },
        { of: "Chassis", to: "bare", atLeast: 0.6 },
        { of: "Chassis", to: "bare, Chassis's headers" },
        { of: "hand-written", to: "bare" },
        ...againstPocketBase(world),
      ],
    },
    servers: [bare, dressed],
  };
}

/** Twenty of 100,000 rows: filtered, ordered, each with the row that it refers to. */
export async function listRows(world: World): Promise<PreparedRace> {
  const addresses = laterPlaces(2000).map(goodReviewsBefore);
  await compareAnswers(world, addresses);
  return {
    race: {
      title: "List 20 of 100,000: filter, order, one relation",
      lanes: lanes(world, addresses),
      comparisons: [{ of: "Chassis", to: "hand-written", atLeast: 0.9 }, ...againstPocketBase(world)],
    },
    servers: [],
  };
}

function lanes({ load, chassis, handWritten, pocketBase, callers }: World, addresses: readonly Addresses[]): readonly Lane[] {
  const lane = (name: string, server: ServerProcess, paths: readonly string[], headers: Readonly<Record<string, string>>): Lane =>
    load.lane({ name, server, requests: paths.map((path) => rawRequest({ path, headers })), connections: usualConnections });
  return [
    lane(
      "Chassis",
      chassis,
      addresses.map((address) => address.chassis),
      callers.usual,
    ),
    lane(
      "hand-written",
      handWritten,
      addresses.map((address) => address.handWritten),
      callers.usual,
    ),
    ...(pocketBase === undefined
      ? []
      : [
          lane(
            "PocketBase",
            pocketBase.server,
            addresses.map((address) => address.pocketBase),
            pocketBase.headers,
          ),
        ]),
  ];
}

export function againstPocketBase({ pocketBase }: Pick<World, "pocketBase">): Race["comparisons"] {
  return pocketBase === undefined ? [] : [{ of: "Chassis", to: "PocketBase", atLeast: 3 }];
}

/** Looks at some answers, and gives Chassis's to the first address. */
async function compareAnswers(
  { chassis, handWritten, callers }: World,
  addresses: readonly Addresses[],
): Promise<{ body: string; chassisHeaders: Readonly<Record<string, string>> }> {
  let body = "";
  for (const address of addresses.slice(0, 20)) {
    body = await sameAnswer(ask(chassis, address.chassis, callers.usual), ask(handWritten, address.handWritten, callers.usual));
  }
  const { headers } = await ask(chassis, addresses[19]?.chassis ?? "", callers.usual);
  const ofConnection = new Set(["connection", "keep-alive", "date"]);
  return { body, chassisHeaders: Object.fromEntries([...headers].filter(([name]) => !ofConnection.has(name))) };
}
