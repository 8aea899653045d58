import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { type ServerProcess, startServer } from "./server-process.ts";

const main = resolve(import.meta.dirname, "../../src/cli/main.ts");

export type BackendName = "schools" | "pages";

export function backendFolder(name: BackendName): string {
  return resolve(import.meta.dirname, "../backends", name);
}

/** Where a data directory has its database. */
export function databaseIn(dataDirectory: string): string {
  return join(dataDirectory, "chassis.db");
}

export interface ChassisOptions {
  readonly backend: BackendName;
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
    command: () => [process.execPath, ...nodeOptions, main, "start", backendFolder(backend)],
    environment: (port) => ({ PORT: String(port), CHASSIS_HOST: "127.0.0.1", CHASSIS_DATA: dataDirectory }),
    ready,
    headers,
  });
}

/** A bearer token for that user. */
export function createToken(dataDirectory: string, user: string): string {
  const result = spawnSync(process.execPath, [main, "token", backendFolder("schools"), "--user", user], {
    encoding: "utf8",
    env: { ...process.env, CHASSIS_DATA: dataDirectory },
  });
  if (result.status !== 0) throw new Error(`No token was made: ${result.stderr}`);
  return result.stdout.trim();
}
