import { isCommonPassword } from "./common-passwords.ts";
import type { FindBreached } from "./breached-passwords.ts";

const LEAST = 8;
const MOST = 128;

/** Characters that a password has. */
export const passwordLengths: { readonly least: number; readonly most: number } = { least: LEAST, most: MOST };

/** What a password must not consist of: words that say whose it is, such as their address. */
export interface PasswordContext {
  readonly address?: string | undefined;
  /** The host under which people reach this server. */
  readonly host?: string | undefined;
}

/**
 * A password as it is hashed: text in NFC, so that `é` is `é` on every keyboard (RFC 8265 section 4.2.1), and nothing else of it changed.
 * Undefined for what is no text of at most 128 characters, or has half a surrogate pair, which would be hashed as any other half.
 */
export function readPassword(given: unknown): string | undefined {
  if (typeof given !== "string" || given.length > 4 * MOST || !given.isWellFormed()) return undefined;
  const password = given.normalize("NFC");
  return [...password].length > MOST ? undefined : password;
}

/** What is wrong with a new password, in words that follow `password`; undefined where it may be taken (ASVS 5.0, 6.2). */
export async function newPasswordProblem(
  given: unknown,
  context: PasswordContext,
  findBreached: FindBreached | undefined,
): Promise<string | undefined> {
  if (typeof given !== "string" || !given.isWellFormed()) return "must be text";
  const password = readPassword(given);
  if (password === undefined) return `must have at most ${MOST} characters`;
  if ([...password].length < LEAST) return `must have at least ${LEAST} characters`;
  if (namesItsOwner(password, context)) return "must not be the address or the name of the site";
  if (await isCommonPassword(password)) return "is one that many people use: it is among the first that are tried";
  if ((await findBreached?.(password)) === true) return "was found in a breach of another site: it is among those that are tried";
  return undefined;
}

function namesItsOwner(password: string, { address = "", host = "" }: PasswordContext): boolean {
  const [local = "", domain = ""] = address.split("@");
  const words = [address, local, domain, host, host.split(".").at(-2) ?? ""].map((word) => word.toLowerCase());
  // With digits around it, it is no better.
  const bare = password.toLowerCase().replaceAll(/^[\d\W_]+|[\d\W_]+$/g, "");
  return words.some((word) => word !== "" && (word === password.toLowerCase() || word === bare));
}
