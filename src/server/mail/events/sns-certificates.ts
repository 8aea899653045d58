import { type KeyObject, X509Certificate } from "node:crypto";
import { invalidSignature } from "#application";
import { AppError } from "#contract";
import type { ProviderTools } from "./mail-provider.ts";

const DAY = 86_400_000;
/** Amazon has one for each region at a time, and another when it is renewed. */
const MOST_KEPT = 8;
/** Whoever names certificates that there are none of must not make this server ask Amazon without end. */
const MOST_AT_ONCE = 2;

interface Kept {
  readonly key: Promise<KeyObject>;
  readonly until: number;
}

/**
 * The public keys of certificates by their address, which whoever asks has checked. Each is fetched once a day. Throws `invalidSignature`
 * where there is none, and `unavailable` or `overloaded` where it cannot be had now: SNS then sends again.
 */
export function createSnsCertificates({ fetch, now }: ProviderTools): (address: string) => Promise<KeyObject> {
  const kept = new Map<string, Kept>();
  let underWay = 0;

  async function load(address: string): Promise<KeyObject> {
    underWay += 1;
    try {
      const response = await fetch(address, { redirect: "error", timeout: 5000, maxResponseBytes: 65_536 });
      const text = await response.text();
      if (!response.ok) throw invalidSignature("There is no certificate at its SigningCertURL.");
      const certificate = readCertificate(text);
      if (!(certificate.validFromDate.getTime() <= now() && now() <= certificate.validToDate.getTime()))
        throw invalidSignature("The certificate at its SigningCertURL is not valid now.");
      return certificate.publicKey;
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      throw new AppError("unavailable", { cause, headers: { "retry-after": "5" } });
    } finally {
      underWay -= 1;
    }
  }

  return async (address) => {
    const found = kept.get(address);
    if (found !== undefined && found.until > now()) return found.key;
    if (underWay >= MOST_AT_ONCE) throw new AppError("overloaded", { headers: { "retry-after": "5" } });
    const key = load(address);
    kept.set(address, { key, until: now() + DAY });
    try {
      return await key;
    } catch (error) {
      kept.delete(address);
      throw error;
    } finally {
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    }
  };
}

function readCertificate(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw new AppError("invalidSignature", { details: "What is at its SigningCertURL is no certificate.", cause });
  }
}
