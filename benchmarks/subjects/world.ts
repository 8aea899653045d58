import type { Load } from "../load/load.ts";
import type { PocketBase } from "../peers/pocketbase.ts";
import type { ServerProcess } from "../servers/server-process.ts";

/** The servers that are measured, all of them running; and the load. */
export interface World {
  readonly load: Load;
  readonly chassis: ServerProcess;
  readonly handWritten: ServerProcess;
  readonly pocketBase: { readonly server: ServerProcess; readonly headers: PocketBase["headers"] } | undefined;
  /** The headers of the caller of most measurements, and of an editor of one school in a hundred. */
  readonly callers: {
    readonly usual: Readonly<Record<string, string>>;
    readonly rareEditor: Readonly<Record<string, string>>;
    readonly stranger: Readonly<Record<string, string>>;
  };
  /** A database like Chassis's that nobody has open. */
  readonly spareDatabase: string;
  /** For what a subject must leave in a file. */
  readonly folder: string;
}

/** Requests under way at once, where a subject does not say otherwise. */
export const usualConnections = 16;

/** A good answer of a server; throws for any other. */
export async function ask(server: ServerProcess, path: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
  if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
  return response;
}

/** Throws unless both answers are the same to the byte: else the two servers did not do the same work. */
export async function sameAnswer(first: Promise<Response>, second: Promise<Response>): Promise<string> {
  const [one, other] = await Promise.all([first.then((response) => response.text()), second.then((response) => response.text())]);
  if (one !== other) throw new Error(`Two servers give different answers:\n${one.slice(0, 500)}\n${other.slice(0, 500)}`);
  return one;
}
