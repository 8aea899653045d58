import { once } from "node:events";
import { type HttpBindings, serve } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { Hono } from "hono";
import { openBackend, type OpenedBackend } from "chassis";
import notes from "./backend.ts";
import { readArguments, untilSignal } from "./own-start.ts";

/** The notes below `/api` of a Hono app on Node.js, beside routes of that app. */
export async function createApp(
  baseUrl: string,
  dataDirectory: string | URL,
): Promise<{ readonly app: Hono<{ Bindings: HttpBindings }>; readonly backend: OpenedBackend<typeof notes.schema> }> {
  const settings = { CHASSIS_BASE_URL: `${baseUrl}/api` };
  const backend = await openBackend(notes, { dataDirectory, settings, development: true });
  const app = new Hono<{ Bindings: HttpBindings }>();
  // Not app.mount(), which takes the path away and leaves out who is asking.
  app.all("/api/*", (context) => backend.fetch(context.req.raw, { address: getConnInfo(context).remote.address }));

  app.get("/", async (context) => {
    const { me, db } = await backend.app.as(context.req.raw);
    return context.json({ me: me?.id ?? null, notes: await db.notes.count() });
  });
  app.post("/echo", async (context) => context.json(await context.req.json()));
  return { app, backend };
}

if (import.meta.main) {
  const { port, dataDirectory } = readArguments();
  const url = `http://localhost:${port}`;
  const { app, backend } = await createApp(url, dataDirectory);
  const server = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" });
  await once(server, "listening");
  untilSignal(url, async () => {
    server.close();
    await backend.close();
  });
}
