import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Backend, loadTokenSecret, tokenSecretFile } from "#application";
import { fileImage } from "#database";
import { databasePath } from "#platform";

/** What a back end has on the disk once it is open for the first time: its tables, what its seed made, and its secret. */
interface Template {
  readonly database: Uint8Array;
  readonly secret: Uint8Array;
}

/** Under the definition's model, which is the same object for all tests of a process. */
const templates = new WeakMap<Backend["model"], Map<string, Template>>();

/** What decides what a new database has in it. */
export interface TemplateKey {
  readonly backend: Backend;
  /** What else was put into it: a function, or nothing. */
  readonly seed: object | undefined;
  /** The settings, and where the clock stood. */
  readonly circumstances: string;
}

/** Puts a copy into the folder, where there is one to copy. False where there is none yet. */
export async function copyTemplate(key: TemplateKey, folder: string): Promise<boolean> {
  const template = templates.get(key.backend.model)?.get(nameOf(key));
  if (template === undefined) return false;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await Promise.all([
    writeFile(databasePath(folder), template.database, { mode: 0o600 }),
    writeFile(join(folder, tokenSecretFile), template.secret, { mode: 0o600 }),
  ]);
  return true;
}

/** Keeps what a back end that was just opened has there, for the next ones. */
export async function keepTemplate(key: TemplateKey, folder: string): Promise<void> {
  const of = templates.get(key.backend.model) ?? new Map<string, Template>();
  templates.set(key.backend.model, of);
  // When jobs by the clock are due next depends on when each of them is opened.
  const database = await fileImage(databasePath(folder), { without: ["_chassis_crons"] });
  await loadTokenSecret(folder);
  of.set(nameOf(key), { database, secret: await readFile(join(folder, tokenSecretFile)) });
}

function nameOf({ backend, seed, circumstances }: TemplateKey): string {
  const { auth, jobs, mails, webhooks, triggers } = backend;
  return [...[auth, jobs, mails, webhooks, triggers, backend.seed, seed].map(identityOf), circumstances].join(" ");
}

const identities = new WeakMap<object, number>();
let latest = 0;

/** Tells one object from another. */
function identityOf(thing: object | undefined): number {
  if (thing === undefined) return 0;
  const known = identities.get(thing) ?? (latest += 1);
  identities.set(thing, known);
  return known;
}
