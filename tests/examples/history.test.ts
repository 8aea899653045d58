import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { system } from "#application";
import { silentLogger, systemClock } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import backend from "../../examples/history/backend.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const ada = "01890000-0000-7000-8000-00000000ada0";
const auditor = "01890000-0000-7000-8000-0000000000a1";

type Row = Readonly<Record<string, unknown>>;
type Ask = (method: string, path: string, body?: unknown) => Promise<{ status: number; body: unknown }>;

interface Wiki {
  readonly asAda: Ask;
  readonly asAuditor: Ask;
  readonly asNobody: Ask;
  /** The moment that the clock shows, and then goes on from by a day. */
  readonly nextDay: () => string;
}

async function openWiki(t: TestContext): Promise<Wiki> {
  const config = loadConfig({ environment: {} });
  let ahead = 0;
  const clock = { now: () => systemClock.now() + ahead, monotonic: () => systemClock.monotonic() };
  const dataDirectory = await temporaryFolder(t);
  const platform = await createPlatform({ backend, config, dataDirectory, isDisposable: true, logger: silentLogger, clock });
  t.after(() => platform.close());
  const rows = [
    { id: ada, name: "Ada" },
    { id: auditor, name: "Max" },
  ];
  await platform.records.write(
    { type: "insert", table: "users", rows, rowForm: "json", missing: "default", values: [], form: "json" },
    system,
  );
  const askAs = async (id: string | undefined, roles: readonly string[]): Promise<Ask> => {
    const lifetime = 30 * 86_400_000;
    const token =
      id === undefined ? undefined : (await platform.tokens.issue({ actor: { id, roles, claims: {} }, lifetime })).token;
    return async (method, path, body) => {
      const headers = {
        "content-type": "application/json",
        prefer: "return=representation",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      };
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await platform.fetch(new Request(`http://localhost/rest/v1/${path}`, { method, headers, ...sent }));
      const text = await response.text();
      return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
    };
  };
  return {
    asAda: await askAs(ada, []),
    asAuditor: await askAs(auditor, ["auditor"]),
    asNobody: await askAs(undefined, []),
    nextDay: () => {
      const moment = new Date(clock.now()).toISOString();
      ahead += 86_400_000;
      return moment;
    },
  };
}

async function writePage({ asAda, nextDay }: Wiki): Promise<{ id: string; first: string; second: string }> {
  const made = await asAda("POST", "pages", { title: "Tides", body: "They come and go.", isPublic: true });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const [{ id }] = made.body as [{ id: string }];
  const first = nextDay();
  await asAda("PATCH", `pages/${id}`, { body: "They come twice a day." });
  const second = nextDay();
  return { id, first, second };
}

test("a page as it was, under the rules of the past", async (t) => {
  const wiki = await openWiki(t);
  const { id, first, second } = await writePage(wiki);
  const body = async (ask: Ask, asOf: string): Promise<unknown> =>
    ((await ask("GET", `pages/${id}?select=body&asOf=${asOf}`)).body as Row)["body"];
  assert.equal(await body(wiki.asAda, first), "They come and go.");
  assert.equal(await body(wiki.asAda, second), "They come twice a day.");
  assert.equal(await body(wiki.asAuditor, first), "They come and go.");
  assert.equal((await wiki.asNobody("GET", `pages/${id}`)).status, 200);
  assert.equal((await wiki.asNobody("GET", `pages/${id}?asOf=${first}`)).status, 401);
  await wiki.asAda("PATCH", `pages/${id}`, { isPublic: false });
  assert.equal((await wiki.asAuditor("GET", `pages/${id}`)).status, 404);
  assert.equal(await body(wiki.asAuditor, first), "They come and go.");
});

test("the functions of the page: yesterday, undo, emptyBin", async (t) => {
  const wiki = await openWiki(t);
  const { id, second } = await writePage(wiki);
  const told = await wiki.asAda("POST", "rpc/yesterday", { page: id, now: second });
  assert.deepEqual(told, { status: 200, body: { then: "They come and go.", now: "They come twice a day." } });
  assert.deepEqual((await wiki.asAda("POST", "rpc/undo", { page: id })).body, { body: "They come and go.", version: 3 });
  assert.deepEqual((await wiki.asAda("POST", "rpc/undo", { page: id })).body, { body: "They come twice a day.", version: 4 });
  const versions = (await wiki.asAda("GET", `pages/${id}/versions`)).body as Row[];
  assert.deepEqual(
    versions.map(({ version, operation, author }) => [version, operation, author]),
    [
      [4, "update", ada],
      [3, "update", ada],
      [2, "update", ada],
      [1, "create", ada],
    ],
  );
  await wiki.asAda("DELETE", `pages/${id}`);
  assert.equal((await wiki.asAda("POST", "rpc/emptyBin")).status, 404);
  wiki.nextDay();
  assert.deepEqual(await wiki.asAuditor("POST", "rpc/emptyBin"), { status: 200, body: 1 });
  // Gone for good, and still put back whole from its versions.
  assert.equal((await wiki.asAda("POST", `pages/${id}/restore`)).status, 404);
  assert.equal((await wiki.asAda("POST", `pages/${id}/restore`, { version: 1 })).status, 201);
});

test("a deleted page takes its comments along and brings them back", async (t) => {
  const wiki = await openWiki(t);
  const { id } = await writePage(wiki);
  await wiki.asAda("POST", "comments", { page: id, body: "True." });
  await wiki.asAda("DELETE", `pages/${id}`);
  assert.deepEqual((await wiki.asAda("GET", "pages")).body, []);
  assert.deepEqual((await wiki.asAda("GET", "comments")).body, []);
  assert.equal(((await wiki.asAda("GET", "pages?deletedRows=only&select=title,deleted")).body as Row[]).length, 1);
  assert.equal((await wiki.asAda("POST", "pages", { title: "Tides", body: "Others." })).status, 201);
  assert.equal((await wiki.asAda("POST", `pages/${id}/restore`)).status, 409);
  await wiki.asAda("PATCH", "pages?body=eq.Others.", { title: "Other tides" });
  assert.equal((await wiki.asAda("POST", `pages/${id}/restore`)).status, 200);
  assert.equal(((await wiki.asAda("GET", "comments")).body as Row[]).length, 1);
});
