import { missingRules, openToEveryone } from "#application";
import type { Config } from "#config";
import { createPlatform, databasePath, type Door, type Platform } from "#platform";
import { createLogger, LoopWatch, type ProcessLogger } from "#server";
import { describeOpen, listWays } from "./describe-ways.ts";
import { guardProcess } from "./process-guards.ts";
import type { Terminal } from "./terminal.ts";
import type { Workplace } from "./workplace.ts";

export interface ServeOptions {
  readonly development?: boolean;
  /** Where connections come from, if this process does not listen itself. */
  readonly door?: Door;
  /** What people read in place of where everything is: they know already. */
  readonly brief?: string | undefined;
}

/**
 * Runs a back end until the process is told to end, and says where everything is: in lines for people, or as one line of the log
 * where machines read. Resolves once it listens. In development mails go to the mailbox where no server is set.
 */
export async function serve(
  workplace: Workplace,
  terminal: Terminal,
  { development = false, door, brief }: ServeOptions = {},
): Promise<Platform> {
  const { backend, config, dataDirectory, file: backendFile } = workplace;
  const format = logFormat(config);
  const logger = await createLogger({ level: config.logLevel, format, stream: process.stderr });
  const running: { platform?: Platform; loop?: LoopWatch } = {};
  guardProcess({
    logger,
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
  terminal.progress("");
  // Not before: while it starts nobody is served anyway.
  if (config.loopWarning !== undefined) running.loop = new LoopWatch({ limit: config.loopWarning, logger, format });
  const url = await listen(platform, door);
  if (format === "json") {
    const unreachable = listWays(missingRules(backend));
    logger.info(
      { url, database: databasePath(dataDirectory), open: listWays(openToEveryone(backend)), unreachable },
      "Listening.",
    );
  } else if (brief !== undefined) terminal.print(brief);
  else for (const line of describeServer(workplace, url, { terminal, development })) terminal.print(line);
  await offerFirstAdmin(platform, format, { terminal, logger });
  return platform;
}

/** Whoever sees the console makes the first administrator. A log is seen by others: there it is said how else. */
async function offerFirstAdmin(
  { auth }: Platform,
  format: "json" | "text",
  { terminal, logger }: { readonly terminal: Terminal; readonly logger: ProcessLogger },
): Promise<void> {
  const link = await auth?.firstAdmin.offer();
  if (auth === undefined || link === undefined) return;
  const { adminRole } = auth.definition;
  if (format === "json") {
    logger.warn({}, `There is no administrator yet: chassis user create <address> --role ${adminRole} makes one.`);
    return;
  }
  terminal.print(terminal.style("yellow", "There is no administrator yet. This link makes one, once:"));
  terminal.print(`  ${link}`);
  terminal.print();
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

function describeServer(
  { file, backend, dataDirectory }: Workplace,
  url: string,
  { terminal, development }: { readonly terminal: Terminal; readonly development: boolean },
): readonly string[] {
  const places: readonly (readonly [string, string])[] = [
    ...(backend.routes === undefined ? [] : [["Site", url] as const]),
    ...(backend.auth?.pages === undefined ? [] : [["Sign-in", `${url}/auth/sign-in`] as const]),
    ["Data API", `${url}/rest/v1`],
    ["Health", `${url}/health/ready`],
    ...(development ? [["Mail", `${url}/dev/mailbox`] as const] : []),
    ["Database", databasePath(dataDirectory)],
  ];
  const missing = listWays(missingRules(backend));
  return [
    "",
    `${terminal.style("bold", "Chassis")} runs ${file}`,
    "",
    ...places.map(([name, place]) => `  ${name.padEnd(10)}${terminal.style("cyan", place)}`),
    "",
    ...describeOpen(backend),
    ...(missing.length === 0
      ? []
      : [
          "",
          terminal.style("yellow", "Without a rule, and so out of everybody's reach:"),
          ...missing.map((line) => `  ${line}`),
        ]),
    "",
  ];
}
