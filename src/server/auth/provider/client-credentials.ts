import type { ClientCredentials } from "#application";
import { AppError } from "#contract";
import type { Exchange } from "../../http/exchange.ts";
import type { Form } from "../page/read-form.ts";

/**
 * What an app says of itself: in the header (RFC 6749 section 2.3.1, its two halves encoded as in a form) or in the form, never in both. Throws
 * `invalidClient`, `invalidOauthRequest`.
 */
export function readCredentials(exchange: Exchange, form: Form): ClientCredentials {
  const header = exchange.header("authorization");
  const id = form("client_id");
  const secret = form("client_secret");
  if (header === undefined) {
    if (id === "") throw new AppError("invalidClient");
    return { id, secret: secret === "" ? undefined : secret };
  }
  const basic = readBasic(header);
  if (basic === undefined) throw new AppError("invalidClient");
  if (secret !== "" || (id !== "" && id !== basic.id))
    throw new AppError("invalidOauthRequest", { message: "The app says twice who it is: in the header and in the form." });
  return basic;
}

function readBasic(header: string): ClientCredentials | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 1) return undefined;
  const id = decode(text.slice(0, colon));
  const secret = decode(text.slice(colon + 1));
  return id === undefined || secret === undefined ? undefined : { id, secret: secret === "" ? undefined : secret };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
