import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ServerProcess, startServer } from "./server-process.ts";

const program = (name: string): string => join(import.meta.dirname, `${name}.ts`);

export interface HandWrittenOptions {
  /** A database of its own: nothing but Chassis opens that of Chassis. */
  readonly path: string;
  readonly token: string;
  readonly user: string;
  /** An address that it answers with 200. */
  readonly ready: string;
}

export function startHandWritten({ path, token, user, ready }: HandWrittenOptions): Promise<ServerProcess> {
  return startServer({
    command: (port) => [process.execPath, program("hand-written"), String(port), path, token, user],
    ready,
    headers: { authorization: `Bearer ${token}` },
  });
}

/** Answers everything with that. `folder` is where it may leave a file. */
export function startBare({
  folder,
  name,
  headers,
  body,
}: {
  folder: string;
  name: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}): Promise<ServerProcess> {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ headers, body }));
  return startServer({ command: (port) => [process.execPath, program("bare"), String(port), file], ready: "/" });
}
