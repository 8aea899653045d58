import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, stat, unlink } from "node:fs/promises";
import { join } from "node:path";

const SECRET_BYTES = 32;
const FILE = "token-secret";

/** The secret cannot be used; the message says why and what to do. */
export class TokenSecretError extends Error {
  override readonly name: string = "TokenSecretError";
}

/**
 * The key that signs tokens: 256 random bits (RFC 7518 section 3.2), made when it is first asked for and kept in the data
 * directory, where only its owner may read it. Deleting the file ends every token at the next start.
 */
export async function loadTokenSecret(directory: string): Promise<Uint8Array> {
  const path = join(directory, FILE);
  const found = await read(path);
  if (found !== undefined) return found;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await create(path);
  const made = await read(path);
  if (made === undefined) throw new TokenSecretError(`The token secret ${path} disappeared while it was made.`);
  return made;
}

async function read(path: string): Promise<Uint8Array | undefined> {
  let text: string;
  try {
    const { mode } = await stat(path);
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new TokenSecretError(
        `Others than its owner may read the token secret ${path}. If nobody has: chmod 600 '${path}'. Else delete it: every token ends.`,
      );
    }
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const secret = Buffer.from(text.trim(), "base64url");
  if (secret.length !== SECRET_BYTES)
    throw new TokenSecretError(`The token secret ${path} is damaged. Restore it, or delete it: every token ends.`);
  return secret;
}

// Written whole under another name and linked to its own, which fails where a file is there: two processes that start
// at once agree on one secret, and no crash leaves half of one.
async function create(path: string): Promise<void> {
  const temporary = `${path}-${randomBytes(8).toString("hex")}`;
  const file = await open(temporary, "wx", 0o600);
  try {
    await file.writeFile(`${randomBytes(SECRET_BYTES).toString("base64url")}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await unlink(temporary);
  }
}
