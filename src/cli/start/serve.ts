import { type Backend, missingRules, openToEveryone, referenceCircles } from "#application";
import type { Config } from "#config";
import { createPlatform, databasePath, type Door, type Platform } from "#platform";
import { createLogger, LoopWatch, type ProcessLogger } from "#server";
import { describeCircles } from "../check/describe-circles.ts";
import { describeOpen, listWays } from "../permissions/describe-ways.ts";
import { guardProcess } from "./process-guards.ts";
import type { Terminal } from "../command-line/terminal.ts";
import type { Workplace } from "../backend/workplace.ts";

export interface ServeOptions {
  readonly development?: boolean;
  /** Where connections come from, if this process does not listen itself. */
  readonly door?: Door;
  /** What people read in place of where everything is: they know already. */
  readonly brief?: string | undefined;
  /** The secret of the link to the first administrator that people have been shown already: it stays good, and is not shown again. */
  readonly firstAdmin?: string | undefined;
}

export interface Serving {
  readonly platform: Platform;
  /** The secret of the link that makes the first administrator; undefined where there is one, or where there is no sign-in. */
  readonly firstAdmin: string | undefined;
}

/**
 * Runs a back end until the process is told to end, and says where everything is: in lines for people, or as one line of the log
 * where machines read. Resolves once it listens. In development mails go to the mailbox where no server is set.
 */
export async function serve(
  workplace: Workplace,
  terminal: Terminal,
  { development = false, door, brief, firstAdmin: known }: ServeOptions = {},
): Promise<Serving> {
  const { backend, config, dataDirectory, file: backendFile } = workplace;
  const format = logFormat(config);
  const logger = await createLogger({ level: config.logLevel, format, stream: process.stderr });
  const running: { platform?: Platform; loop?: LoopWatch } = {};
  guardProcess({
    logger,
    // One version after the other ends: whoever saves knows why.
    saysClosing: !development || format === "json",
    close: async () => {
      await running.platform?.close();
      await running.loop?.close();
    },
  });
  const platform = await createPlatform({
    backend,
    backendFile,
    config,
    dataDirectory,
    logger,
    report: reporter(format, terminal, logger),
    loopStalls: () => running.loop?.stalls ?? 0,
    development,
  });
  running.platform = platform;
  if (format === "text") terminal.progress("");
  // Not before: while it starts nobody is served anyway.
  if (config.loopWarning !== undefined) running.loop = new LoopWatch({ limit: config.loopWarning, logger, format });
  const url = await listen(platform, door);
  if (format === "json") {
    const unreachable = listWays(missingRules(backend));
    logger.info(
      { url, database: databasePath(dataDirectory), open: listWays(openToEveryone(backend)), unreachable },
      "Listening.",
    );
  } else if (brief !== undefined) {
    // A table that has just come has no rule yet.
    for (const line of [brief, ...describeMissing(backend, terminal).slice(1)]) terminal.print(line);
  } else {
    const lines = development ? describeDevelopment(workplace, url, terminal) : describeServer(workplace, url, terminal);
    for (const line of lines) terminal.print(line);
  }
  return { platform, firstAdmin: await offerFirstAdmin(platform, { known, format, terminal, logger }) };
}

/** Whoever sees the console makes the first administrator. A log is seen by others: there it is said how else. */
async function offerFirstAdmin(
  { auth }: Platform,
  {
    known,
    format,
    terminal,
    logger,
  }: {
    readonly known: string | undefined;
    readonly format: "json" | "text";
    readonly terminal: Terminal;
    readonly logger: ProcessLogger;
  },
): Promise<string | undefined> {
  const link = await auth?.firstAdmin.offer(known);
  if (auth === undefined || link === undefined) return undefined;
  if (known !== undefined) return known;
  const { adminRole } = auth.definition;
  if (format === "json")
    logger.warn({}, `There is no administrator yet: chassis user create <address> --role ${adminRole} makes one.`);
  else {
    terminal.print(terminal.style("yellow", "There is no administrator yet. This link makes one, once:"));
    terminal.print(`  ${link}`);
    terminal.print();
  }
  return new URL(link).searchParams.get("token") ?? undefined;
}

async function listen(platform: Platform, door: Door | undefined): Promise<string> {
  try {
    return await platform.listen(door);
  } catch (error) {
    await platform.close();
    throw error;
  }
}

function logFormat({ logFormat: format }: Config): "json" | "text" {
  if (format !== "auto") return format;
  return process.stdout.isTTY ? "text" : "json";
}

function reporter(format: "json" | "text", terminal: Terminal, logger: ProcessLogger): (progress: string) => void {
  return format === "text" && process.stderr.isTTY
    ? (progress) => terminal.progress(progress)
    : (progress) => logger.info({}, progress);
}

/** Whoever develops starts it many times, and knows what they have written: where to look, and what nobody can reach. */
function describeDevelopment(
  { file, backend, config, dataDirectory }: Workplace,
  url: string,
  terminal: Terminal,
): readonly string[] {
  const hasSite = backend.routes !== undefined;
  const hasPages = backend.auth?.pages !== undefined;
  return [
    ...describePlaces(terminal, file, [
      [hasSite ? "Site" : "Server", url],
      ...(hasPages && !hasSite ? [["Sign-in", `${url}/auth/sign-in`] as const] : []),
      ...(config.apiDocs === "off" ? [] : [["API docs", `${url}/docs`] as const]),
      ["Mail", `${url}/dev/mailbox`],
      ["Data", dataDirectory],
    ]),
    ...describeMissing(backend, terminal),
    "",
  ];
}

function describeServer({ file, backend, dataDirectory }: Workplace, url: string, terminal: Terminal): readonly string[] {
  const places: readonly (readonly [string, string])[] = [
    ...(backend.routes === undefined ? [] : [["Site", url] as const]),
    ...(backend.auth?.pages === undefined ? [] : [["Sign-in", `${url}/auth/sign-in`] as const]),
    ["Data API", `${url}/rest/v1`],
    ["Health", `${url}/health/ready`],
    ["Database", databasePath(dataDirectory)],
  ];
  return [...describePlaces(terminal, file, places), "", ...describeOpen(backend), ...describeMissing(backend, terminal), ""];
}

function describePlaces(terminal: Terminal, file: string, places: readonly (readonly [string, string])[]): readonly string[] {
  return [
    "",
    `${terminal.style("bold", "Chassis")} runs ${file}`,
    "",
    ...places.map(([name, place]) => `  ${name.padEnd(10)}${terminal.style("cyan", place)}`),
  ];
}

function describeMissing(backend: Backend, terminal: Terminal): readonly string[] {
  const missing = listWays(missingRules(backend));
  const told = [
    ...(missing.length === 0
      ? []
      : [terminal.style("yellow", "Without a rule, and so out of everybody's reach:"), ...missing.map((line) => `  ${line}`)]),
    ...describeCircles(referenceCircles(backend.model), terminal),
  ];
  return told.length === 0 ? [] : ["", ...told];
}
