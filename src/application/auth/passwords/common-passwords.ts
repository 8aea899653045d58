import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";

/**
 * The 17,950 most used passwords of eight characters and more, in lower case and NFC, one a line, sorted: from `@zxcvbn-ts/language-common`
 * 4.1.3 (MIT; Dan Wheeler, Dropbox, zxcvbn-ts), whose source are the lists of breaches that zxcvbn was made from. ASVS 5.0, 6.2.4 asks
 * for 3,000. The licence lies beside it.
 */
const file = new URL("./common-passwords.br", import.meta.url);

let loading: Promise<ReadonlySet<string>> | undefined;

/** Whether it is among the commonest, in any case of letters. The list is read when it is first asked for. */
export async function isCommonPassword(password: string): Promise<boolean> {
  loading ??= load();
  return (await loading).has(password.normalize("NFC").toLowerCase());
}

async function load(): Promise<ReadonlySet<string>> {
  const text = await promisify(brotliDecompress)(await readFile(file));
  return new Set(text.toString("utf8").split("\n"));
}
