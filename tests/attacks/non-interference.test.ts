import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { anyRead, anyWrite, type RestCall } from "./request-arbitraries.ts";
import { changeHidden, createWorld, type WorldAnswer } from "./worlds.ts";
import { propertyRuns } from "../support/property-runs.ts";

/**
 * Two worlds that differ in what a caller may not see, and in nothing else, must answer every request of that caller alike: to
 * the byte, errors included. It is the whole of ATTACKS 1 to 8, 17 and 18 in one property (non-interference: Goguen and
 * Meseguer, 1982).
 */
const runs = propertyRuns(300, 1500);

/** Cursors are sealed with a random nonce. */
function comparable({ status, headers, body }: WorldAnswer): unknown {
  const { link, "next-cursor": next, ...rest } = headers;
  return { status, headers: rest, body, hasNext: [link !== undefined, next !== undefined] };
}

for (const who of ["nobody", "bob"] as const) {
  describe(`what ${who} may not see changes nothing of what ${who} is told`, async () => {
    const [first, second] = await Promise.all([createWorld(), createWorld()]);
    await changeHidden(second, who);
    const caller = (world: typeof first) => (who === "bob" ? world.data.bob : null);

    const alike = async (call: RestCall): Promise<WorldAnswer> => {
      const [here, there] = [await first.ask(call, caller(first)), await second.ask(call, caller(second))];
      assert.deepEqual(comparable(there), comparable(here), `${call.method} /${call.segments.join("/")}?${call.search}`);
      assert.notEqual(here.status, 500, `${call.method} /${call.segments.join("/")}?${call.search} ${here.body}`);
      return here;
    };

    test("the worlds do differ", async () => {
      const sum: RestCall = {
        method: "GET",
        segments: ["rest", "v1", "projects"],
        search: "select=count(),budget.sum()",
        headers: {},
        body: undefined,
      };
      const [here, there] = [await first.ask(sum, first.data.editor), await second.ask(sum, second.data.editor)];
      assert.notEqual(here.body, there.body);
    });

    test("for reads", async () => {
      let answered = 0;
      await fc.assert(
        fc.asyncProperty(anyRead, async (call) => {
          if ((await alike(call)).status < 300) answered += 1;
        }),
        { numRuns: runs },
      );
      assert.ok(answered > runs / 8, `only ${answered} of ${runs} requests were good ones`);
    });

    test("for writes", async () => {
      await fc.assert(
        fc.asyncProperty(anyWrite, async (call) => void (await alike(call))),
        { numRuns: runs / 2 },
      );
    });

    after(async () => {
      await Promise.all([first.close(), second.close()]);
    });
  });
}
