import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type ServerProcess, startServer } from "../servers/server-process.ts";
import { collections, type CollectionInput } from "./pocketbase-collections.ts";

export interface PocketBase {
  start(): Promise<ServerProcess>;
  /** The headers that prove who asks. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface PocketBaseOptions {
  readonly program: string;
  /** Where it keeps its data; made anew. */
  readonly folder: string;
  /** Chassis's database, whose rows it gets. */
  readonly source: string;
}

const superuser = { identity: "bench@example.org", password: "a long password" } as const;
const user = { email: "user-0001@example.org", password: "a long password" } as const;

/**
 * PocketBase on the same rows with the same indexes and rules, its settings at their defaults but for one in its favour: its
 * log of requests is off, as ours is. Collections and the caller are made through its API, the rows copied by SQL while it is down.
 */
export async function preparePocketBase({ program, folder, source }: PocketBaseOptions): Promise<PocketBase> {
  const start = (): Promise<ServerProcess> =>
    startServer({
      command: (port) => [program, "serve", `--http=127.0.0.1:${port}`, ...places(folder)],
      ready: "/api/health",
    });
  const created = spawnSync(program, ["superuser", "upsert", superuser.identity, superuser.password, ...places(folder)], {
    encoding: "utf8",
  });
  if (created.status !== 0) throw new Error(`PocketBase could not be set up: ${created.stderr}`);

  const server = await start();
  try {
    const api = createApi(server.port);
    const { token } = await api<{ token: string }>("POST", "/api/collections/_superusers/auth-with-password", {
      body: superuser,
    });
    await api("PATCH", "/api/settings", { token, body: { logs: { maxDays: 0 } } });
    const ids = new Map<string, string>();
    ids.set("users", (await api<{ id: string }>("GET", "/api/collections/users", { token })).id);
    for (const input of collections) {
      const { id } = await api<{ id: string }>("POST", "/api/collections", { token, body: withIds(input, ids) });
      ids.set(input.name, id);
    }
    await api("POST", "/api/collections/users/records", {
      token,
      body: { id: userId(1), ...user, passwordConfirm: user.password, name: "User 1" },
    });
    const signedIn = await api<{ token: string }>("POST", "/api/collections/users/auth-with-password", {
      body: { identity: user.email, password: user.password },
    });
    await server.stop();
    copyRows(join(folder, "data.db"), source);
    return { start, headers: { authorization: signedIn.token } };
  } finally {
    await server.stop();
  }
}

/** Everything that it reads or writes is in the folder. */
function places(folder: string): readonly string[] {
  return [
    `--dir=${folder}`,
    `--migrationsDir=${join(folder, "migrations")}`,
    `--hooksDir=${join(folder, "hooks")}`,
    `--publicDir=${join(folder, "public")}`,
  ];
}

type Api = <T>(method: string, path: string, options: { readonly token?: string; readonly body?: unknown }) => Promise<T>;

function createApi(port: number): Api {
  return async <T>(
    method: string,
    path: string,
    { token, body }: { readonly token?: string; readonly body?: unknown },
  ): Promise<T> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { "content-type": "application/json", ...(token === undefined ? {} : { authorization: token }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`PocketBase answers ${method} ${path} with ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  };
}

function withIds(input: CollectionInput, ids: ReadonlyMap<string, string>): unknown {
  const fields = input.fields.map(({ target, ...field }) =>
    target === undefined ? field : { ...field, collectionId: ids.get(target), maxSelect: 1 },
  );
  return { ...input, type: "base", fields };
}

/** Ids are 15 characters there. */
export const reviewId = (n: number): string => `r${String(n).padStart(14, "0")}`;
export const schoolId = (n: number): string => `s${String(n).padStart(14, "0")}`;
export const userId = (n: number): string => `u${String(n).padStart(14, "0")}`;

/** A moment as it writes them. */
export function moment(iso: string): string {
  return iso.replace("T", " ");
}

function copyRows(path: string, source: string): void {
  const database = new DatabaseSync(path);
  database.exec(`ATTACH '${source.replaceAll("'", "''")}' AS source`);
  const id = (letter: string, n: string): string => `printf('${letter}%014d', ${n})`;
  const school = id("s", "s._key");
  const time = (column: string): string => `replace(${column}, 'T', ' ')`;
  const stamps = `${time("t.created")}, ${time("t.updated")}`;
  database.exec(`BEGIN;
    INSERT INTO users (id, email, name, password, tokenKey, verified, emailVisibility, created, updated)
      SELECT ${id("u", "t._key")}, t.id || '@example.org', t.name, (SELECT password FROM users), printf('%050d', t._key), 1, 0, ${stamps}
      FROM source.users t WHERE t._key > 1;
    INSERT INTO schools (id, name, domain, country, created, updated)
      SELECT ${id("s", "t._key")}, t.name, t.domain, t.country, ${stamps} FROM source.schools t;
    INSERT INTO reviews (id, school, author, stars, body, hidden, posted, created, updated)
      SELECT ${id("r", "t._key")}, ${school}, ${id("u", "u._key")}, t.stars, t.body, t.hidden, ${time("t.posted")}, ${stamps}
      FROM source.reviews t JOIN source.schools s ON s.id = t.school JOIN source.users u ON u.id = t.author;
    COMMIT;
    ANALYZE;`);
  database.close();
}
