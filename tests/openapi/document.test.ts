import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compileErrors, validate } from "@readme/openapi-parser";
import type { Actor } from "#contract";
import { errorTable } from "#contract";
import { describeApi } from "#platform";
import type { JsonSchema, OpenApiDocument } from "#server";
import pathways from "../../examples/pathways/backend.ts";
import teams from "../../examples/teams/backend.ts";
import { marketBackend } from "./market-backend.ts";

const now = Date.UTC(2026, 10, 25);
const somebody: Actor = { id: "01980a5e-7c00-7000-8000-000000000001", roles: [], claims: {} };
const warden: Actor = { ...somebody, roles: ["warden"] };

const whole = describeApi(marketBackend, { now });
const anonymous = describeApi(marketBackend, { caller: null, now });

function schemaOf({ components }: OpenApiDocument, name: string): JsonSchema {
  const schema = components.schemas[name];
  assert.ok(schema !== undefined, `there is no ${name}`);
  return schema;
}

function operations({ paths }: OpenApiDocument): readonly string[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((method) => method !== "parameters")
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
}

function operationIds({ paths }: OpenApiDocument): readonly string[] {
  return Object.values(paths).flatMap((item) =>
    Object.values(item).flatMap((operation) => ("operationId" in operation ? [operation.operationId] : [])),
  );
}

describe("the document", () => {
  for (const [name, document] of [
    ["of all that anybody may reach", whole],
    ["of nobody in particular", anonymous],
    ["of somebody with a role", describeApi(marketBackend, { caller: warden, now })],
    ["of Pathways", describeApi(pathways, { now })],
    ["of a back end with organisations", describeApi(teams, { now })],
  ] as const) {
    test(`is valid OpenAPI 3.1: ${name}`, async () => {
      const result = await validate(structuredClone(document) as never);
      assert.ok(result.valid, result.valid ? "" : compileErrors(result));
      const ids = operationIds(document);
      assert.ok(ids.length > 30);
      assert.equal(new Set(ids).size, ids.length);
      for (const id of ids) assert.match(id, /^[a-z][A-Za-z0-9_]*$/);
    });
  }

  test("says what somebody may tell of themselves who signs up, whoever asks", () => {
    for (const document of [whole, anonymous]) {
      const user = schemaOf(document, "NewUser");
      assert.deepEqual(Object.keys(user["properties"] as object).toSorted(), ["name", "phone"]);
      assert.deepEqual(user["required"], ["name"]);
      assert.equal(user["additionalProperties"], false);
      const body = document.paths["/auth/v1/sign-up"]?.post?.requestBody?.content["application/json"]?.schema;
      assert.deepEqual((body?.["properties"] as Record<string, unknown> | undefined)?.["user"], {
        $ref: "#/components/schemas/NewUser",
      });
      assert.deepEqual(body?.["required"], ["email", "password", "user"]);
    }
  });

  test("has three faces of a row: what is read, what makes one, what changes one", () => {
    const row = schemaOf(whole, "StallsRow");
    const properties = row["properties"] as Record<string, Record<string, unknown>>;
    assert.deepEqual(properties["rent"], {
      type: "string",
      format: "decimal",
      pattern: "^-?\\d{1,6}(?:\\.\\d{1,2})?$",
      description: "An exact number, as text.",
    });
    assert.deepEqual(properties["kind"], { type: "string", enum: ["fruit", "vis & zo", "ζεστά", "<b>"] });
    assert.deepEqual(properties["area"], { type: "number", format: "double", minimum: 1, maximum: 500 });
    assert.equal(properties["code"]?.["pattern"], "^[A-Z]{2}\\d+$");
    assert.deepEqual(properties["badge"]?.["maxLength"], 18);
    assert.deepEqual(properties["closes"]?.["type"], ["string", "null"]);
    assert.equal(properties["created"]?.["readOnly"], true);
    assert.ok(!("pin" in properties));
    assert.deepEqual(Object.keys(properties).toSorted(), (row["required"] as readonly string[]).toSorted());

    const create = schemaOf(whole, "StallsCreate");
    const given = create["properties"] as Record<string, Record<string, unknown>>;
    assert.deepEqual(create["required"], ["name", "kind", "rent", "area"]);
    assert.equal(given["pin"]?.["writeOnly"], true);
    assert.equal(given["isOpen"]?.["default"], true);
    assert.equal(given["opened"]?.["default"], "2026-01-31");
    assert.match(String(given["owner"]?.["description"]), /the id of who asks/);
    for (const managed of ["created", "updated", "version", "deleted"]) assert.ok(!(managed in given), managed);

    const changes = schemaOf(whole, "StallsUpdate")["properties"] as Record<string, unknown>;
    assert.ok("name" in changes && !("owner" in changes) && !("id" in changes));
  });

  test("has the operations that the caller may do, and no others", () => {
    const known = operations(anonymous);
    for (const each of [
      "GET /rest/v1/stalls",
      "HEAD /rest/v1/stalls",
      "PUT /rest/v1/words/{id}",
      "POST /rest/v1/savedThings2",
      "GET /rest/v1/rpc/greet",
      "POST /rest/v1/rpc/plant",
      "POST /rest/v1",
      "GET /health/ready",
      "POST /auth/v1/sign-in",
      "DELETE /auth/v1/keys/{id}",
    ])
      assert.ok(known.includes(each), each);
    for (const each of [
      "POST /rest/v1/saved_things",
      "DELETE /rest/v1/savedThings2",
      "GET /rest/v1/stalls/{id}/versions",
      "GET /rest/v1/rpc/plant",
      "GET /rest/v1/rpc/buried",
    ])
      assert.ok(!known.includes(each), each);
    const signedIn = operations(describeApi(marketBackend, { caller: somebody, now }));
    assert.ok(signedIn.includes("GET /rest/v1/stalls/{id}/versions"));
    assert.ok(signedIn.includes("POST /rest/v1/stalls/{id}/restore"));
    // What a rule opens to nobody is not there for anybody.
    assert.ok(
      !operations(whole).includes("GET /rest/v1/rpc/buried") && !operations(whole).includes("PATCH /rest/v1/saved_things"),
    );
  });

  test("tells a caller no name that is hidden from them", () => {
    for (const document of [anonymous, describeApi(marketBackend, { caller: somebody, now })]) {
      const text = JSON.stringify(document);
      for (const hidden of ["vault", "Vault", "auditNote", "diary", "buried", "warden"]) {
        // A reference to a table that is hidden is a field all the same.
        if (hidden === "diary") assert.ok(text.includes(hidden));
        else assert.ok(!text.includes(hidden), hidden);
      }
    }
    assert.ok(JSON.stringify(describeApi(marketBackend, { caller: warden, now })).includes("auditNote"));
  });

  test("leaves out what the scope of a key leaves out", () => {
    const key = (scope: object): Actor => ({
      ...warden,
      key: { id: "k", name: "k", verified: true, scope: { access: "read", routes: false, ...scope } },
    });
    const narrow = operations(describeApi(marketBackend, { caller: key({ tables: ["words"], functions: ["greet"] }), now }));
    assert.deepEqual(
      narrow.filter((each) => each.includes("/rest/v1/")),
      [
        "GET /rest/v1/words",
        "HEAD /rest/v1/words",
        "POST /rest/v1/words/query",
        "GET /rest/v1/words/{id}",
        "HEAD /rest/v1/words/{id}",
        "GET /rest/v1/rpc/greet",
        "HEAD /rest/v1/rpc/greet",
        "POST /rest/v1/rpc/greet",
      ],
    );
  });

  test("has every error's code, and says of each operation with which status it comes", () => {
    const codes = JSON.stringify(schemaOf(whole, "ErrorCode"));
    for (const { code } of Object.values(errorTable)) assert.ok(codes.includes(`\`${code}\``), code);
    for (const { code, status } of [errorTable.uniqueViolation, errorTable.validationFailed, errorTable.preconditionFailed]) {
      const reference = whole.paths["/rest/v1/stalls/{id}"]?.patch?.responses[String(status)] as { readonly $ref: string };
      const response = whole.components.responses[reference.$ref.split("/").at(-1) ?? ""];
      assert.ok(Object.keys(response?.content?.["application/json"]?.examples ?? {}).includes(code), code);
    }
  });

  test("filters a column that is called as a parameter in quotes, and keeps names of all kinds", () => {
    const names = (document: OpenApiDocument, path: string): readonly string[] =>
      (document.paths[path]?.get?.parameters ?? []).map((parameter) => {
        const own = "$ref" in parameter ? document.components.parameters[parameter.$ref.split("/").at(-1) ?? ""] : parameter;
        return `${own?.in} ${own?.name}`;
      });
    const given = names(whole, "/rest/v1/words");
    for (const each of [
      'query "select"',
      'query "limit"',
      'query "after"',
      "query select",
      "query limit",
      "query after",
      "query class",
      "query toString",
      "query range",
      "header Range",
    ])
      assert.ok(given.includes(each), each);
    assert.equal(new Set(given).size, given.length);
    const words = schemaOf(whole, "WordsRow")["properties"] as object;
    for (const name of ["toString", "hasOwnProperty", "class"]) assert.ok(Object.hasOwn(words, name), name);
  });

  test("has what a validator says of a function's input, with its references, or an open object", () => {
    const input = JSON.stringify(schemaOf(whole, "PlantInput"));
    assert.ok(input.includes("naïve-key"));
    for (const [, name = ""] of JSON.stringify(whole).matchAll(/"#\/components\/schemas\/([^"/]+)/g))
      assert.ok(name in whole.components.schemas, name);
    assert.equal(JSON.stringify(whole).includes("#/$defs"), false);
    assert.equal(schemaOf(whole, "DatedInput")["additionalProperties"], true);
    assert.ok(!("PingInput" in whole.components.schemas));
    const parameters = whole.paths["/rest/v1/rpc/greet"]?.get?.parameters ?? [];
    const times = parameters.find((parameter) => "name" in parameter && parameter.name === "times");
    assert.ok(times !== undefined && "schema" in times);
    assert.equal(times.schema["type"], "integer");
  });

  test("is the same text every time", () => {
    assert.equal(JSON.stringify(describeApi(marketBackend, { now })), JSON.stringify(whole));
  });
});
