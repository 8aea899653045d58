import fastify, { type FastifyInstance } from "fastify";
import { openBackend, type OpenedBackend } from "chassis";
import notes from "./backend.ts";
import { readArguments, untilSignal } from "./own-start.ts";

/** The notes below `/api` of a Fastify app, beside routes of that app. Closing the app closes the back end. */
export async function createApp(
  baseUrl: string,
  dataDirectory: string | URL,
): Promise<{ readonly app: FastifyInstance; readonly backend: OpenedBackend<typeof notes.schema> }> {
  const settings = { CHASSIS_BASE_URL: `${baseUrl}/api` };
  const backend = await openBackend(notes, { dataDirectory, settings, development: true });
  const app = fastify();
  app.register(
    async (scope) => {
      // The body is left as it comes: Chassis reads it.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
      scope.all("/*", (request, reply) => {
        reply.hijack();
        backend.handle(request.raw, reply.raw);
      });
    },
    { prefix: "/api" },
  );
  // By then nobody is served any more: what is under way was answered.
  app.addHook("onClose", () => backend.close());

  app.get("/", async (request) => {
    const { me, db } = await backend.app.as(new Request(baseUrl, { headers: { cookie: request.headers.cookie ?? "" } }));
    return { me: me?.id ?? null, notes: await db.notes.count() };
  });
  app.post("/echo", async (request) => request.body);
  return { app, backend };
}

if (import.meta.main) {
  const { port, dataDirectory } = readArguments();
  const { app } = await createApp(`http://localhost:${port}`, dataDirectory);
  await app.listen({ port, host: "127.0.0.1" });
  untilSignal(`http://localhost:${port}`, () => app.close());
}
