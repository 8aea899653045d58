import { defineBackend, defineSchema, everyone, type FetchHandler, query, type RouteContext, ref, text } from "chassis";

const schema = defineSchema({
  users: { name: text().min(1).max(80) },
  notices: {
    title: text().min(1).max(120),
    body: text().max(4000),
    author: ref("users").immutable().defaultToActor(),
  },
});

function pages(app: RouteContext<typeof schema>): FetchHandler {
  return async (request) => {
    if (new URL(request.url).pathname !== "/") return new Response("There is no such page.", { status: 404 });
    const { db } = await app.as(request);
    const notices = await db.notices.list({ orderBy: { created: "desc" }, limit: 20 });
    const items = notices.map(({ title, body }) => `<li><b>${escapeHtml(title)}</b> ${escapeHtml(body)}</li>`);
    return new Response(`<!doctype html><title>Board</title><h1>Board</h1><ul>${items.join("")}</ul>`, {
      headers: { "content-type": "text/html; charset=utf-8" },
    });
  };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    notices: ({ row, me }) => ({ read: everyone, write: row.author.eq(me.id) }),
  },
  functions: {
    figures: query({ access: everyone }, async ({ db }) => ({
      notices: await db.notices.count({}),
      people: await db.users.count({}),
    })),
  },
  routes: pages,
});
