import type { KeptMessage, Mailbox, MessageSummary } from "#application";
import type { SqliteDatabase } from "#database";
import { readMailHeaders } from "#server";
import { untilDurable } from "./until-durable.ts";

/** A mail as it would have been sent. */
export interface SentMail {
  /** Its name among the back end's `mails`. */
  readonly mail: string;
  /** The addresses alone, as the server that sends it would be given them. */
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** By their names in lower case, as they are written: `headers.get("list-unsubscribe")`. */
  readonly headers: ReadonlyMap<string, string>;
  /** Where its links lead, in their order. */
  readonly links: readonly string[];
  /** All of it, byte for byte. */
  readonly raw: Uint8Array;
}

/** Of what is named here all must fit. */
export interface OutboxFilter {
  /** The address, in any case. */
  readonly to?: string;
  /** The whole subject, or what is in it. */
  readonly subject?: string | RegExp;
  /** The mail's name. */
  readonly mail?: string;
}

/** What a back end in a test would have sent; the newest 500 are kept. */
export interface Outbox {
  /** All of them, the oldest first. */
  messages(): Promise<readonly SentMail[]>;
  /**
   * The oldest one that fits and that was not given before. Waits for it, for `timeLimit` milliseconds (default 5,000), and then throws
   * an error that says what is there.
   */
  next(filter?: OutboxFilter & { readonly timeLimit?: number }): Promise<SentMail>;
  /** Forgets what was sent. */
  clear(): Promise<void>;
}

export function createOutbox(mailbox: Mailbox, database: SqliteDatabase): Outbox {
  const given = new Set<number>();
  const all = async (): Promise<readonly MessageSummary[]> => {
    const exists = await database.get("SELECT 1 FROM sqlite_schema WHERE name = '_chassis_mailbox'", []);
    return exists === undefined ? [] : (await mailbox.list({ limit: 500 })).toReversed();
  };
  const read = async ({ id }: MessageSummary): Promise<SentMail> => {
    const message = await mailbox.find(id);
    if (message === undefined) throw new Error("The message is not kept any more.");
    return sentMail(message);
  };
  return {
    messages: async () => Promise.all((await all()).map(read)),
    next: ({ timeLimit = 5000, ...filter } = {}) =>
      untilDurable(database, timeLimit, {
        async look() {
          const found = (await all()).find((message) => !given.has(message.id) && fits(message, filter));
          if (found === undefined) return undefined;
          given.add(found.id);
          return read(found);
        },
        async missing() {
          const others = (await all()).map(
            ({ id, mail, to, subject }) => `${mail} to ${to}: ${subject}${given.has(id) ? " (given before)" : ""}`,
          );
          const wanted = Object.entries(filter).map(([name, value]) => ` ${name} ${String(value)}`);
          return `No mail${wanted.length === 0 ? "" : ` with${wanted.join(",")}`} came within ${timeLimit} ms. Sent were: ${others.join("; ") || "none"}.`;
        },
      }),
    async clear() {
      if ((await all()).length > 0) await mailbox.clear();
    },
  };
}

function fits(message: MessageSummary, { to, subject, mail }: OutboxFilter): boolean {
  if (to !== undefined && message.to.toLowerCase() !== to.toLowerCase()) return false;
  if (mail !== undefined && message.mail !== mail) return false;
  return subject === undefined || (typeof subject === "string" ? message.subject === subject : subject.test(message.subject));
}

function sentMail({ mail, from, to, subject, text, html, raw }: KeptMessage): SentMail {
  const headers = new Map(readMailHeaders(raw).map(([name, value]) => [name.toLowerCase(), value]));
  const links = [...html.matchAll(/<a href="([^"]*)"/g)].map(([, href = ""]) => decode(href));
  return { mail, from, to, subject, text, html, headers, links: [...new Set(links)], raw };
}

/** What an attribute's value was made with. */
function decode(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
