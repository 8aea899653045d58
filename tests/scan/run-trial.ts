import { setTimeout as wait } from "node:timers/promises";
import { RunScope } from "../faults/scope.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { whileProbing } from "./availability.ts";
import type { Outcome } from "./judge.ts";
import type { Lure } from "./lure.ts";
import type { Site } from "./pathways-site.ts";
import { runBounded } from "./run-bounded.ts";
import type { Place, Scanner, Trial } from "./scanner.ts";

/** Milliseconds for the last lines of a site's log to come. */
const LOG_DELAY = 300;

export interface Surroundings {
  readonly scanner: Scanner;
  readonly site: Site;
  readonly lure: Lure;
  readonly signal: AbortSignal;
}

/** Runs a tool once against a site, with probes beside it, and gathers what can be known of it. */
export async function runTrial(trial: Trial, { scanner, site, lure, signal }: Surroundings): Promise<Outcome> {
  await using scope = new RunScope();
  const { target, log, probe, fingerprint } = site;
  const place: Place = { target, folder: await temporaryFolder(scope), lure: lure.url };
  const args = trial.args(place);
  const before = await fingerprint();
  log.take();
  lure.take();
  const bounds = { seconds: trial.seconds, folder: place.folder, signal };
  const { result, availability } = await whileProbing(target.origin + probe, target.headers, () =>
    runBounded(scanner.name, args, bounds),
  );
  await wait(LOG_DELAY);
  return {
    trial,
    args: args.map((argument) => withoutPlace(argument, place)),
    seconds: result.seconds,
    wasEnded: result.wasEnded,
    reading: trial.read(result.output, place),
    tally: log.take(),
    availability,
    changed: (await fingerprint()) !== before,
    lured: lure.take(),
  };
}

/** An argument as reports show it: without what is of this run or this machine alone. */
function withoutPlace(argument: string, { target, folder, lure }: Place): string {
  const own = [
    [folder, "<folder>"],
    [target.origin, "<origin>"],
    [lure, "<lure>"],
    [target.signedIn?.cookie ?? "", "<cookie>"],
    [target.signedIn?.token ?? "", "<token>"],
    [import.meta.dirname, "tests/scan"],
  ] as const;
  return own.reduce((text, [value, name]) => (value === "" ? text : text.replaceAll(value, name)), argument);
}
