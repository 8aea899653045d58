import { AppError } from "#contract";
import type { Exchange } from "../http/exchange.ts";
import { readForm } from "./page/read-form.ts";

/** What an authorization response has (RFC 6749, RFC 9207), and what Apple adds the first time. */
const names: readonly string[] = ["code", "state", "iss", "error", "user"];

/** Characters of it, once it stands in an address. */
const MOST = 6000;

/** The fields of such a form that mean something, as a query. A name twice is refused. */
export async function returnedForm(exchange: Exchange): Promise<string> {
  const form = await readForm(exchange);
  const query = new URLSearchParams(names.flatMap((name) => (form(name) === "" ? [] : [[name, form(name)]]))).toString();
  if (query.length > MOST) throw new AppError("bodyTooLarge");
  return query;
}
