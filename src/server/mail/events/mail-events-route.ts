import type { fetchSafely, MailEvents } from "#application";
import type { Clock, Logger } from "#base";
import { AppError } from "#contract";
import type { Exchange } from "../../http/exchange.ts";
import type { Route } from "../../http/router.ts";
import type { ReceiveEvents } from "./mail-provider.ts";
import type { MailEventSecrets } from "./parse-mail-events.ts";
import { mailProviders } from "./providers.ts";

export interface MailEventsOptions {
  readonly secrets: MailEventSecrets;
  readonly events: MailEvents;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For certificates and confirmations of Amazon SNS. */
  readonly fetch: typeof fetchSafely;
}

const path = "/mail/v1/events";
/** Bytes of one message. SendGrid gathers events up to 768 KiB. */
const mailEventBytes = 1_048_576;

/**
 * What providers tell of mails: `POST /mail/v1/events/<provider>`. Hard bounces and complaints take an address off everything, once for each event.
 * A message that is not proven changes nothing. A provider that is not set is answered like one that there is not.
 */
export function createMailEventsRoute({ secrets, events, clock, logger, fetch }: MailEventsOptions): Route {
  const receivers = new Map<string, ReceiveEvents>();
  for (const [name, own] of secrets) receivers.set(name, mailProviders[name].open(own, { now: () => clock.now(), fetch }));
  return {
    path,
    async subtree(exchange) {
      const [provider = "", ...rest] = exchange.segments.slice(path.split("/").length - 1);
      const receive = rest.length === 0 ? receivers.get(provider) : undefined;
      if (receive === undefined) throw new AppError("invalidPath");
      if (exchange.method !== "POST")
        throw new AppError("methodNotAllowed", { hint: "Allowed: POST.", headers: { allow: "POST" } });
      const body = await readWhole(exchange);
      const told = await receive({ header: (name) => exchange.header(name), body });
      const suppressed = await events.take(provider, told);
      logger.info({ provider, events: told.length, suppressed }, "A provider told what became of mails.");
      return { status: 204, headers: {}, body: undefined };
    },
  };
}

async function readWhole(exchange: Exchange): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of exchange.stream(mailEventBytes, "mailEventBytes")) chunks.push(chunk);
  return Buffer.concat(chunks);
}
