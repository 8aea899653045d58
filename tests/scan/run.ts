/**
 * `npm run scan`: Debian's scanners against Pathways, about a quarter of an hour. Each must first find what is wrong with a site that is made
 * to be broken into; then it is let loose on Pathways. `npm run scan -- --calibrate` does the first alone, `npm run scan ffuf sqlmap`
 * runs two of them. Writes a report each to docs/reference/security-reports/. Ends with 1 where something was found, with 2 where
 * a scanner is missing.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { RunScope } from "../faults/scope.ts";
import { requireCommand } from "../support/requirements.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { ffuf } from "./ffuf.ts";
import { judge } from "./judge.ts";
import { startLure } from "./lure.ts";
import { type Site, startPathways } from "./pathways-site.ts";
import { formatReport, type Judged } from "./report.ts";
import { runBounded } from "./run-bounded.ts";
import { runTrial } from "./run-trial.ts";
import type { Scanner } from "./scanner.ts";
import { slowhttptest } from "./slowhttptest.ts";
import { sqlmap } from "./sqlmap.ts";
import { startVulnerableSite } from "./vulnerable-site.ts";
import { wapiti } from "./wapiti.ts";

const scanners: readonly Scanner[] = [sqlmap, wapiti, ffuf, slowhttptest];
const reports = join(import.meta.dirname, "../../docs/reference/security-reports");

interface Wanted {
  readonly chosen: readonly Scanner[];
  readonly calibrateOnly: boolean;
}

function readArguments(): Wanted | string {
  const { values, positionals } = parseArgs({
    options: { calibrate: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !scanners.some((scanner) => scanner.name === name));
  if (unknown.length > 0)
    return `There is no scanner ${unknown.join(", ")}. There are: ${scanners.map(({ name }) => name).join(", ")}.`;
  const missing = scanners.filter(({ name }) => isWanted(name) && !isInstalled(name)).map(({ name }) => name);
  function isWanted(name: string): boolean {
    return positionals.length === 0 || positionals.includes(name);
  }
  if (missing.length > 0) return `Not here: ${missing.join(", ")}. On Debian: apt-get install ${missing.join(" ")}`;
  return { chosen: scanners.filter(({ name }) => isWanted(name)), calibrateOnly: values.calibrate };
}

function isInstalled(name: string): boolean {
  const environment = { PATH: process.env["PATH"] };
  return requireCommand({ skip() {} }, { names: [name], howToGet: "" }, { environment }) !== undefined;
}

/** What went wrong, in sentences. */
async function scan({ chosen, calibrateOnly }: Wanted, signal: AbortSignal): Promise<readonly string[]> {
  await using scope = new RunScope();
  const lure = await startLure(scope);
  const problems: string[] = [];
  const vulnerable = await startVulnerableSite(scope);
  const calibrations = new Map<Scanner, string>();
  for (const scanner of chosen) {
    for (const { trial, finds } of scanner.calibration) {
      const { reading } = await runTrial(trial, { scanner, site: vulnerable, lure, signal });
      const unseen = finds.filter((pattern) => !reading.findings.some(({ what }) => pattern.test(what)));
      const said =
        unseen.length === 0 ? `It found ${trial.what}.` : `It is blind: it did not find ${trial.what} (${unseen.join(", ")}).`;
      console.log(`${scanner.name}, calibration: ${said}`);
      calibrations.set(scanner, said);
      if (unseen.length > 0) problems.push(`${scanner.name}: ${said}`);
    }
  }
  if (calibrateOnly) return problems;

  const sites = new Map<boolean, Site>();
  const siteFor = async (limited: boolean): Promise<Site> => {
    const site = sites.get(limited) ?? (await startPathways(scope, { limited }));
    sites.set(limited, site);
    return site;
  };
  for (const scanner of chosen) {
    const version = await versionOf(scanner, signal);
    const outcomes: Judged[] = [];
    for (const trial of scanner.trials) {
      const site = await siteFor(trial.limited ?? false);
      const outcome = await runTrial(trial, { scanner, site, lure, signal });
      const verdict = judge(scanner.name, outcome);
      outcomes.push({ ...outcome, verdict });
      console.log(
        `${scanner.name}: ${trial.what}: ${Math.round(outcome.seconds)} s, ${outcome.tally.requests} requests, ${verdict.problems.length} found`,
      );
      for (const problem of verdict.problems) console.log(`  ${problem}`);
      problems.push(...verdict.problems.map((problem) => `${scanner.name}, ${trial.what}: ${problem}`));
    }
    const calibration = calibrations.get(scanner) ?? "";
    const report = formatReport({ scanner: scanner.name, version, date: new Date(), calibration, outcomes });
    await writeFile(join(reports, `${scanner.name}.md`), report);
  }
  return problems;
}

async function versionOf({ name, versionArgs, version }: Scanner, signal: AbortSignal): Promise<string> {
  await using scope = new RunScope();
  const { output } = await runBounded(name, versionArgs, { seconds: 30, folder: await temporaryFolder(scope), signal });
  return version.exec(output)?.[1] ?? "of unknown version";
}

async function main(): Promise<number> {
  const wanted = readArguments();
  if (typeof wanted === "string") {
    console.error(wanted);
    return 2;
  }
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort(new Error("It was stopped.")));
  const problems = await scan(wanted, stop.signal).catch((error: unknown) => {
    if (stop.signal.aborted) return ["It was stopped."];
    throw error;
  });
  console.log(problems.length === 0 ? "\nNothing found." : ["", `${problems.length} to look into:`, ...problems].join("\n"));
  return problems.length === 0 ? 0 : 1;
}

process.exitCode = await main();
