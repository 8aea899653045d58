import { createTokens, loadTokenSecret, steadyTime } from "#application";
import { createIdSource, systemClock } from "#base";
import { tokenKey } from "#platform";
import { type ActorOptions, readActor } from "../backend/actor-options.ts";
import { printResult, type Terminal } from "../command-line/terminal.ts";
import { openWorkplace } from "../backend/workplace.ts";
import { readDuration } from "../command-line/values.ts";

/** Signs a token with the secret of the data directory; needs no server and no database. The token alone is printed. */
export async function createToken(
  path: string,
  options: ActorOptions & { readonly expires?: string },
  terminal: Terminal,
): Promise<void> {
  const { backend, config, dataDirectory } = await openWorkplace(path);
  const actor = readActor(backend.model, options);
  const lifetime = options.expires === undefined ? config.tokenLifetime : readDuration("--expires", options.expires);
  const secret = await loadTokenSecret(dataDirectory);
  const clock = await steadyTime(dataDirectory, systemClock);
  const tokens = createTokens({
    secret: tokenKey(secret),
    // A token that is just being made cannot have been revoked.
    revocations: { has: () => false, revoke: () => Promise.reject(new Error("Nothing is revoked here.")) },
    clock,
    ids: createIdSource(clock),
  });
  const { token, id, expires } = await tokens.issue({ actor, lifetime });
  printResult(terminal, { token, id, user: actor.id, roles: actor.roles, expires }, token);
  if (terminal.json === true) return;
  terminal.report(
    terminal.style(
      "dim",
      `For ${actor.id}${actor.roles.length === 0 ? "" : ` as ${actor.roles.join(", ")}`} until ${expires}. To end it before: chassis token revoke ${id}`,
    ),
  );
}
