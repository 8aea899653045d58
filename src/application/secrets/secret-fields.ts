import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { type Keys, listOfKeys } from "../access/keys.ts";

/**
 * How `secret()` fields are kept: encrypted, so that whoever has the database and not the data directory's secret cannot read them. AES-256-GCM with a random nonce
 * (NIST SP 800-38D), under a key that is derived from the secret; the value names its key, so that those of former secrets stay readable.
 */
export interface SecretFields {
  close(text: string): string;
  /** What was closed, by a former key too. Text that was never closed is given as it is: it was stored before secrets were encrypted. Throws where the key is not here. */
  open(stored: string): string;
  /** Whether it is closed, and by the key that closes now. */
  isCurrent(stored: string): boolean;
}

/** The form of a closed value, for those who find it in a database: what it is, by which key, nonce and text and tag. */
const PREFIX = "chassis:secret:1:";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface NamedKey {
  readonly id: string;
  readonly key: Uint8Array;
}

export function createSecretFields(keys: Keys): SecretFields {
  const [current, ...former] = listOfKeys(keys).all.map((key): NamedKey => ({ id: idOf(key), key }));
  if (current === undefined) throw new Error("There is no key.");
  const byId = new Map([current, ...former].map((each) => [each.id, each.key]));
  return {
    close(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", current.key, nonce).setAAD(Buffer.from(current.id));
      const bytes = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `${PREFIX}${current.id}:${bytes.toString("base64url")}`;
    },
    open(stored) {
      if (!stored.startsWith(PREFIX)) return stored;
      const [id = "", text = ""] = stored.slice(PREFIX.length).split(":");
      const key = byId.get(id);
      if (key === undefined)
        throw new Error(
          `A secret field was kept under another secret (${id}) than the data directory has: restore token-secret and previous-secrets with the database.`,
        );
      const bytes = Buffer.from(text, "base64url");
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(id)).setAuthTag(bytes.subarray(-TAG_BYTES));
      return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
    },
    isCurrent: (stored) => stored.startsWith(`${PREFIX}${current.id}:`),
  };
}

/** Tells keys apart, and tells nothing of them. */
function idOf(key: Uint8Array): string {
  return createHash("sha256").update("chassis key id").update(key).digest("hex").slice(0, 8);
}
