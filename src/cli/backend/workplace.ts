import { resolve } from "node:path";
import type { Backend } from "#application";
import { type Config, loadConfig } from "#config";
import { type LockHolder, readLock } from "#database";
import { databasePath } from "#platform";
import type { SettingName } from "#settings";
import { defaultDataDirectory, findBackend, loadBackend } from "./load-backend.ts";

/** A back end, its settings, and where its data is: what every command begins with. */
export interface Workplace {
  readonly file: string;
  readonly backend: Backend;
  readonly config: Config;
  readonly dataDirectory: string;
}

export async function openWorkplace(
  path: string,
  overrides: Readonly<Partial<Record<SettingName, string | undefined>>> = {},
): Promise<Workplace> {
  const config = loadConfig({ overrides });
  const file = findBackend(path);
  const dataDirectory = resolve(config.dataDirectory ?? defaultDataDirectory(file));
  return { file, backend: await loadBackend(file), config, dataDirectory };
}

/** The server that holds this back end's database; undefined when none does. */
export function findServer({ dataDirectory }: Pick<Workplace, "dataDirectory">): LockHolder | undefined {
  return readLock(databasePath(dataDirectory));
}
