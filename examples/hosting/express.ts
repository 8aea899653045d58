import { once } from "node:events";
import express, { type Express } from "express";
import { openBackend, type OpenedBackend } from "chassis";
import notes from "./backend.ts";
import { readArguments, untilSignal } from "./own-start.ts";

/** The notes below `/api` of an Express app, beside routes of that app. */
export async function createApp(
  baseUrl: string,
  dataDirectory: string | URL,
): Promise<{ readonly app: Express; readonly backend: OpenedBackend<typeof notes.schema> }> {
  const settings = { CHASSIS_BASE_URL: `${baseUrl}/api` };
  const backend = await openBackend(notes, { dataDirectory, settings, development: true });
  const app = express();
  // Before express.json() and the like: whoever is first reads the body.
  app.use("/api", backend.handle);
  app.use(express.json());

  app.get("/", async (request, response) => {
    const { me, db } = await backend.app.as(new Request(baseUrl, { headers: { cookie: request.headers.cookie ?? "" } }));
    response.json({ me: me?.id ?? null, notes: await db.notes.count() });
  });
  app.post("/echo", (request, response) => void response.json(request.body));
  return { app, backend };
}

if (import.meta.main) {
  const { port, dataDirectory } = readArguments();
  const url = `http://localhost:${port}`;
  const { app, backend } = await createApp(url, dataDirectory);
  const server = app.listen(port, "127.0.0.1");
  await once(server, "listening");
  untilSignal(url, async () => {
    server.close();
    await backend.close();
  });
}
