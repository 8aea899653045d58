import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { type Keys, listOfKeys } from "../access/keys.ts";

/** Text that leaves the server and comes back, readable by the server alone and bound to the purpose that it was made for. */
export interface Seal {
  /** URL-safe text. */
  close(text: string, purpose: string): string;
  /** What was closed for that purpose with the same key; undefined for anything else. */
  open(sealed: string, purpose: string): string | undefined;
}

const nonceLength = 12;
const tagLength = 16;

/** AES-256-GCM with a random nonce (NIST SP 800-38D); the purpose is authenticated with the text. What any of the keys closed can be opened. */
export function createSeal(keys: Keys): Seal {
  const { first, all } = listOfKeys(keys);
  return {
    close(text, purpose) {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv("aes-256-gcm", first, nonce).setAAD(Buffer.from(purpose));
      return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]).toString("base64url");
    },
    open(sealed, purpose) {
      const bytes = Buffer.from(sealed, "base64url");
      // Buffer skips characters that are not base64: only the one spelling that `close` gives is taken.
      if (bytes.length < nonceLength + tagLength || bytes.toString("base64url") !== sealed) return undefined;
      for (const key of all) {
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceLength), { authTagLength: tagLength });
        decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(-tagLength));
        try {
          return decipher.update(bytes.subarray(nonceLength, -tagLength), undefined, "utf8") + decipher.final("utf8");
        } catch {
          // Another generation's, or nobody's.
        }
      }
      return undefined;
    },
  };
}
