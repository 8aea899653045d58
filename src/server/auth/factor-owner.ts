import type { FactorAdded, FactorOwner } from "#application";
import { AppError } from "#contract";
import type { Answer, Exchange } from "../http/exchange.ts";
import type { AuthTools } from "./auth-tools.ts";

/** Whoever is signed in, else the sign-in that waits for them to set a factor up. A sign-in that is named goes before a session. */
export async function ownerOf(tools: AuthTools, exchange: Exchange, named: unknown): Promise<FactorOwner> {
  if (named !== undefined) return { pending: named };
  const me = await tools.whoAsks(exchange);
  if (me !== null) return { me: await tools.signedIn(exchange) };
  const pending = tools.pending().read(exchange.header("cookie"));
  if (pending === undefined) throw new AppError("signInRequired");
  return { pending };
}

/** The session, and the recovery codes where there are new ones: they are shown this once. */
export function giveAdded(
  tools: AuthTools,
  { session, recoveryCodes }: FactorAdded,
  delivery: "cookie" | "token",
  more: Readonly<Record<string, unknown>> = {},
): Answer {
  const answer = tools.give(session, delivery, { ...more, ...(recoveryCodes === undefined ? {} : { recoveryCodes }) });
  return { ...answer, cookies: [...(answer.cookies ?? []), tools.pending().clear] };
}
