import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusedAs } from "../../auth-fixtures.ts";
import { AnswerVerifier } from "./answer-verifier.ts";
import type { AnswerQuestion } from "./passkey-answers.ts";

const question: AnswerQuestion = { type: "new", response: {}, challenge: "", origin: "https://a.example", host: "a.example" };
const program = (body: string): URL =>
  new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort } from "node:worker_threads"; ${body}`)}`);
const answering = program(`parentPort.on("message", ({ id }) => parentPort.postMessage({ id, verdict: { problem: "none" } }))`);
const silent = program(`parentPort.on("message", () => {})`);
const dying = program(`parentPort.on("message", () => { throw new Error("It broke."); })`);

describe("answers of passkeys are looked at in a thread", () => {
  test("that is started by the first, serves all, and ends when it has nothing to do", async () => {
    const verifier = new AnswerVerifier({ idle: 20, program: answering });
    assert.equal(verifier.isRunning, false);
    const verdicts = await Promise.all(Array.from({ length: 5 }, () => verifier.verify(question)));
    assert.deepEqual(
      verdicts,
      Array.from({ length: 5 }, () => ({ problem: "none" })),
    );
    assert.equal(verifier.isRunning, true);
    const start = performance.now();
    while (verifier.isRunning && performance.now() - start < 5000) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(verifier.isRunning, false);
    assert.deepEqual(await verifier.verify(question), { problem: "none" });
    await verifier.close();
  });

  test("that says nothing, breaks or is closed refuses what it was asked, and another takes its place", async () => {
    for (const [options, when] of [
      [{ program: silent, timeLimit: 50 }, () => {}],
      [{ program: dying }, () => {}],
      [{ program: silent }, (verifier: AnswerVerifier) => verifier.close()],
    ] as const) {
      const verifier = new AnswerVerifier(options);
      for (let round = 0; round < 2; round++) {
        const asked = assert.rejects(verifier.verify(question), refusedAs("unavailable"));
        await when(verifier);
        await asked;
        assert.equal(verifier.isRunning, false);
      }
      await verifier.close();
    }
  });

  test("which is asked only so much at once", async () => {
    const verifier = new AnswerVerifier({ program: silent, most: 2 });
    const asked = [1, 2].map(() => assert.rejects(verifier.verify(question), refusedAs("unavailable")));
    await assert.rejects(verifier.verify(question), refusedAs("overloaded"));
    await verifier.close();
    await Promise.all(asked);
  });
});
