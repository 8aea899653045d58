const wanted = process.env["PROPERTY_RUNS"];

/**
 * How often a property is tried: `short` in `npm test`, enough to see what is broken; `long` in `npm run test:long`, which has every file that calls this.
 * `PROPERTY_RUNS` names a number for all of them.
 */
export function propertyRuns(short: number, long: number): number {
  if (wanted === undefined || wanted === "") return short;
  return wanted === "long" ? long : Number(wanted);
}
