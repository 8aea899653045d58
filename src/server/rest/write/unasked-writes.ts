import { AppError } from "#contract";
import type { Cors } from "../../http/cors.ts";
import type { Exchange } from "../../http/exchange.ts";
import { sendingPage } from "../../http/sending-page.ts";

export interface UnaskedWritesOptions {
  readonly cors: Pick<Cors, "allows">;
  /** The origin under which people reach this server; undefined where only the request says. */
  readonly site: string | undefined;
}

/** What a browser sends without asking first whether it may: a POST of one of these types, or of none (the Fetch standard, section 2.2.2). */
const UNASKED: ReadonlySet<string> = new Set(["", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]);

/**
 * Throws `crossSite` where a page of another site has a browser write without asking, as a form does. That page could not read the answer, and needs none: on the machine of a
 * developer, or within a network, it would write where its author cannot, and everywhere in the name of its visitors' addresses. Sites that CORS allows may. What takes a
 * question first (JSON, a token, other methods) CORS has answered.
 */
export function createUnaskedWrites({ cors, site }: UnaskedWritesOptions): (exchange: Exchange) => void {
  return (exchange) => {
    if (exchange.method !== "POST" || exchange.header("authorization") !== undefined) return;
    const [type = ""] = (exchange.header("content-type") ?? "").split(";");
    if (!UNASKED.has(type.trim().toLowerCase())) return;
    if (sendingPage(exchange, site) !== "foreign" || cors.allows(exchange.header("origin"))) return;
    throw new AppError("crossSite", {
      hint: "CHASSIS_CORS_ORIGINS has the sites whose pages may send this.",
    });
  };
}
