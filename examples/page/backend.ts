import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineBackend, defineSchema, everyone, type FetchHandler, nobody, text } from "chassis";

const schema = defineSchema({ greetings: { name: text().min(1).max(80), body: text().min(1).max(400) } });

export default defineBackend(schema, {
  rules: { greetings: () => ({ read: everyone, create: everyone, update: nobody, delete: nobody }) },
  routes: () => site,
});

const html = `<!doctype html>
<html lang="en">
  <title>Greetings</title>
  <script type="module" src="/page.js"></script>
  <h1>Greetings</h1>
  <ul></ul>
  <form>
    <label>Name <input name="name" required></label> <label>Greeting <input name="body" required></label> <button>Sign</button>
    <p role="alert"></p>
  </form>
</html>`;

const site: FetchHandler = (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/") return answer(html, "text/html; charset=utf-8");
  if (pathname === "/page.js") return answer(readFileSync(join(import.meta.dirname, "built/page.js")), "text/javascript");
  return new Response("There is no such page.", { status: 404 });
};

function answer(body: BodyInit, type: string): Response {
  return new Response(body, { headers: { "content-type": type, "cache-control": "no-cache" } });
}
