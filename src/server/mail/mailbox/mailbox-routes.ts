import type { Mail } from "#application";
import type { Clock } from "#base";
import { AppError } from "#contract";
import { isFromHere } from "../../clients/from-here.ts";
import type { Answer, Exchange } from "../../http/exchange.ts";
import type { Route } from "../../http/router.ts";
import { containedHeaders, containedHtml } from "./contained-html.ts";
import { mailboxPage, mailboxPath, type MailView, mailViews } from "./mailbox-page.ts";

/** Mails of one page. */
const PAGE = 100;

export interface MailboxRouteOptions {
  readonly mail: Pick<Mail, "destination" | "mailbox">;
  readonly clock: Clock;
}

/**
 * The mailbox of a server that somebody develops on: what would have been sent, at `/dev/mailbox`. Only for whoever sits at this machine: mails hold
 * links that sign people in. To everybody else there is nothing at this path.
 */
export function createMailboxRoute({ mail, clock }: MailboxRouteOptions): Route {
  const { mailbox, destination } = mail;

  async function showPage(exchange: Exchange, id: number | undefined): Promise<Answer> {
    const query = new URLSearchParams(exchange.search);
    const before = readId(query.get("before"));
    const messages = await mailbox.list({ limit: PAGE + 1, ...(before === undefined ? {} : { before }) });
    const shown = messages.slice(0, PAGE);
    const chosen = await mailbox.find(id ?? shown[0]?.id ?? 0);
    if (id !== undefined && chosen === undefined) throw new AppError("notFound", { message: "There is no such mail any more." });
    const wanted = query.get("view");
    return mailboxPage({
      messages: shown,
      older: messages.length > PAGE ? shown.at(-1)?.id : undefined,
      state: await state(),
      destination,
      chosen,
      view: mailViews.find((name) => name === wanted) ?? usualView(chosen),
      isReading: id !== undefined,
      now: new Date(clock.now()),
    });
  }

  /** Another one with each mail that comes, and none where all are gone. */
  async function state(): Promise<string> {
    const [newest] = await mailbox.list({ limit: 1 });
    return String(newest?.id ?? 0);
  }

  async function showPart(id: number, part: string): Promise<Answer> {
    const message = await mailbox.find(id);
    if (message === undefined) throw new AppError("notFound", { message: "There is no such mail any more." });
    if (part === "body") return { status: 200, headers: containedHeaders, body: containedHtml(message.html) };
    return {
      status: 200,
      headers: {
        "content-type": "message/rfc822",
        // A name of our own: a subject may hold anything.
        "content-disposition": `attachment; filename="mail-${id}.eml"`,
        "cache-control": "no-store",
      },
      body: message.raw,
    };
  }

  async function get(exchange: Exchange, [first, second, ...rest]: readonly string[]): Promise<Answer> {
    if (first === undefined) return showPage(exchange, undefined);
    if (first === "state" && second === undefined)
      return {
        status: 200,
        headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
        body: await state(),
      };
    const id = readId(first);
    if (id === undefined || rest.length > 0) throw new AppError("invalidPath");
    if (second === undefined) return showPage(exchange, id);
    if (second !== "body" && second !== "message.eml") throw new AppError("invalidPath");
    return showPart(id, second);
  }

  return {
    path: mailboxPath,
    async subtree(exchange) {
      if (!isFromHere(exchange)) throw new AppError("invalidPath");
      const rest = exchange.segments.slice(2);
      const isDelete = rest.length === 1 && rest[0] === "delete";
      if (exchange.method === "POST" && isDelete) {
        await mailbox.clear();
        return { status: 303, headers: { location: mailboxPath }, body: undefined };
      }
      if (exchange.method !== "GET" && exchange.method !== "HEAD") {
        const allow = isDelete ? "POST" : "GET, HEAD";
        throw new AppError("methodNotAllowed", { hint: `Allowed: ${allow}.`, headers: { allow } });
      }
      return get(exchange, rest);
    },
  };
}

function usualView(message: { readonly html: string } | undefined): MailView {
  return message?.html === "" ? "text" : "html";
}

function readId(text: string | null): number | undefined {
  return text !== null && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}
