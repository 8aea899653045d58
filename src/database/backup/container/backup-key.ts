import { createHmac, hkdfSync, randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { BackupError, DamagedBackupError } from "../backup-error.ts";

/** How a passphrase became a key, as every encrypted file says of itself. Bytes are base64. */
export interface KeyDerivation {
  readonly name: "scrypt";
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
}

/** Gives the key of a file. The slow part, which is the same for all files with one salt, is done once. */
export interface KeyRing {
  /** How keys of new files are derived. */
  readonly derivation: KeyDerivation;
  /** The key of one file, by the salt that no other file has. */
  fileKey(derivation: KeyDerivation, fileSalt: Uint8Array): Promise<Uint8Array>;
}

/** What OWASP's password storage cheat sheet asks of scrypt, in the variant that takes 64 MiB and not 128. */
const cost = { N: 65_536, r: 8, p: 2 } as const;

/** What a file may ask of us before we know that it is honest, in bytes. */
const memoryLimit = 256 * 1_048_576;

const derive = promisify<string, Uint8Array, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

/** Keys from one passphrase: a sentence that a person keeps, or the contents of a key file. */
export function createKeyRing(passphrase: string): KeyRing {
  const mains = new Map<string, Promise<Buffer>>();
  const main = (derivation: KeyDerivation): Promise<Buffer> => {
    const { N, r, p, salt } = checked(derivation);
    const id = `${N} ${r} ${p} ${salt}`;
    const found =
      mains.get(id) ??
      derive(passphrase.normalize("NFC"), Buffer.from(salt, "base64"), 32, { N, r, p, maxmem: memoryLimit + 1_048_576 });
    mains.set(id, found);
    return found;
  };
  return {
    derivation: { name: "scrypt", ...cost, salt: randomBytes(16).toString("base64") },
    async fileKey(derivation, fileSalt) {
      return new Uint8Array(hkdfSync("sha256", await main(derivation), fileSalt, "chassis backup file", 32));
    },
  };
}

function checked(derivation: KeyDerivation): KeyDerivation {
  const { name, N, r, p, salt } = derivation;
  const whole = [N, r, p].every((number) => Number.isSafeInteger(number) && number > 0);
  if (name !== "scrypt" || !whole || (N & (N - 1)) !== 0 || typeof salt !== "string")
    throw new DamagedBackupError("The header says nothing sensible about the key.");
  if (128 * N * r > memoryLimit || p > 16)
    throw new BackupError("The header asks for more work to make the key than any backup of ours does.");
  return derivation;
}

/** A word by which a wrong passphrase is told from a damaged file. It gives away nothing of the key (HMAC is a pseudo-random function). */
export function keyCheck(key: Uint8Array): string {
  return createHmac("sha256", key).update("chassis key check").digest("base64").slice(0, 16);
}
