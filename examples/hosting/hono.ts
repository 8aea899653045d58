import { Hono } from "hono";
import { openBackend, type OpenedBackend } from "chassis";
import library from "../quickstart/backend.ts";

/** What the server below Hono knows of a connection; `addressOf` finds the caller's address in it, as that server gives it. */
export interface HostingOptions<Bindings extends object> {
  readonly baseUrl: string;
  readonly dataDirectory: string;
  readonly addressOf: (bindings: Bindings) => string | undefined;
}

/** The library of the quickstart below `/api` of a Hono app, beside routes of that app. */
export async function createApp<Bindings extends object>({
  baseUrl,
  dataDirectory,
  addressOf,
}: HostingOptions<Bindings>): Promise<{
  readonly app: Hono<{ Bindings: Bindings }>;
  readonly backend: OpenedBackend<typeof library.schema>;
}> {
  const backend = await openBackend(library, { dataDirectory, settings: { CHASSIS_BASE_URL: `${baseUrl}/api` } });
  const app = new Hono<{ Bindings: Bindings }>();
  // Not app.mount(), which takes the path away and leaves out who is asking.
  app.all("/api/*", (context) => backend.fetch(context.req.raw, { address: addressOf(context.env) }));
  app.get("/", async (context) => context.json({ books: await backend.app.asSystem().books.count() }));
  app.post("/echo", async (context) => context.json(await context.req.json()));
  return { app, backend };
}
