import { writeFile } from "node:fs/promises";
import { type Caller, system } from "#application";
import { parseBaseUrl } from "#base";
import type { Model } from "#database";
import { describeApi } from "#platform";
import { readActor } from "../backend/actor-options.ts";
import { CommandError, UsageError } from "../command-line/failure.ts";
import { findBackend, loadBackend } from "../backend/load-backend.ts";
import type { Terminal } from "../command-line/terminal.ts";

export interface OpenApiOptions {
  readonly backend: string;
  readonly as?: string;
  readonly role?: readonly string[];
  readonly claim?: readonly string[];
  readonly anonymous?: boolean;
  readonly url?: string;
  readonly out?: string;
}

/** Prints the document, or writes it to a file. */
export async function openapi(options: OpenApiOptions, terminal: Terminal): Promise<void> {
  const serverUrl = options.url === undefined ? undefined : readUrl(options.url);
  const backend = await loadBackend(findBackend(options.backend));
  const caller = readCaller(backend.model, options);
  const document = describeApi(backend, { caller, now: Date.now(), ...(serverUrl === undefined ? {} : { serverUrl }) });
  const text = JSON.stringify(document, null, 2);
  if (options.out === undefined) terminal.print(text);
  else await write(options.out, `${text}\n`);
}

function readUrl(text: string): string {
  try {
    return parseBaseUrl(text);
  } catch (error) {
    throw new UsageError(`--url ${(error as Error).message}, not '${text}'.`);
  }
}

function readCaller(model: Model, { as: user, role, claim, anonymous = false }: OpenApiOptions): Caller {
  if (anonymous) return null;
  if (user !== undefined)
    return readActor(model, { user, ...(role === undefined ? {} : { role }), ...(claim === undefined ? {} : { claim }) });
  if (role !== undefined || claim !== undefined) throw new UsageError("Roles and claims are somebody's: say whose with --as.");
  return system;
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new CommandError(`${file} cannot be written: ${(error as Error).message}`);
  }
}
