import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { Refused } from "../run/run-plan.ts";
import { accounts, bank, doMove, opening, sampleMoves } from "./bank.ts";
import { createSend } from "./client.ts";

const seed = Math.floor(Date.now() / 86_400_000);
const total = accounts.length * opening;

test("money that is moved about is always all there, whoever looks and however", async (t) => {
  const config = loadConfig({ environment: {}, overrides: { port: "0", rateLimits: "off" } });
  const platform = await createPlatform({
    backend: bank,
    config,
    dataDirectory: await temporaryFolder(t),
    isDisposable: true,
    logger: silentLogger,
  });
  t.after(() => platform.close());
  const { token } = await platform.tokens.issue({ actor: { id: "teller", roles: [], claims: {} }, lifetime: 600_000 });
  const send = createSend(async (request) => platform.fetch(request), "http://localhost", token);
  await send("/accounts", { method: "POST", body: accounts.map((id) => ({ id, balance: opening })) });

  const ends = new Map<string, number>();
  const count = (end: string): void => void ends.set(end, (ends.get(end) ?? 0) + 1);
  await Promise.all(
    sampleMoves(seed).map(async (moves) => {
      for (const move of moves) {
        try {
          const seen = await doMove(move, send);
          count(move.do);
          if (seen === undefined) continue;
          const sum = seen.reduce((left, right) => left + right, 0);
          assert.equal(sum, total, `seed ${seed}: '${move.do}' saw ${seen.join(" + ")}`);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          count(error.message);
        }
      }
    }),
  );
  t.diagnostic(JSON.stringify(Object.fromEntries(ends)));
  for (const end of ["look", "query", "transfer", "transferBySql", "batch", "23514", "42501"]) {
    assert.ok(ends.has(end), `seed ${seed}: never '${end}' in ${JSON.stringify(Object.fromEntries(ends))}`);
  }
});
