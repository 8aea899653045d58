import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";

const SECRET_BYTES = 32;
/** The file of the data directory that the secret is in. */
export const tokenSecretFile = "token-secret";
const PREVIOUS_FILE = "previous-secrets";

/** The secret cannot be used; the message says why and what to do. */
export class TokenSecretError extends Error {
  override readonly name: string = "TokenSecretError";
}

/** The secret and those that came before it. */
export interface Secrets {
  readonly current: Uint8Array;
  /** The newest first. What they encrypted is readable as long as they are kept. */
  readonly previous: readonly PreviousSecret[];
}

export interface PreviousSecret {
  readonly secret: Uint8Array;
  /** Until when what it signed is good, unless that ends before: milliseconds since 1970. */
  readonly until: number;
}

/**
 * The key that signs tokens: 256 random bits (RFC 7518 section 3.2), made when it is first asked for and kept in the data
 * directory, where only its owner may read it. Deleting the file ends every token at the next start, and nobody can read secret fields any
 * more: `rotateSecret` is for another one.
 */
export async function loadTokenSecret(directory: string): Promise<Uint8Array> {
  const path = join(directory, tokenSecretFile);
  const found = await read(path);
  if (found !== undefined) return found;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await create(path);
  const made = await read(path);
  if (made === undefined) throw new TokenSecretError(`The token secret ${path} disappeared while it was made.`);
  return made;
}

/** The same, with those that it took the place of: one a line in `previous-secrets`, and until when. */
export async function loadSecrets(directory: string): Promise<Secrets> {
  return { current: await loadTokenSecret(directory), previous: await readPrevious(join(directory, PREVIOUS_FILE)) };
}

/**
 * Makes another secret. What the old one signed is good until then (milliseconds since 1970), and what it encrypted stays readable. A server that runs has the
 * old one until it is started again. Whatever is interrupted, no secret is lost: the old one is kept before the new one takes its place.
 */
export async function rotateSecret(directory: string, until: number): Promise<void> {
  const { current, previous } = await loadSecrets(directory);
  const earlier = previous.filter(({ secret }) => !Buffer.from(secret).equals(current));
  const kept = [{ secret: current, until }, ...earlier.map((each) => ({ ...each, until: Math.min(each.until, until) }))];
  const lines = kept.map((each) => `${Buffer.from(each.secret).toString("base64url")} ${new Date(each.until).toISOString()}\n`);
  await replace(join(directory, PREVIOUS_FILE), lines.join(""));
  await replace(join(directory, tokenSecretFile), newSecret());
}

async function readPrevious(path: string): Promise<readonly PreviousSecret[]> {
  const text = await readOwn(path);
  if (text === undefined) return [];
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [secret = "", until = ""] = line.split(" ");
      const bytes = Buffer.from(secret, "base64url");
      if (bytes.length !== SECRET_BYTES || Number.isNaN(Date.parse(until)))
        throw new TokenSecretError(
          `${path} is damaged. Restore it: without it secret fields that are older than the last rotation cannot be read.`,
        );
      return { secret: bytes, until: Date.parse(until) };
    });
}

async function read(path: string): Promise<Uint8Array | undefined> {
  const text = await readOwn(path);
  if (text === undefined) return undefined;
  const secret = Buffer.from(text.trim(), "base64url");
  if (secret.length !== SECRET_BYTES)
    throw new TokenSecretError(
      `The token secret ${path} is damaged. Restore it. Or delete it: every token ends, and secret fields cannot be read any more.`,
    );
  return secret;
}

/** Undefined where it is not there. Refused where others may read it. */
async function readOwn(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new TokenSecretError(
        `Others than its owner may read the token secret ${path}. chmod 600 '${path}', and if somebody may have read it: chassis secret rotate --keep 0s.`,
      );
    }
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

const newSecret = (): string => `${randomBytes(SECRET_BYTES).toString("base64url")}\n`;

// Written whole under another name and linked to its own, which fails where a file is there: two processes that start
// at once agree on one secret, and no crash leaves half of one.
async function create(path: string): Promise<void> {
  const temporary = await writeBeside(path, newSecret());
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await unlink(temporary);
  }
}

async function replace(path: string, text: string): Promise<void> {
  await rename(await writeBeside(path, text), path);
  const folder = await open(join(path, ".."));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function writeBeside(path: string, text: string): Promise<string> {
  const temporary = `${path}-${randomBytes(8).toString("hex")}`;
  const file = await open(temporary, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}
