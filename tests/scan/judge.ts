import type { Availability } from "./availability.ts";
import { type Explanation, explanationOf } from "./explained.ts";
import type { Finding, Reading, Trial } from "./scanner.ts";
import type { Tally } from "./site-log.ts";

/** Connections that may be there at the end: those of the tool's own questions whether others are served, and of ours. */
const CONNECTIONS_LEFT = 10;

/** What is known of one run of a tool. */
export interface Outcome {
  readonly trial: Trial;
  readonly args: readonly string[];
  readonly seconds: number;
  readonly wasEnded: boolean;
  readonly reading: Reading;
  readonly tally: Tally;
  readonly availability: Availability;
  /** Something that the scanning user may not change is not as it was. */
  readonly changed: boolean;
  /** Requests that came to the lure. */
  readonly lured: number;
}

export interface Verdict {
  /** Each a sentence: what was found, or why nothing can be said. None: nothing was found. */
  readonly problems: readonly string[];
  readonly explained: readonly { readonly finding: Finding; readonly explanation: Explanation }[];
}

/** Holds what the tool says together with what the site's log, the probes beside it and the data say. */
export function judge(scanner: string, { trial, wasEnded, reading, tally, availability, changed, lured }: Outcome): Verdict {
  const problems: string[] = [];
  const explained: Verdict["explained"][number][] = [];
  for (const finding of reading.findings) {
    const explanation = explanationOf(scanner, finding);
    if (explanation === undefined) problems.push(`${finding.where}: ${finding.what}`);
    else explained.push({ finding, explanation });
  }
  if (wasEnded) problems.push(`It was not ready after ${trial.seconds} s and was ended: what it had not tried yet is not known.`);
  else if (!reading.complete) problems.push("It broke off, so that nothing can be said.");
  if (tally.requests < trial.least)
    problems.push(`The site saw ${tally.requests} requests, not ${trial.least}: it did not do its work.`);
  for (const defect of tally.defects.slice(0, 5)) problems.push(`The site logged an error: ${defect}`);
  const failures = tally.statuses.get(500) ?? 0;
  if (failures > 0) problems.push(`${failures} requests were answered with 500.`);
  if (availability.failed > 0)
    problems.push(`${availability.failed} of ${availability.probes} probes beside it were not served.`);
  const { last, most } = availability.connections;
  if (trial.letsGo === true && reading.letGo !== true && last > CONNECTIONS_LEFT)
    problems.push(`The server still held ${last} of ${most} connections.`);
  if (changed) problems.push("Data was changed that the scanning user may not change.");
  if (lured > 0) problems.push(`The site was made to ask for another address ${lured} times.`);
  return { problems, explained };
}
