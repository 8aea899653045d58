import { laterPlaces } from "./addresses.ts";
import { postedAt } from "../data/fill-schools.ts";
import { rawRequest } from "../load/request.ts";
import type { Lane } from "../measure/race.ts";
import type { PreparedRace } from "./reads.ts";
import { usualConnections, type World } from "./world.ts";

/** The same list of the same rows with and without a rule that looks at `row.school.editors`. */
export async function twoHops({ load, chassis, callers }: World): Promise<PreparedRace> {
  const lane = (name: string, table: string, headers: Readonly<Record<string, string>>): Lane =>
    load.lane({
      name,
      server: chassis,
      requests: laterPlaces(2000).map((n) =>
        rawRequest({
          path: `/rest/v1/${table}?select=id,title,posted&posted=lt.${postedAt(n)}&order=posted.desc&limit=20`,
          headers,
        }),
      ),
      connections: usualConnections,
    });
  return {
    race: {
      title: "List 20 of 100,000 under a rule two relations away",
      lanes: [
        lane("no rule", "open_notes", callers.usual),
        lane("may read 1 row in 2", "notes", callers.usual),
        lane("may read 1 row in 100", "notes", callers.rareEditor),
        lane("may read none", "notes", callers.stranger),
      ],
      comparisons: [
        { of: "may read 1 row in 2", to: "no rule", atLeast: 1 / 3 },
        { of: "may read 1 row in 100", to: "no rule" },
        { of: "may read none", to: "no rule" },
      ],
    },
    servers: [],
  };
}
