import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { system } from "#application";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { boardBackend } from "./board-backend.ts";

type Row = Readonly<Record<string, unknown>>;

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

type Ask = (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

async function openBoards(t: TestContext): Promise<{ ann: Ask; bob: Ask; nobody: Ask }> {
  const config = loadConfig({ environment: {} });
  const dataDirectory = await temporaryFolder(t);
  const platform = await createPlatform({
    backend: boardBackend,
    config,
    dataDirectory,
    isDisposable: true,
    logger: silentLogger,
  });
  t.after(() => platform.close());
  const { keys = [] } = await platform.records.write(
    {
      type: "insert",
      table: "users",
      rows: [{ name: "Ann" }, { name: "Bob" }],
      rowForm: "json",
      missing: "default",
      values: [],
      form: "json",
    },
    system,
  );
  const askAs =
    (token: string | undefined): Ask =>
    async (method, path, body, headers = {}) => {
      const sent = {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      };
      const text = body === undefined ? undefined : JSON.stringify(body);
      const response = await platform.fetch(
        new Request(`http://localhost/rest/v1/${path}`, { method, headers: sent, ...(text === undefined ? {} : { body: text }) }),
      );
      const answer = await response.text();
      return { status: response.status, body: answer === "" ? undefined : JSON.parse(answer), headers: response.headers };
    };
  const tokenOf = async (id: string): Promise<string> =>
    (await platform.tokens.issue({ actor: { id, roles: [], claims: {} }, lifetime: 60_000 })).token;
  return {
    ann: askAs(await tokenOf(String(keys[0]))),
    bob: askAs(await tokenOf(String(keys[1]))),
    nobody: askAs(undefined),
  };
}

const whole = { prefer: "return=representation" };

type Board = Row & { readonly id: string; readonly updated: string };

async function makeBoard(ann: Ask): Promise<Board> {
  const { body, status } = await ann("POST", "boards", { title: "Plans", secret: "s" }, whole);
  assert.equal(status, 201);
  const [board] = body as Board[];
  assert.ok(board);
  return board;
}

const codeOf = ({ status, body }: Answer): readonly unknown[] => [status, (body as { code?: string } | undefined)?.code];

describe("the past over HTTP", () => {
  test("a row and its list at a moment: the one that the row itself names", async (t) => {
    const { ann } = await openBoards(t);
    const first = await makeBoard(ann);
    const changed = await ann("PATCH", `boards/${first.id}`, { title: "Better plans" }, whole);
    const second = changed.body as Board;
    for (const board of [first, second]) {
      const moment = encodeURIComponent(board.updated);
      const { size: _, total: __, ...values } = board;
      const found = (await ann("GET", `boards/${board.id}?asOf=${moment}`)).body as Row;
      assert.deepEqual({ ...found, size: 0, total: null }, { ...values, size: 0, total: null });
      assert.deepEqual((await ann("GET", `boards?select=title&asOf=${moment}`)).body, [{ title: board["title"] }]);
      const page = await ann("GET", `boards?select=title&limit=1&after=&asOf=${moment}`, undefined, { prefer: "count=exact" });
      assert.deepEqual(page.body, [{ title: board["title"] }]);
      assert.equal(page.headers.get("content-range"), "*/1");
    }
    assert.deepEqual((await ann("GET", "boards?asOf=2020-01-01T00:00:00Z")).body, []);
  });

  test("what is wrong is said, and a column of the parameter's name is filtered in quotes", async (t) => {
    const { ann, bob, nobody } = await openBoards(t);
    const { id } = await makeBoard(ann);
    const refused: readonly (readonly [Ask, string, string, number, string])[] = [
      [ann, "GET", "boards?asOf=yesterday", 400, "22P02"],
      [ann, "GET", "boards?asOf=2999-01-01T00:00:00Z", 400, "22P02"],
      [ann, "GET", "boards?asOf=", 400, "22P02"],
      [ann, "GET", "users?asOf=2020-01-01T00:00:00Z", 400, "PGRST127"],
      [ann, "GET", "boards?asOf=2020-01-01T00:00:00Z&select=*,notes(*)", 400, "PGRST127"],
      [ann, "GET", "plain?asOf=2020-01-01T00:00:00Z", 403, "42501"],
      [nobody, "GET", "plain?asOf=2020-01-01T00:00:00Z", 401, "PGRST302"],
      [ann, "GET", "boards?deletedRows=yes", 400, "PGRST100"],
      [ann, "GET", "notes?deletedRows=only", 400, "PGRST127"],
      [ann, "DELETE", `boards/${id}?asOf=2020-01-01T00:00:00Z`, 400, "PGRST100"],
      [ann, "DELETE", "boards?title=eq.x&deletedRows=only", 400, "PGRST100"],
      [ann, "GET", 'boards?"asOf"=eq.1', 400, "42703"],
      [ann, "GET", `boards/${id}/versions?limit=1`, 400, "PGRST100"],
      [ann, "POST", `boards/${id}/versions`, 405, "PGRST117"],
      [ann, "GET", `boards/${id}/restore`, 405, "PGRST117"],
      [ann, "GET", `boards/${id}/version`, 404, "PGRST125"],
      [ann, "GET", `boards/${id}/versions/1`, 404, "PGRST125"],
      [ann, "POST", `boards/${id}/restore`, 404, "not_found"],
      [bob, "GET", `boards/${id}/versions`, 404, "not_found"],
      [bob, "POST", `boards/${id}/restore`, 404, "not_found"],
      [nobody, "POST", `boards/${id}/restore`, 401, "PGRST302"],
      [ann, "POST", "users/x/restore", 400, "PGRST127"],
    ];
    for (const [ask, method, path, status, code] of refused) {
      const answer = await ask(method, path);
      assert.deepEqual(codeOf(answer), [status, code], `${method} ${path}: ${JSON.stringify(answer.body)}`);
    }
    for (const body of [[], 3, "x", { version: "1" }, { version: 1.5 }, { versions: 1 }])
      assert.deepEqual(codeOf(await ann("POST", `boards/${id}/restore`, body)), [400, "PGRST102"], JSON.stringify(body));
  });

  test("a deleted row is shown to whom it concerns, and comes back", async (t) => {
    const { ann, bob } = await openBoards(t);
    const { id } = await makeBoard(ann);
    assert.equal((await ann("DELETE", `boards/${id}`)).status, 204);
    assert.equal((await ann("GET", `boards/${id}`)).status, 404);
    assert.equal((await ann("GET", `boards/${id}?deletedRows=include`)).status, 200);
    assert.deepEqual((await bob("GET", "boards?deletedRows=include")).body, []);
    assert.deepEqual((await ann("GET", "boards?deletedRows=only&select=title&deleted=gt.2020-01-01T00:00:00Z")).body, [
      { title: "Plans" },
    ]);
    assert.deepEqual((await ann("GET", "boards?select=title&deleted=is.null")).body, []);
    assert.deepEqual(codeOf(await ann("PATCH", `boards/${id}`, { deleted: null })), [400, "validation_failed"]);
    const again = await ann("POST", `boards/${id}/restore?select=title,deleted,version`, undefined, whole);
    assert.deepEqual([again.status, again.body], [200, { title: "Plans", deleted: null, version: 3 }]);
    assert.equal((await ann("POST", `boards/${id}/restore`)).status, 404);
    await ann("DELETE", `boards/${id}`);
    assert.equal((await ann("POST", `boards/${id}/restore`, {}, { prefer: "tx=rollback" })).status, 204);
    assert.equal((await ann("GET", `boards/${id}`)).status, 404);
    await ann("POST", "boards", { title: "Plans" });
    assert.deepEqual(codeOf(await ann("POST", `boards/${id}/restore`)), [409, "23505"]);
  });

  test("the versions of a row, and one of them put back", async (t) => {
    const { ann } = await openBoards(t);
    const { id } = await makeBoard(ann);
    await ann("PATCH", `boards/${id}`, { title: "Second" });
    await ann("DELETE", `boards/${id}`);
    const list = (await ann("GET", `boards/${id}/versions`)).body as Row[];
    assert.deepEqual(
      list.map((each) => [each["version"], each["operation"], (each["values"] as Row)["title"]]),
      [
        [3, "delete", "Second"],
        [2, "update", "Second"],
        [1, "create", "Plans"],
      ],
    );
    const tag = (await ann("GET", `boards/${id}/versions`)).headers.get("etag") ?? "";
    assert.equal((await ann("GET", `boards/${id}/versions`, undefined, { "if-none-match": tag })).status, 304);
    const back = await ann("POST", `boards/${id}/restore?select=title`, { version: 1 }, whole);
    assert.deepEqual([back.status, back.body], [200, { title: "Plans" }]);
    assert.deepEqual(codeOf(await ann("POST", `boards/${id}/restore`, { version: 77 })), [404, "not_found"]);
    const stale = await ann("POST", `boards/${id}/restore`, { version: 2 }, { "if-match": '"1"' });
    assert.equal(stale.status, 412);
    assert.equal((await ann("GET", `boards/${id}?select=title`)).body !== undefined, true);
  });

  test("a batch restores with the rest or not at all", async (t) => {
    const { ann } = await openBoards(t);
    const { id } = await makeBoard(ann);
    await ann("DELETE", `boards/${id}`);
    const operations = (title: string): readonly object[] => [
      { method: "POST", path: `/rest/v1/boards/${id}/restore` },
      { method: "POST", path: "/rest/v1/boards", body: { title } },
    ];
    assert.equal((await ann("POST", "", operations("Plans"))).status, 409);
    assert.equal((await ann("GET", `boards/${id}`)).status, 404);
    assert.equal((await ann("POST", "", operations("Others"))).status, 200);
    assert.equal((await ann("GET", `boards/${id}`)).status, 200);
  });
});
