import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type Browser, startPeople } from "../support/live-people.ts";
import teams from "../../examples/teams/backend.ts";

const live = await startPeople({ after }, { backend: teams });
const organisations = "/auth/v1/organisations";

async function makeTeam(owner: Browser, name: string): Promise<string> {
  const made = await owner.post(organisations, { organisation: { name } });
  assert.equal(made.status, 201, made.text);
  return `${organisations}/${String(made.body["organisation"])}`;
}

test("a team is made, people are invited and come, get roles, and leave: over HTTP", async () => {
  const ada = await live.join("ada@example.org", "Ada");
  const red = await makeTeam(ada, "Red");
  const asked = await ada.post(`${red}/invitations`, { email: "bea@example.org", role: "admin" });
  assert.equal(asked.status, 202, asked.text);
  assert.equal(asked.body["address"], "bea@example.org");
  const mail = await live.mailTo("bea@example.org", /You are invited at/);
  assert.match(mail, /Somebody invites you to “Red”/);
  const token = /[?&]token=([\w-]{43})/.exec(mail)?.[1];
  const stranger = live.browser();
  assert.deepEqual((await stranger.post("/auth/v1/invitations/read", { token })).body["name"], "Red");
  assert.equal((await stranger.post("/auth/v1/invitations/accept", { token })).status, 401);

  const bea = await live.join("bea@example.org", "Bea");
  const accepted = await bea.post("/auth/v1/invitations/accept", { token });
  assert.deepEqual([accepted.status, accepted.body["role"]], [200, "admin"]);
  assert.equal((await bea.post("/auth/v1/invitations/accept", { token })).code, "used_link");
  const mine: unknown = JSON.parse((await bea.get(organisations)).text);
  assert.ok(Array.isArray(mine) && mine.length === 1);

  const list: unknown = JSON.parse((await bea.get(`${red}/members`)).text);
  assert.ok(Array.isArray(list));
  assert.deepEqual(
    list.map((member: { name: string; role: string }) => [member.name, member.role]),
    [
      ["Ada", "owner"],
      ["Bea", "admin"],
    ],
  );
  assert.equal((await bea.ask(`${red}/members/${ada.user}`, { method: "DELETE" })).status, 403);
  assert.equal((await ada.ask(`${red}/members/${ada.user}`, { method: "DELETE" })).code, "last_owner");
  assert.equal((await ada.ask(`${red}/members/${bea.user}`, { method: "PATCH", body: { role: "member" } })).status, 204);
  assert.equal((await bea.get(`${red}/invitations`)).status, 403);
  assert.equal((await bea.ask(`${red}/members/${bea.user}`, { method: "DELETE" })).status, 204);
  assert.equal((await bea.get(red)).status, 404);
});

test("the last owner is told which teams keep their account, with the way to hand them over, before they ask for its end", async () => {
  const eli = await live.join("eli@example.org", "Eli");
  const green = await makeTeam(eli, "Green & gold");
  const organisation = green.slice(organisations.length + 1);
  const plan = await eli.get("/auth/v1/account/deletion");
  assert.deepEqual(plan.body["lastOwnerOf"], [{ organisation, name: "Green & gold" }]);
  const page = (await eli.get("/auth/delete")).text;
  assert.ok(page.includes(`<a href="/auth/organisations/members?organisation=${organisation}">Green &amp; gold</a>`), page);
  assert.doesNotMatch(page, /Delete my account<\/button>/);
  const refused = await eli.ask("/auth/v1/account", { method: "DELETE" });
  assert.deepEqual([refused.status, refused.code], [409, "last_owner"]);
  assert.match(String(refused.body["details"]), /Green & gold/);
});

test("an invitation is seen, sent again, withdrawn and declined", async () => {
  const cat = await live.join("cat@example.org", "Cat");
  const blue = await makeTeam(cat, "Blue");
  const invite = (email: string) => cat.post(`${blue}/invitations`, { email, role: "member" });
  const { id } = (await invite("dan@example.org")).body;
  const again = await cat.post(`${blue}/invitations/${String(id)}/resend`);
  assert.equal(again.status, 429);
  assert.ok(Number(again.headers.get("retry-after")) > 50);
  const token = await live.tokenTo("dan@example.org", /invited/);
  assert.equal((await cat.ask(`${blue}/invitations/${String(id)}`, { method: "DELETE" })).status, 204);
  assert.equal((await live.browser().post("/auth/v1/invitations/read", { token })).code, "used_link");
  assert.equal((await cat.ask(`${blue}/invitations/${String(id)}`, { method: "DELETE" })).status, 404);

  await invite("eva@example.org");
  const other = await live.tokenTo("eva@example.org", /invited/);
  assert.equal((await live.browser().post("/auth/v1/invitations/decline", { token: other })).status, 204);
  assert.match((await invite("eva@example.org")).text, /declined/);
});

test("what cannot be asked is told", async () => {
  const fay = await live.join("fay@example.org", "Fay");
  const team = await makeTeam(fay, "Green");
  assert.equal((await live.browser().get(organisations)).status, 401);
  assert.equal((await fay.ask(team, { method: "DELETE" })).status, 405);
  assert.equal((await fay.get(`${team}/projects`)).status, 404);
  assert.equal((await fay.get(`${organisations}/nothing`)).status, 404);
  assert.equal((await fay.post(organisations, { name: "Green" })).status, 400);
  assert.match((await fay.post(`${team}/invitations`, { email: "x", role: "king" })).text, /e-mail address/);
  const forged = await fay.post(organisations, { organisation: { name: "X" } }, { headers: { "sec-fetch-site": "cross-site" } });
  assert.equal(forged.code, "cross_site");
});
