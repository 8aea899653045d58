import assert from "node:assert/strict";
import { test } from "node:test";
import type { RouteContext } from "./route-context.ts";
import { buildRoutes } from "./routes.ts";
import { DefinitionError, type DefinitionProblem } from "./schema/definition-error.ts";
import type { AnySchema } from "./schema/schema.ts";

const app = {} as RouteContext<AnySchema>;
const greeting = (): Response => new Response("Hello");

class Site {
  readonly text = "Hello";
  fetch(): Response {
    return new Response(this.text);
  }
}

const accepted: Readonly<Record<string, unknown>> = {
  "an object with a fetch method": new Site(),
  "a function with a fetch method": Object.assign(() => assert.fail("It is an app, and makes none."), { fetch: greeting }),
  "a function that gives a handler": (given: unknown) => {
    assert.equal(given, app);
    return greeting;
  },
  "a function that gives an object with a fetch method": () => new Site(),
};
for (const [title, written] of Object.entries(accepted)) {
  test(`${title} is a back end's routes`, async () => {
    const problems: DefinitionProblem[] = [];
    const answer = await buildRoutes(written, problems)?.(app)(new Request("http://localhost/"));
    assert.deepEqual(problems, []);
    assert.equal(await answer?.text(), "Hello");
  });
}

test("no routes are no mistake", () => {
  const problems: DefinitionProblem[] = [];
  assert.equal(buildRoutes(undefined, problems), undefined);
  assert.deepEqual(problems, []);
});

for (const written of [null, 1, "/", [], {}, { fetch: 1 }, new Response()]) {
  test(`${JSON.stringify(written)} is refused when it is defined`, () => {
    const problems: DefinitionProblem[] = [];
    assert.equal(buildRoutes(written, problems), undefined);
    assert.deepEqual(problems, [
      {
        place: "routes",
        message: 'needs an object with a fetch method, or a function such as (app) => async (request) => new Response("Hello")',
      },
    ]);
  });
}

const refusedAtStart: Readonly<Record<string, () => unknown>> = {
  nothing: () => undefined,
  "a promise": async () => greeting,
  "a promise ": () => Promise.reject(new Error("a handler that was given no request")),
  "a Response": greeting,
  "a plain object": () => ({}),
  "a plain number": () => 1,
  null: () => null,
};
for (const [what, written] of Object.entries(refusedAtStart)) {
  test(`a function that gives ${what} is refused when the back end starts`, () => {
    const make = buildRoutes(written, []);
    assert.throws(
      () => make?.(app),
      (error) => {
        assert.ok(error instanceof DefinitionError);
        assert.match(error.message, new RegExp(`routes: the function gave ${what.trim()}, where it must give a handler`));
        return true;
      },
    );
  });
}
