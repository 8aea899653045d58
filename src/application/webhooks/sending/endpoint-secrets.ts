import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { type Keys, listOfKeys } from "../../access/keys.ts";

const VERSION = "v1";

/** The server has another key than the one that the secret was kept with. */
export class SealedSecretError extends Error {
  override readonly name: string = "SealedSecretError";
}

/**
 * Keeps the secrets of endpoints encrypted (AES-256-GCM), bound to their endpoint: whoever has a copy of the database, and not the data
 * directory's secret, cannot sign in its name.
 */
export class SecretSeal {
  readonly #keys: ReturnType<typeof listOfKeys>;

  constructor(keys: Keys) {
    this.#keys = listOfKeys(keys);
  }

  seal(secret: string, endpoint: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#keys.first, nonce).setAAD(Buffer.from(endpoint));
    const text = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
    return [VERSION, ...[nonce, text, cipher.getAuthTag()].map((part) => part.toString("base64url"))].join(".");
  }

  /** @throws SealedSecretError where it was not sealed by this key for this endpoint. */
  open(sealed: string, endpoint: string): string {
    const [version, nonce = "", text = "", tag = ""] = sealed.split(".");
    let cause: unknown = new Error(`It has the form ${version}.`);
    for (const key of version === VERSION ? this.#keys.all : []) {
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64url"))
          .setAAD(Buffer.from(endpoint))
          .setAuthTag(Buffer.from(tag, "base64url"));
        return Buffer.concat([decipher.update(Buffer.from(text, "base64url")), decipher.final()]).toString("utf8");
      } catch (error) {
        // Another generation's, perhaps.
        cause = error;
      }
    }
    throw new SealedSecretError(
      "The secret of this endpoint was kept with another token secret than the data directory has now: rotate it.",
      { cause },
    );
  }
}
