import { createHash } from "node:crypto";
import type { Logger } from "#base";

/** Whether a password is known from breaches. False also where that could not be found out. */
export type FindBreached = (password: string) => Promise<boolean>;

export interface BreachedPasswordsOptions {
  readonly logger: Logger;
  /** Gives the hashes that begin with these five digits, as the service has them: for tests. */
  readonly ask?: (prefix: string) => Promise<string>;
}

const TIME_LIMIT = 2000;

/**
 * Asks Have I Been Pwned by range (k-anonymity): it is told the first five of the forty digits of the password's SHA-1, which some hundred
 * known passwords share, and pads its answer. Where it does not answer in two seconds, the password is taken and the log says so: a
 * service of others must not keep people from changing a password.
 */
export function createBreachedPasswords({ logger, ask = askService }: BreachedPasswordsOptions): FindBreached {
  return async (password) => {
    const hash = createHash("sha1").update(password).digest("hex").toUpperCase();
    try {
      const answer = await ask(hash.slice(0, 5));
      return answer.split(/\r?\n/).some((line) => {
        const [suffix, count] = line.split(":");
        // Padding has a count of 0.
        return suffix === hash.slice(5) && Number(count) > 0;
      });
    } catch (error) {
      logger.warn({ err: error }, "Whether a password is known from breaches could not be asked; it was taken.");
      return false;
    }
  };
}

async function askService(prefix: string): Promise<string> {
  const { fetchSafely } = await import("../../outgoing/fetch-safely.ts");
  const response = await fetchSafely(`https://api.pwnedpasswords.com/range/${prefix}`, {
    headers: { "add-padding": "true", "user-agent": "chassis" },
    timeout: TIME_LIMIT,
    redirect: "error",
  });
  if (!response.ok) throw new Error(`The service answered ${response.status}.`);
  return response.text();
}
