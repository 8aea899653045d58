import fastify, { type FastifyInstance } from "fastify";
import { openBackend } from "chassis";
import library from "../quickstart/backend.ts";

/** The library of the quickstart below `/api` of a Fastify app, beside routes of that app. Closing the app closes the library. */
export async function createApp(baseUrl: string, dataDirectory: string): Promise<FastifyInstance> {
  const backend = await openBackend(library, { dataDirectory, settings: { CHASSIS_BASE_URL: `${baseUrl}/api` } });
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

  app.get("/", async () => ({ books: await backend.app.asSystem().books.count() }));
  app.post("/echo", async (request) => request.body);
  return app;
}
