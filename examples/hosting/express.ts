import express, { type Express } from "express";
import { openBackend, type OpenedBackend } from "chassis";
import library from "../quickstart/backend.ts";

/** The library of the quickstart below `/api` of an Express app, beside routes of that app. */
export async function createApp(
  baseUrl: string,
  dataDirectory: string,
): Promise<{ readonly app: Express; readonly backend: OpenedBackend<typeof library.schema> }> {
  const backend = await openBackend(library, { dataDirectory, settings: { CHASSIS_BASE_URL: `${baseUrl}/api` } });
  const app = express();
  // Before express.json() and the like: whoever is first reads the body.
  app.use("/api", backend.handle);
  app.use(express.json());

  app.get("/", async (request, response) => {
    const { db } = await backend.app.as(new Request(baseUrl, { headers: { cookie: request.headers.cookie ?? "" } }));
    const books = await db.books.list({ orderBy: { title: "asc" }, limit: 20 });
    response.json({ books: books.map(({ title }) => title) });
  });
  app.post("/echo", (request, response) => void response.json(request.body));
  return { app, backend };
}
