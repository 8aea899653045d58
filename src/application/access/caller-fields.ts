import type { Actor } from "#contract";

/**
 * Who asks, as a line of the log says it: the id of the account and of the session or the key it came by (a token of `chassis token` has neither), and of
 * the administrator where one acts as somebody. Ids alone: no address, no name, nothing that lets anybody in. Of nobody it says nothing.
 */
export function callerFields(caller: Actor | null): object {
  if (caller === null) return {};
  const { id, session, key, impersonator } = caller;
  return {
    user: id,
    ...(session === undefined ? {} : { session: session.id }),
    ...(key === undefined ? {} : { key: key.id }),
    ...(impersonator === undefined ? {} : { impersonator: impersonator.id }),
  };
}
