import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { createApp } from "../../examples/other-apps/app.ts";
import backend from "../../examples/other-apps/backend.ts";
import { addApp, sayYes } from "../support/live-apps.ts";
import { startPeople } from "../support/live-people.ts";

test("the app of the example greets whoever has an account of the site, and nobody whom another browser sends", async (t) => {
  const live = await startPeople(t, { backend });
  const ada = await live.join("ada@example.org", "Ada");
  const front = createServer();
  await new Promise<void>((resolve) => void front.listen(0, "localhost", resolve));
  t.after(() => void front.close());
  const address = front.address();
  assert.ok(typeof address === "object" && address !== null);
  const own = `http://localhost:${address.port}`;
  const { id, secret = "" } = await addApp(live, { redirectUris: [`${own}/callback`] });
  const app = await createApp({ site: live.url, id, secret, own });
  front.on("request", (request, response) => void app.emit("request", request, response));

  const begin = async (): Promise<{ readonly back: URL; readonly cookie: string }> => {
    const sent = await fetch(`${own}/sign-in`, { redirect: "manual" });
    const to = new URL(sent.headers.get("location") ?? "");
    return { back: await sayYes(ada, to.pathname + to.search), cookie: sent.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
  };
  const { back, cookie } = await begin();
  const greeted = await fetch(back, { headers: { cookie } });
  assert.equal(await greeted.text(), `Hello Ada, you are ${ada.user}.`);
  for (const headers of [{}, { cookie: (await begin()).cookie }, { cookie }]) {
    const refused = await fetch((await begin()).back, { headers });
    assert.equal(refused.status, 400);
  }
});
