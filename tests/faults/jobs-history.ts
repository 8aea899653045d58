import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Client } from "./client.ts";
import type { JobEvent, JobsHistory } from "./jobs-checker.ts";

export const jobsBackend: string = fileURLToPath(new URL("jobs/backend.ts", import.meta.url));

/** What the jobs of the back end for jobs told so far. */
export function readEvents(log: string): readonly JobEvent[] {
  if (!existsSync(log)) return [];
  return readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as JobEvent);
}

/** That, with what they left in its tables. */
export async function readJobs(log: string, client: Client): Promise<Pick<JobsHistory, "events" | "effects" | "tally">> {
  const rows = async <T>(path: string): Promise<readonly T[]> => {
    const { text } = await client.ask("GET", `/rest/v1/${path}`);
    return JSON.parse(text) as readonly T[];
  };
  const [effects, tally] = [
    await rows<{ number: string }>("effects?select=number"),
    await rows<{ value: number }>("tally?select=value"),
  ];
  return { events: readEvents(log), effects: effects.map(({ number }) => number), tally: tally[0]?.value ?? 0 };
}
