import { type CheckedMailSettings, type Mail, unsubscribePath } from "#application";
import type { Logger } from "#base";
import type { Answer, Exchange } from "../../http/exchange.ts";
import type { Route } from "../../http/router.ts";
import { acceptedLanguages } from "../../pages/accept-language.ts";
import { unsubscribePage, type UnsubscribeStage } from "./unsubscribe-page.ts";

export interface UnsubscribeOptions {
  readonly mail: Pick<Mail, "readUnsubscribe" | "unsubscribe" | "suppressions">;
  readonly settings: CheckedMailSettings;
  readonly logger: Logger;
}

/** Bytes of a form with one field. */
const unsubscribeBytes = 4096;

/**
 * Where the link in mails of a list leads. GET only asks, for programs that look through mails follow every link. POST takes the address off the
 * list, from the page's button or from a mail program by itself (`List-Unsubscribe=One-Click`, RFC 8058): the link's token is all the proof there is,
 * so there is no cookie, no sign-in and no redirect. Both may be done again and again.
 */
export function createUnsubscribeRoute({ mail, settings, logger }: UnsubscribeOptions): Route {
  function answer(exchange: Exchange, stage: UnsubscribeStage): Answer {
    const unsubscription = stage === "broken" ? undefined : readToken(exchange);
    const languages = acceptedLanguages(exchange.header("accept-language"));
    return unsubscribePage({ stage, unsubscription, languages, settings });
  }

  function readToken(exchange: Exchange): ReturnType<Mail["readUnsubscribe"]> {
    const [token, ...others] = new URLSearchParams(exchange.search).getAll("token");
    return token === undefined || others.length > 0 ? undefined : mail.readUnsubscribe(token);
  }

  return {
    path: unsubscribePath,
    methods: {
      async GET(exchange) {
        const unsubscription = readToken(exchange);
        if (unsubscription === undefined) return answer(exchange, "broken");
        const { address, list } = unsubscription;
        const { suppressions } = mail;
        const [found] = await suppressions.list({ address, list, limit: 1 });
        return answer(exchange, found === undefined ? "ask" : "left");
      },
      async POST(exchange) {
        const form = await readForm(exchange);
        const unsubscription = readToken(exchange);
        if (unsubscription === undefined) return answer(exchange, "broken");
        const { address, list } = unsubscription;
        if (form.get("action") !== "subscribe") {
          if (await mail.unsubscribe(unsubscription)) logger.info({ list }, "Somebody left a list.");
          return answer(exchange, "left");
        }
        const { suppressions } = mail;
        const [found] = await suppressions.list({ address, list, limit: 1 });
        // What an operator decided is not for a link to take back.
        if (found?.reason === "unsubscribed") await suppressions.remove(address, { list });
        return answer(exchange, (await suppressions.find(address, list)) === undefined ? "back" : "held");
      },
    },
  };
}

/** A mail program may send its one field in either form; only our own page sends anything else, and always in this one. */
async function readForm(exchange: Exchange): Promise<URLSearchParams> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of exchange.stream(unsubscribeBytes, "unsubscribeBytes"))
    text += decoder.decode(chunk, { stream: true });
  const type = (exchange.header("content-type") ?? "").toLowerCase();
  return new URLSearchParams(type.startsWith("application/x-www-form-urlencoded") ? text : "");
}
