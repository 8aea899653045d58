import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join, resolve } from "node:path";
import { type ServerProcess, startServer } from "./server-process.ts";

const main = resolve(import.meta.dirname, "../../src/cli/main.ts");

export type BackendName = "schools" | "pages" | "kept";

function backendFolder(name: BackendName): string {
  return resolve(import.meta.dirname, "../backends", name);
}

/** The load comes from one address. It is counted, as it is for everybody, and never too much. */
const uncounted: Readonly<Record<string, string>> = {
  CHASSIS_RATE_REQUESTS: "999999999/1s",
  CHASSIS_RATE_WRITES: "999999999/1s",
  CHASSIS_RATE_FUNCTIONS: "999999999/1s",
  CHASSIS_LIMIT_READS_AT_ONCE: "1000000",
  CHASSIS_LIMIT_WRITES_AT_ONCE: "1000000",
  CHASSIS_LIMIT_FUNCTIONS_AT_ONCE: "1000000",
};

/** Where a data directory has its database. */
export function databaseIn(dataDirectory: string): string {
  return join(dataDirectory, "chassis.db");
}

export interface ChassisOptions {
  readonly backend: BackendName | BuiltBackend;
  readonly dataDirectory: string;
  /** What must answer 200 before it counts as started. */
  readonly ready?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
}

/** The server as `npm start` runs it, all settings at their defaults. */
export function startChassis({
  backend,
  dataDirectory,
  ready = "/health/ready",
  headers = {},
  nodeOptions = [],
}: ChassisOptions): Promise<ServerProcess> {
  return startServer({
    command: () => [
      process.execPath,
      ...nodeOptions,
      ...(typeof backend === "string" ? [main, "start", backendFolder(backend)] : [backend.main, "start", backend.file]),
    ],
    environment: (port) => ({ PORT: String(port), CHASSIS_HOST: "127.0.0.1", CHASSIS_DATA: dataDirectory, ...uncounted }),
    ready,
    headers,
  });
}

/** Chassis as it is published, and a back end beside it, all of it JavaScript. */
export interface BuiltBackend {
  readonly main: string;
  readonly file: string;
}

/** Builds the package; where its dependencies are found. */
export function buildChassis(name: BackendName): BuiltBackend {
  const folder = resolve(import.meta.dirname, "../../node_modules/.cache/chassis-built");
  const result = spawnSync(process.execPath, [resolve(import.meta.dirname, "../../tools/build.ts"), folder], {
    encoding: "utf8",
  });
  if (result.status !== 0) throw new Error(`The package could not be built: ${result.stdout}${result.stderr}`);
  // Inside the package, so that it is the one that the back end imports.
  const file = join(folder, "backends", name, "backend.js");
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, stripTypeScriptTypes(readFileSync(join(backendFolder(name), "backend.ts"), "utf8")));
  return { main: join(folder, "cli/main.js"), file };
}

/** A bearer token for that user. */
export function createToken(dataDirectory: string, user: string, backend: BackendName = "schools"): string {
  const result = spawnSync(process.execPath, [main, "token", backendFolder(backend), "--user", user], {
    encoding: "utf8",
    env: { ...process.env, CHASSIS_DATA: dataDirectory },
  });
  if (result.status !== 0) throw new Error(`No token was made: ${result.stderr}`);
  return result.stdout.trim();
}
