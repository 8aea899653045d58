import type { Tokens } from "#application";
import { AppError } from "#contract";
import type { Exchange } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";

const PARAMETERS: ReadonlySet<string> = new Set(["token", "token_type_hint", "id"]);

/**
 * Token revocation (RFC 7009). Whoever holds a token may end it: `token=<token>` as a form. Tokens that are none of ours
 * are answered alike (section 2.2), so that the answer says nothing about them. `id=<id>` ends a token by its id and
 * needs a permission for exactly that in the `Authorization` header: `chassis token revoke` makes one.
 */
export function createRevokeTokenRoute(tokens: Tokens): Route {
  return {
    path: "/auth/v1/tokens/revoke",
    methods: {
      async POST(exchange) {
        const { token, id } = await readForm(exchange);
        if (id !== undefined && token === undefined) await tokens.revokeById(id, exchange.header("authorization"));
        else if (token !== undefined && id === undefined) await revokeOwn(tokens, token);
        else throw new AppError("invalidBody", { details: "Give either token or id." });
        return { status: 200, headers: {}, body: undefined };
      },
    },
  };
}

async function revokeOwn(tokens: Tokens, token: string): Promise<void> {
  try {
    await tokens.revoke(token);
  } catch (error) {
    if (!(error instanceof AppError && error.error === "invalidToken")) throw error;
  }
}

async function readForm(exchange: Exchange): Promise<{ token: string | undefined; id: string | undefined }> {
  const [mediaType = ""] = (exchange.header("content-type") ?? "").split(";");
  if (mediaType.trim().toLowerCase() !== "application/x-www-form-urlencoded") {
    throw new AppError("unsupportedMediaType", { hint: "Send application/x-www-form-urlencoded." });
  }
  const form = new URLSearchParams(Buffer.from(await exchange.body()).toString("utf8"));
  for (const name of form.keys()) {
    if (!PARAMETERS.has(name) || form.getAll(name).length > 1)
      throw new AppError("invalidBody", { details: "A parameter is unknown or given twice." });
  }
  return { token: form.get("token") ?? undefined, id: form.get("id") ?? undefined };
}
