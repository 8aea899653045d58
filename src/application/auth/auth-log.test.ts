import assert from "node:assert/strict";
import { test } from "node:test";
import type { Logger } from "#base";
import { AppError } from "#contract";
import { logged } from "./auth-log.ts";

interface Line {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

function listening(): { readonly logger: Logger; readonly lines: Line[] } {
  const lines: Line[] = [];
  const write = (fields: object, message: string): void => void lines.push({ fields: { ...fields }, message });
  return { lines, logger: { debug: write, info: write, warn: write, error: write } };
}

const session = { id: "s1", verified: true, proofs: ["password"], proved: 1 };
const me = { id: "u1", roles: ["editor"], claims: {}, session };
const request = { client: { address: "192.0.2.1", agent: "a browser" }, requestId: "r1", previous: "chs_secret" };
const secrets = { email: "ada@example.org", password: "correct horse", token: "secret-token", current: "old horse" };

test("an attempt is a line: whose, from where, and how it ended", async () => {
  const { logger, lines } = listening();
  const signIn = logged(
    "signIn",
    {
      signIn: async (input: { readonly password: string }, _request: object) => {
        if (input.password === "wrong") throw new AppError("wrongCredentials");
        return { user: "u1", token: "chs_secret", id: "s1" };
      },
      changePassword: async (_me: object, _input: object, _request: object) => ({ user: "u1", token: "chs_secret" }),
      sessions: async (_me: object) => [],
    },
    logger,
  );
  assert.equal((await signIn.signIn({ ...secrets }, request)).token, "chs_secret");
  await assert.rejects(signIn.signIn({ ...secrets, password: "wrong" }, request), AppError);
  await signIn.changePassword(me, secrets, request);
  assert.deepEqual(await signIn.sessions(me), []);
  assert.deepEqual(
    lines.map(({ fields }) => fields),
    [
      { event: "signIn.signIn", requestId: "r1", client: "192.0.2.1", user: "u1" },
      { event: "signIn.signIn", requestId: "r1", client: "192.0.2.1", refused: "wrong_credentials" },
      { event: "signIn.changePassword", user: "u1", session: "s1", requestId: "r1", client: "192.0.2.1" },
    ],
    "to look at one's sessions is none",
  );
  assert.doesNotMatch(JSON.stringify(lines), /ada@|horse|secret/);
});

test("what the server is to blame for is left to where it is answered", async () => {
  const { logger, lines } = listening();
  const failing = logged(
    "signIn",
    {
      signIn: async (): Promise<void> => {
        throw new Error("a defect");
      },
      prove: async (): Promise<void> => {
        throw new AppError("overloaded");
      },
    },
    logger,
  );
  await assert.rejects(failing.signIn(), /a defect/);
  await assert.rejects(failing.prove(), AppError);
  assert.deepEqual(lines, []);
});
