import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Browser, type Reply, startPeople } from "../support/live-people.ts";
import teams from "../../examples/teams/backend.ts";

const live = await startPeople({ after }, { backend: teams });
const organisations = "/auth/v1/organisations";
type Known = Browser & { readonly user: string };
let [owner, admin, eve]: Known[] = [];

const idOf = (text: string): string => (JSON.parse(text) as { organisation: string }).organisation;

async function makeTeam(by: Browser, name = "Red"): Promise<string> {
  return idOf((await by.post(organisations, { organisation: { name } })).text);
}

async function invite(by: Browser, organisation: string, email: string, role = "member"): Promise<string> {
  const asked = await by.post(`${organisations}/${organisation}/invitations`, { email, role });
  assert.equal(asked.status, 202, asked.text);
  return live.tokenTo(email, /invited/);
}

const accept = (by: Browser, token: string): Promise<Reply> => by.post("/auth/v1/invitations/accept", { token });
const read = (by: Browser, token: string): Promise<Reply> => by.post("/auth/v1/invitations/read", { token });
const change = (sql: string, ...values: (string | number | null)[]): Promise<number> =>
  live.platform.database.transaction((connection) => connection.run(sql, values));
const membersOf = async (by: Browser, organisation: string): Promise<readonly { user: string; role: string }[]> =>
  JSON.parse((await by.get(`${organisations}/${organisation}/members`)).text) as { user: string; role: string }[];

before(async () => {
  owner = await live.join("owner@example.org", "Owner");
  admin = await live.join("admin@example.org", "Admin");
  eve = await live.join("eve@example.org", "Eve");
});

test("29: an invitation is good for whoever has proved its address, and for nobody else who has the link", async () => {
  assert.ok(owner && eve);
  const team = await makeTeam(owner);
  const token = await invite(owner, team, "victim@example.org", "admin");
  for (const path of ["read", "accept", "decline"]) {
    const refused: Reply = await eve.post(`/auth/v1/invitations/${path}`, { token });
    assert.deepEqual([refused.status, refused.code], [403, "other_address"], path);
    assert.doesNotMatch(refused.text, /victim|Red|admin/, "nothing of it is told");
  }
  // Addresses that look or spell alike are others (attack 30).
  const alike = await live.join("victim+1@example.org", "Alike");
  assert.equal((await accept(alike, token)).code, "other_address");
  assert.equal((await live.browser().post("/auth/v1/invitations/accept", { token })).status, 401);
  const victim = await live.join("Victim@example.org", "Victim");
  assert.equal((await accept(victim, token)).status, 200);
  assert.deepEqual(
    (await membersOf(owner, team)).map(({ user, role }) => [user, role]),
    [
      [owner.user, "owner"],
      [victim.user, "admin"],
    ],
  );
});

test("29: an address that is asked for, and not confirmed, is nobody's", async () => {
  assert.ok(owner && eve);
  const team = await makeTeam(owner);
  const token = await invite(owner, team, "later@example.org");
  const asked = await eve.post("/auth/v1/address", { email: "later@example.org" });
  assert.equal(asked.status, 202, asked.text);
  assert.equal((await accept(eve, token)).code, "other_address");
  const later = await live.join("later@example.org", "Later");
  const confirmed = "UPDATE _chassis_accounts SET verified = ? WHERE user = ?";
  await change(confirmed, null, later.user);
  assert.equal((await accept(later, token)).code, "other_address");
  await change(confirmed, 1, later.user);
  assert.equal((await accept(later, token)).status, 200);
});

test("29: twenty who accept at once are one member, once", async () => {
  assert.ok(owner);
  const team = await makeTeam(owner);
  const token = await invite(owner, team, "many@example.org");
  const many = await live.join("many@example.org", "Many");
  const answers = await Promise.all(Array.from({ length: 20 }, () => accept(many, token)));
  assert.deepEqual(
    answers.map(({ status }) => status).filter((status) => status === 200),
    [200],
  );
  assert.equal((await membersOf(owner, team)).length, 2);
});

test("29: what has ended since is good no more: withdrawn, inviter removed, demoted or suspended, organisation deleted", async () => {
  assert.ok(owner && admin);
  const guest = await live.join("guest@example.org", "Guest");
  const endings: Readonly<Record<string, (team: string) => Promise<unknown>>> = {
    removed: (team) => (owner as Known).ask(`${organisations}/${team}/members/${(admin as Known).user}`, { method: "DELETE" }),
    demoted: (team) =>
      (owner as Known).ask(`${organisations}/${team}/members/${(admin as Known).user}`, {
        method: "PATCH",
        body: { role: "member" },
      }),
    "removed and back": async (team) => {
      await (owner as Known).ask(`${organisations}/${team}/members/${(admin as Known).user}`, { method: "DELETE" });
      await accept(admin as Known, await invite(owner as Known, team, "admin@example.org", "admin"));
    },
    deleted: (team) => (owner as Known).ask(`/rest/v1/organisations?id=eq.${team}`, { method: "DELETE" }),
    suspended: () => change("UPDATE _chassis_accounts SET suspended = 1 WHERE user = ?", (admin as Known).user),
  };
  for (const [what, end] of Object.entries(endings)) {
    const team = await makeTeam(owner, what);
    await accept(admin, await invite(owner, team, "admin@example.org", "admin"));
    const asked: Reply = await admin.post(`${organisations}/${team}/invitations`, { email: "guest@example.org", role: "member" });
    assert.equal(asked.status, 202, `${what} ${asked.text}`);
    // So that no limit of mails stands in the way.
    await change("DELETE FROM _chassis_invitation_mails");
    const token = await live.tokenTo("guest@example.org", /invited/);
    assert.equal((await read(guest, token)).status, 200, what);
    await end(team);
    for (const answer of [await read(guest, token), await accept(guest, token)])
      assert.deepEqual([what, answer.status, answer.code], [what, 400, "used_link"]);
  }
});

test("29: who comes back with the same address belongs to nothing", async () => {
  assert.ok(owner);
  const team = await makeTeam(owner);
  const token = await invite(owner, team, "again@example.org");
  const first = await live.join("again@example.org", "First");
  assert.equal((await accept(first, token)).status, 200);
  await change("DELETE FROM users WHERE id = ?", first.user);
  // Mails to one address are counted past the end of its account.
  await change("DELETE FROM _chassis_mail_budget");
  const second = await live.join("again@example.org", "Second");
  assert.equal((await accept(second, token)).code, "used_link");
  assert.equal((await second.get(`${organisations}/${team}`)).status, 404);
  assert.equal((await membersOf(owner, team)).length, 1);
});

test("29: whoever invites does not learn whether an address has an account", async () => {
  assert.ok(owner);
  const team = await makeTeam(owner);
  await live.join("known@example.org", "Known");
  const answers = await Promise.all(
    ["known@example.org", "unkno@example.org"].map(async (email) => {
      const { status, body } = await (owner as Known).post(`${organisations}/${team}/invitations`, { email, role: "member" });
      return [status, Object.keys(body), body["address"] === email, body["role"]];
    }),
  );
  assert.deepEqual(answers[0], answers[1]);
  const list = JSON.parse((await owner.get(`${organisations}/${team}/invitations`)).text) as readonly object[];
  assert.deepEqual(
    list.map((each) => Object.keys(each)),
    [list, list].map(() => ["id", "address", "role", "by", "created", "expires"]),
  );
});

test("29: an organisation's name puts no address, no line and no template into a mail to strangers", async () => {
  assert.ok(owner);
  const names = [
    "Win at https://evil.example/x now",
    "evil.example",
    "Call +44 7700 900123 today",
    "mail boss@evil.example",
    "{site} {link} <b>bold</b>",
  ];
  for (const [at, name] of names.entries()) {
    const team = await makeTeam(owner, name);
    const email = `stranger${at}@example.org`;
    await owner.post(`${organisations}/${team}/invitations`, { email, role: "member" });
    const mail = await live.mailTo(email, /^You are invited at localhost:\d+$/);
    const [, said = ""] = /to “(.*?)” at/.exec(mail) ?? [];
    assert.doesNotMatch(said, /[:/@{}<>]|\w\.\w|\d{5}/, said);
    assert.ok([...said].length <= 40, said);
    assert.equal([...mail.matchAll(/https?:/g)].length, 1, "its one link is ours");
  }
});

test("29: nobody is buried in mail by invitations, from however many organisations", async () => {
  assert.ok(owner);
  for (let at = 0; at < 8; at++) {
    const team = await makeTeam(owner, `Team ${at}`);
    const asked: Reply = await owner.post(`${organisations}/${team}/invitations`, {
      email: "buried@example.org",
      role: "member",
    });
    assert.equal(asked.status, 202, "whoever invites is not told how many others do");
    const id = String(asked.body["id"]);
    assert.equal((await owner.post(`${organisations}/${team}/invitations/${id}/resend`)).status, 429);
  }
  await live.mailTo("buried@example.org", /invited/);
  const mails = await live.platform.mail.mailbox.list({ to: "buried@example.org" });
  assert.ok(mails.length <= 5, String(mails.length));
  const kept = await live.platform.database.get("SELECT count(*) FROM _chassis_invitation_mails WHERE address_key = ?", [
    "buried@example.org",
  ]);
  assert.deepEqual(kept, [5]);
});

test("12: no change of a membership moves its member, its owner or its role to where its writer may not put it", async () => {
  assert.ok(owner && eve);
  const [red, blue] = [await makeTeam(owner), await makeTeam(eve, "Blue")];
  const rows = "/rest/v1/members";
  const own = `${rows}?organisation=eq.${red}`;
  const attempts: readonly (readonly [Known, string, string, unknown])[] = [
    [eve, "POST", rows, { organisation: red, user: eve.user, role: "owner" }],
    [owner, "POST", rows, { organisation: red, user: eve.user, role: "owner" }],
    [eve, "PATCH", `${rows}?user=eq.${eve.user}`, { organisation: red }],
    [owner, "PATCH", own, { user: eve.user }],
    [eve, "DELETE", own, undefined],
    [owner, "PUT", `${rows}/${blue}`, { organisation: red, user: eve.user, role: "owner" }],
  ];
  for (const [who, method, path, body] of attempts) {
    const { status, text } = await who.ask(path, { method, ...(body === undefined ? {} : { body }) });
    assert.ok(status >= 400 || text === "", `${method} ${path} ${status} ${text}`);
  }
  assert.deepEqual(
    (await membersOf(owner, red)).map(({ user, role }) => [user, role]),
    [[owner.user, "owner"]],
  );
  assert.deepEqual(
    (await membersOf(eve, blue)).map(({ user, role }) => [user, role]),
    [[eve.user, "owner"]],
  );
});

test("20: a batch with one forbidden part makes no organisation", async () => {
  assert.ok(owner);
  const count = async () => (JSON.parse((await (owner as Known).get(organisations)).text) as unknown[]).length;
  const before = await count();
  const batch = [
    { method: "POST", path: "/rest/v1/organisations", body: { name: "One" } },
    { method: "POST", path: "/rest/v1/members", body: { organisation: crypto.randomUUID(), user: owner.user, role: "owner" } },
  ];
  const refused = await owner.post("/rest/v1", batch);
  assert.deepEqual([refused.status, refused.body["operation"]], [403, 1], refused.text);
  assert.equal((await owner.post("/rest/v1", batch.slice(0, 1))).code, "last_owner");
  assert.equal((await owner.post("/rest/v1/organisations", { name: "Ownerless" })).code, "last_owner");
  assert.equal(await count(), before);
});
