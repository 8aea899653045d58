import type { KeyRow } from "#application";
import { AppError } from "#contract";
import type { Route } from "../http/router.ts";
import { type AuthTools, done, json } from "./auth-tools.ts";
import { readFields } from "./read-fields.ts";

/** To make keys for programs, see them and revoke them: by a session, each person their own. */
export function keyRoutes({ auth, asks, signedIn }: AuthTools): readonly Route[] {
  const { keys } = auth;
  if (keys === undefined) return [];
  return [
    {
      path: "/auth/v1/keys",
      subtree: async (exchange) => {
        const { method, segments } = exchange;
        const id = segments.at(3);
        if (segments.length > 4) throw new AppError("invalidPath");
        const allowed = id === undefined ? ["GET", "POST"] : ["DELETE"];
        if (!allowed.includes(method)) throw new AppError("methodNotAllowed", { headers: { allow: allowed.join(", ") } });
        if (exchange.search !== "") throw new AppError("invalidQuery", { details: "Nothing here takes a parameter." });
        if (method === "GET") return json(200, (await keys.list(await signedIn(exchange))).map(shown));
        const request = asks(exchange);
        const me = await signedIn(exchange);
        if (id !== undefined) {
          await keys.revoke(me, id);
          return done();
        }
        const { name, ...scope } = await readFields(exchange, ["name", "days", "access", "tables", "functions", "routes"]);
        const { key, ...made } = await keys.make(me, { name, ...scope }, request);
        return json(201, { key, ...shown(made) });
      },
    },
  ];
}

/** As its owner sees it. */
function shown({ user: _owner, scope, ...key }: KeyRow): object {
  return { ...key, ...scope };
}
