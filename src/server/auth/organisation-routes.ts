import type { AuthRequest, Organisations } from "#application";
import { type Actor, AppError } from "#contract";
import type { Answer, Exchange } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import { type AuthTools, done, json } from "./auth-tools.ts";
import { readFields } from "./read-fields.ts";

interface Asked {
  readonly organisations: Organisations;
  readonly exchange: Exchange;
  readonly me: Actor;
  readonly request: AuthRequest;
  /** The path below `/auth/v1/organisations`. */
  readonly path: readonly string[];
}

type Methods = Readonly<Record<string, (asked: Asked) => Promise<Answer>>>;

/** Organisations, their members and invitations, for whoever belongs to them; and invitations for whoever has the link of one. */
export function organisationRoutes(tools: AuthTools): readonly Route[] {
  const { organisations } = tools.auth;
  if (organisations === undefined) return [];
  const { invitations } = organisations;
  const { post, signedIn, whoAsks } = tools;
  const tokenOf = async (exchange: Exchange): Promise<{ readonly token: unknown }> => {
    const { token } = await readFields(exchange, ["token"]);
    return { token };
  };
  return [
    {
      path: "/auth/v1/organisations",
      subtree: async (exchange) => {
        const path = exchange.segments.slice(3);
        const methods = methodsOf(path);
        const method = methods[exchange.method];
        if (method === undefined) throw new AppError("methodNotAllowed", { headers: { allow: Object.keys(methods).join(", ") } });
        return method({ organisations, exchange, me: await signedIn(exchange), request: tools.asks(exchange), path });
      },
    },
    post("invitations/read", async (exchange, request) =>
      json(200, await invitations.read(await whoAsks(exchange), await tokenOf(exchange), request)),
    ),
    post("invitations/accept", async (exchange, request) =>
      json(200, await invitations.accept(await signedIn(exchange), await tokenOf(exchange), request)),
    ),
    post("invitations/decline", async (exchange, request) => {
      await invitations.decline(await whoAsks(exchange), await tokenOf(exchange), request);
      return done();
    }),
  ];
}

/** What can be asked at a path. Throws `invalidPath` where nothing can. */
function methodsOf(path: readonly string[]): Methods {
  const [, part, , action] = path;
  if (path.length === 0) return all;
  if (path.length === 1) return one;
  if (part === "members" && path.length === 2) return members;
  if (part === "members" && path.length === 3) return member;
  if (part === "invitations" && path.length === 2) return invitations;
  if (part === "invitations" && path.length === 3) return invitation;
  if (part === "invitations" && path.length === 4 && action === "resend") return resend;
  throw new AppError("invalidPath");
}

const idOf = ({ path }: Asked): string => path[0] ?? "";

const all: Methods = {
  GET: async ({ organisations, me }) => json(200, await organisations.list(me)),
  async POST({ organisations, exchange, me, request }) {
    const { organisation } = await readFields(exchange, ["organisation"]);
    return json(201, await organisations.create(me, { organisation }, request));
  },
};

const one: Methods = {
  GET: async (asked) => json(200, await asked.organisations.find(asked.me, idOf(asked))),
};

const members: Methods = {
  GET: async (asked) => json(200, await asked.organisations.members.list(asked.me, idOf(asked))),
};

const member: Methods = {
  async PATCH(asked) {
    const { role } = await readFields(asked.exchange, ["role"]);
    await asked.organisations.members.changeRole(asked.me, { ...pairOf(asked), role }, asked.request);
    return done();
  },
  async DELETE(asked) {
    await asked.organisations.members.remove(asked.me, pairOf(asked), asked.request);
    return done();
  },
};

function pairOf(asked: Asked): { readonly organisation: string; readonly user: string } {
  return { organisation: idOf(asked), user: asked.path[2] ?? "" };
}

const invitations: Methods = {
  GET: async (asked) => json(200, await asked.organisations.invitations.list(asked.me, idOf(asked))),
  async POST(asked) {
    const { email, role } = await readFields(asked.exchange, ["email", "role"]);
    const given = { organisation: idOf(asked), email, role };
    return json(202, await asked.organisations.invitations.invite(asked.me, given, asked.request));
  },
};

function invitationOf(asked: Asked): { readonly organisation: string; readonly invitation: string } {
  return { organisation: idOf(asked), invitation: asked.path[2] ?? "" };
}

const invitation: Methods = {
  async DELETE(asked) {
    await asked.organisations.invitations.withdraw(asked.me, invitationOf(asked), asked.request);
    return done();
  },
};

const resend: Methods = {
  POST: async (asked) => json(202, await asked.organisations.invitations.resend(asked.me, invitationOf(asked), asked.request)),
};
