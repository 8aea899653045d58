import { AppError, defineBackend, defineSchema, everyone, integer, ref, text, webhooksOf } from "chassis";
import { z } from "zod";

const schema = defineSchema(
  {
    users: { name: text().min(1).max(80) },
    schools: { name: text().min(1).max(200) },
    reviews: {
      school: ref("schools").immutable(),
      author: ref("users").immutable().defaultToActor(),
      stars: integer().min(1).max(5),
      body: text().max(4000),
    },
  },
  { roles: ["editor"] },
);

const { webhook } = webhooksOf(schema);

const endpoint = z.object({ url: z.string(), types: z.array(z.string()).min(1).nullable() });

export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    schools: ({ me }) => ({ read: everyone, write: me.hasRole("editor") }),
    reviews: ({ row, me }) => ({ read: everyone, write: row.author.eq(me.id) }),
  },
  webhooks: {
    /** Receivers learn of one school's reviews in the order in which they came. */
    "review.created": webhook("reviews", { on: ["create"], select: ["id", "school", "stars"], orderBy: "school" }),
    /** A review was bad from the start, or has become so. */
    "review.alarming": webhook("reviews", {
      on: ["create", "update"],
      changed: ["stars"],
      when: ({ row, before }) => row.stars.lte(2).and(before.stars.isNull().or(before.stars.gt(2))),
      select: ["id", "school", "stars", "body"],
    }),
    "review.deleted": webhook("reviews", { on: ["delete"], select: ["id", "school"], orderBy: "school" }),
  },
  /** Editors say who receives them. Nothing else asks who is calling: `app.webhooks` acts as the system. */
  routes: (app) => async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname !== "/endpoints") throw new AppError("notFound");
    const { me } = await app.as(request);
    if (me === null) throw new AppError("signInRequired");
    if (!me.roles.includes("editor")) throw new AppError("forbidden");
    if (request.method === "GET") return Response.json(await app.webhooks.list());
    if (request.method !== "POST") throw new AppError("methodNotAllowed");
    const input = endpoint.safeParse(await request.json().catch(() => null));
    if (!input.success) throw new AppError("invalidBody", { details: z.prettifyError(input.error) });
    // The secret is in this answer, and never again in any other.
    return Response.json(await app.webhooks.add(input.data), { status: 201 });
  },
});
