import { createHmac, timingSafeEqual } from "node:crypto";
import { type Keys, listOfKeys } from "../access/keys.ts";

/** Whom a link in a mail takes off which list. */
export interface Unsubscription {
  readonly address: string;
  readonly list: string;
}

/**
 * The tokens of links that end a subscription. They need no sign-in and never expire, for mails are kept for years; all that one can do is
 * to take one address off one list. They say both in the clear: whoever has the mail knows them.
 */
export interface UnsubscribeTokens {
  make(unsubscription: Unsubscription): string;
  /** Undefined where this server did not make it. */
  read(token: string): Unsubscription | undefined;
}

/** Of HMAC-SHA256: 128 bits (RFC 2104 section 5), so that the link stays short. */
const MAC_BYTES = 16;
/** Characters: the longest address and name of a list, and then some. */
const MAX_TOKEN = 1000;

export function createUnsubscribeTokens(keys: Keys): UnsubscribeTokens {
  const { first, all } = listOfKeys(keys);
  const sign = (payload: string, key: Uint8Array): Buffer =>
    createHmac("sha256", key).update(payload).digest().subarray(0, MAC_BYTES);
  return {
    make({ address, list }) {
      const payload = Buffer.from(`${list}\n${address}`).toString("base64url");
      return `${payload}.${sign(payload, first).toString("base64url")}`;
    },
    read(token) {
      if (token.length > MAX_TOKEN) return undefined;
      const [payload = "", given = "", ...others] = token.split(".");
      const mac = Buffer.from(given, "base64url");
      if (others.length > 0 || mac.length !== MAC_BYTES || !all.some((key) => timingSafeEqual(mac, sign(payload, key))))
        return undefined;
      const [list = "", address = ""] = Buffer.from(payload, "base64url").toString("utf8").split("\n");
      return { address, list };
    },
  };
}
