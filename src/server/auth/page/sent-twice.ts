import { createHash } from "node:crypto";
import type { Answer, Exchange } from "../../http/exchange.ts";

/** Milliseconds after its answer for which a form that comes again is the same submit: a second click, not a second thought. */
const AGAIN = 5000;
/** Answers that are kept: of more, the oldest go. */
const MOST = 1000;

export type SentTwice = (
  exchange: Pick<Exchange, "header">,
  /** `isSecret`: among its cookies is one that nobody else can know. */
  form: { readonly path: string; readonly text: string; readonly isSecret: boolean },
  run: () => Promise<Answer>,
) => Promise<Answer>;

/**
 * A form that the same browser sends twice within seconds is answered once: a browser shows the answer to the second click alone, and by then a link
 * is used, a session goes on under another token, and recovery codes were shown to nobody. What went well is answered alike, with the same
 * cookies; what did not is done anew.
 *
 * The same browser is one with the same cookies, one of them a secret: who has a link and not what that browser keeps gets nothing.
 */
export function createSentTwice(): SentTwice {
  const answers = new Map<string, Promise<Answer>>();

  return async (exchange, { path, text, isSecret }, run) => {
    if (!isSecret) return run();
    const cookie = exchange.header("cookie");
    const key = createHash("sha256")
      .update(JSON.stringify([path, cookie, text]))
      .digest("base64url");
    const before = answers.get(key);
    if (before !== undefined) {
      // A browser gives the first request up, and what it asked for may end with it.
      const first = await before.catch(() => undefined);
      if (first !== undefined && isGood(first)) return first;
    }
    const answer = run();
    const [oldest] = answers.keys();
    if (answers.size >= MOST && oldest !== undefined) answers.delete(oldest);
    answers.set(key, answer);
    const forget = (): void => {
      if (answers.get(key) === answer) answers.delete(key);
    };
    try {
      const given = await answer;
      if (isGood(given)) setTimeout(forget, AGAIN).unref();
      else forget();
      return given;
    } catch (thrown) {
      forget();
      throw thrown;
    }
  };
}

/** It can be sent once more: a stream cannot. */
function isGood({ status, body }: Answer): boolean {
  return status < 400 && !(body instanceof ReadableStream);
}
