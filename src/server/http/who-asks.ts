import { type Authenticate, callerFields } from "#application";
import type { Actor } from "#contract";
import type { Exchange } from "./exchange.ts";

type Proofs = Pick<Exchange, "header" | "tell">;

/** Who asks, which the lines about the request say from then on; null for nobody. Throws where what proves it is not good. */
export function whoAsks(exchange: Proofs, authenticate: Authenticate): Actor | null | Promise<Actor | null> {
  return known(exchange, authenticate({ authorization: exchange.header("authorization"), cookie: exchange.header("cookie") }));
}

/** The same for pages, which a browser asks for: by its cookie alone. */
export function whoseCookie(exchange: Proofs, authenticate: Authenticate): Actor | null | Promise<Actor | null> {
  return known(exchange, authenticate({ authorization: undefined, cookie: exchange.header("cookie") }));
}

function known(exchange: Proofs, caller: Actor | null | Promise<Actor | null>): Actor | null | Promise<Actor | null> {
  if (caller instanceof Promise) return caller.then((found) => known(exchange, found));
  if (caller !== null) exchange.tell(callerFields(caller));
  return caller;
}
