import { createHash } from "node:crypto";
import { connect } from "node:net";
import { system } from "#application";
import { type Logger, silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { projectsBackend } from "./projects-backend.ts";
import { fillProjects, type ProjectsData } from "./projects-data.ts";
import { type Scope, temporaryFolder } from "./temporary-folder.ts";

export type Person = "ann" | "bob" | "eve" | "editor";

export interface Sent {
  readonly method?: string;
  readonly as?: Person;
  readonly headers?: Readonly<Record<string, string>>;
  /** Objects and lists go as JSON; texts and bytes as they are. */
  readonly body?: unknown;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: () => unknown;
  /** The code of an error's body; undefined for anything else. */
  readonly code: string | undefined;
}

/** The projects back end as a server that listens, with its data, and everybody's tokens. */
export interface LiveProjects {
  readonly platform: Platform;
  readonly url: string;
  readonly data: ProjectsData;
  readonly tokens: Readonly<Record<Person, string>>;
  /** A request to `/rest/v1<path>` by HTTP; `path` is sent as it stands, percent-encoding included. */
  readonly ask: (path: string, sent?: Sent) => Promise<Reply>;
  /** Bytes as they are on a connection of their own, and all that came back until it was closed. */
  readonly raw: (bytes: string | Uint8Array) => Promise<string>;
  /** A checksum of every row of every table. */
  readonly checksum: () => Promise<string>;
}

const people: readonly Person[] = ["ann", "bob", "eve", "editor"];

export async function startProjects(
  t: Scope,
  { logger = silentLogger }: { readonly logger?: Logger } = {},
): Promise<LiveProjects> {
  const config = loadConfig({ environment: {}, overrides: { port: "0", rateLimits: "off" } });
  const platform = await createPlatform({
    backend: projectsBackend,
    config,
    dataDirectory: await temporaryFolder(t),
    logger,
    isDisposable: true,
  });
  t.after(() => platform.close());
  const data = await fillProjects(platform.records);
  const entries = people.map(async (name): Promise<[Person, string]> => {
    const { token } = await platform.tokens.issue({ actor: data[name], lifetime: 3_600_000 });
    return [name, token];
  });
  const tokens = Object.fromEntries(await Promise.all(entries)) as Record<Person, string>;
  const url = await platform.listen();
  return {
    platform,
    url,
    data,
    tokens,
    ask: (path, sent) => ask(`${url}/rest/v1${path}`, tokens, sent),
    raw: (bytes) => raw(Number(new URL(url).port), bytes),
    checksum: () => checksum(platform),
  };
}

async function ask(
  address: string,
  tokens: LiveProjects["tokens"],
  { method = "GET", as, headers = {}, body }: Sent = {},
): Promise<Reply> {
  const isPlain = body === undefined || typeof body === "string" || body instanceof Uint8Array;
  const response = await fetch(address, {
    method,
    headers: {
      ...(as === undefined ? {} : { authorization: `Bearer ${tokens[as]}` }),
      ...(isPlain ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isPlain ? (body as string) : JSON.stringify(body) }),
    redirect: "manual",
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: () => JSON.parse(text) as unknown,
    code: response.status >= 300 && text.startsWith("{") ? (JSON.parse(text) as { code?: string }).code : undefined,
  };
}

function raw(port: number, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.setTimeout(5_000, () => socket.destroy(new Error("no answer")));
    socket
      .on("data", (chunk) => (answer += chunk.toString("latin1")))
      .on("error", (error) => (answer += `[${error.message}]`))
      .on("close", () => resolve(answer));
  });
}

async function checksum({ records }: Platform): Promise<string> {
  const hash = createHash("sha256");
  for (const table of projectsBackend.model.tables.keys()) {
    const order = [{ path: { column: "id", json: [] }, direction: "asc" }] as const;
    const { json } = await records.read({ table, selection: { items: [], order }, values: [], form: "json" }, system);
    hash.update(`${table} ${json}\n`);
  }
  return hash.digest("hex");
}
