import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { defineBackend, defineSchema, everyone, nobody, ref, text } from "chassis";
import { ChassisError, createClient, type Fetch, type TokenStore } from "chassis/client";
import { openTestBackend, type TestBackend } from "chassis/testing";

const schema = defineSchema({
  users: { name: text().min(1).max(80) },
  notes: { author: ref("users").defaultToActor(), body: text() },
});
const backend = defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
    notes: ({ row, me }) => ({ read: row.author.eq(me.id), write: row.author.eq(me.id) }),
  },
  auth: { anonymous: true },
});

let app: TestBackend<typeof schema>;
before(async () => {
  app = await openTestBackend(backend, {
    settings: { CHASSIS_BASE_URL: "http://localhost", CHASSIS_CORS_ORIGINS: "https://app.example" },
  });
});
after(() => app.close());

const password = "correct horse battery";

/** As a browser keeps cookies, and says that a page of the same site asks. */
function jar(): Fetch {
  const cookies = new Map<string, string>();
  return async (request) => {
    const headers = new Headers(request.headers);
    headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    headers.set("sec-fetch-site", "same-origin");
    const response = await app.fetch(new Request(request, { headers }));
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
}

function store(): TokenStore & { token: string | undefined } {
  return {
    token: undefined,
    get() {
      return this.token;
    },
    set(token) {
      this.token = token;
    },
  };
}

/** As a browser asks for a page of another origin. */
const fromElsewhere: Fetch = (request) => {
  const headers = new Headers(request.headers);
  headers.set("origin", "https://app.example");
  headers.set("sec-fetch-site", "cross-site");
  return app.fetch(new Request(request, { headers }));
};

const browser = () => createClient<typeof backend>("http://localhost", { fetch: jar() });

const tokenIn = async (to: string, mail: string): Promise<string> =>
  new URL((await app.outbox.next({ to, mail })).links[0] ?? "").searchParams.get("token") ?? "";

test("a page of another origin is told to keep a token: its browser throws the cookie away", async () => {
  const withCookie = createClient<typeof backend>("http://localhost", { fetch: fromElsewhere });
  await assert.rejects(withCookie.auth.signInAnonymously({ user: { name: "Eve" } }), {
    error: "crossSite",
    hint: /createClient\(url, \{ token \}\)/,
  });
  const withToken = createClient<typeof backend>("http://localhost", { fetch: fromElsewhere, token: store() });
  await withToken.auth.signInAnonymously({ user: { name: "Eve" } });
  assert.equal((await withToken.notes.create({ body: "Hello." })).body, "Hello.");
});

describe("signing in", () => {
  test("by a cookie: sign-up, session, sign-out, sign-in", async () => {
    const api = browser();
    assert.deepEqual(await api.auth.signUp({ email: "ada@example.org", password, user: { name: "Ada" } }), { sent: true });
    assert.equal(await api.auth.session(), null);
    const signedIn = await api.auth.confirmSignUp({ token: await tokenIn("ada@example.org", "authConfirmSignUp") });
    assert.equal(signedIn.token, undefined);
    const note = await api.notes.create({ body: "Mine" });
    assert.equal(note.author, signedIn.user);
    const session = await api.auth.session();
    assert.deepEqual([session?.email, session?.verified], ["ada@example.org", true]);
    const [listed] = await api.auth.sessions();
    assert.equal(listed?.current, true);
    assert.equal(await api.auth.signOut(), undefined);
    assert.equal(await api.auth.session(), null);

    const error = await api.auth
      .signIn({ email: "ada@example.org", password: "something else" })
      .catch((thrown: unknown) => thrown);
    assert.ok(error instanceof ChassisError);
    assert.equal(error.error, "wrongCredentials");
    const again = await api.auth.signIn({ email: "ada@example.org", password });
    assert.ok("user" in again);
    assert.equal(await api.notes.count(), 1);
  });

  test("whoever was nobody has keys once they are signed in", async () => {
    const keys: boolean[] = [];
    const kept = jar();
    const api = createClient<typeof backend>("http://localhost", {
      fetch: (request) => {
        if (new URL(request.url).pathname.startsWith("/rest/")) keys.push(request.headers.has("idempotency-key"));
        return kept(request);
      },
    });
    await assert.rejects(api.notes.create({ body: "Nobody's" }), ChassisError);
    const before = keys.length;
    await api.auth.signInAnonymously({ user: { name: "Visitor" } });
    await api.notes.create({ body: "Somebody's" });
    assert.deepEqual(keys.slice(before), [true]);
  });

  test("by a token that the app keeps, and half-way to a second factor", async () => {
    const kept = store();
    const api = createClient<typeof backend>("http://localhost", { fetch: (request) => app.fetch(request), token: kept });
    assert.ok("token" in (await api.auth.signIn({ email: "ada@example.org", password })));
    assert.ok(kept.token !== undefined);
    assert.equal((await api.auth.session())?.email, "ada@example.org");
    const before = kept.token;
    await api.auth.prove({ password });
    assert.ok(kept.token !== before);

    const enrolment = await api.auth.addTotp();
    assert.match(enrolment.uri, /^otpauth:/);
    await assert.rejects(api.auth.confirmTotp({ enrolment: enrolment.enrolment, code: "000000" }), { error: "wrongCode" });
    assert.equal((await api.auth.factors()).totp, null);
    const { TOTP, URI } = await import("otpauth");
    const totp = URI.parse(enrolment.uri) as InstanceType<typeof TOTP>;
    const added = await api.auth.confirmTotp({ enrolment: enrolment.enrolment, code: totp.generate() });
    const [recovery = ""] = added.recoveryCodes ?? [];

    await api.auth.signOut();
    assert.equal(kept.token, undefined);
    const half = await api.auth.signIn({ email: "ada@example.org", password });
    assert.ok("factors" in half && half.pending !== undefined);
    assert.ok(half.factors.includes("recovery"));
    assert.equal(kept.token, undefined);
    await api.auth.signInWithFactor({ recovery, pending: half.pending });
    assert.equal((await api.auth.session())?.session.proofs.includes("recovery"), true);
    assert.equal(await api.auth.removeTotp(), undefined);
    assert.deepEqual(await api.auth.endSessions({ others: true }), { ended: 0 });
    await api.auth.endSessions();
    assert.equal(kept.token, undefined);
  });

  test("by what comes by mail, and to a new password", async () => {
    const api = browser();
    await api.auth.sendLink({ email: "ada@example.org" });
    assert.ok("user" in (await api.auth.signInWithLink({ token: await tokenIn("ada@example.org", "authSignInLink") })));
    const { request } = await api.auth.sendCode({ email: "ada@example.org" });
    await assert.rejects(api.auth.signInWithCode({ request, code: "00000000" }), { error: "wrongCode" });
    await api.auth.forgotPassword({ email: "ada@example.org" });
    const next = "another horse battery";
    assert.equal(
      await api.auth.resetPassword({ token: await tokenIn("ada@example.org", "authResetPassword"), password: next }),
      undefined,
    );
    assert.equal(await api.auth.session(), null);
    await api.auth.signIn({ email: "ada@example.org", password: next });
    const identities = await api.auth.request<readonly unknown[]>("GET", "account/deletion");
    assert.equal(typeof identities, "object");
    assert.deepEqual(await api.auth.passkeys(), []);
  });

  test("is not there without auth", async () => {
    await using plain = await openTestBackend(defineBackend(defineSchema({}), { rules: {} }));
    const api = createClient("http://localhost", { fetch: (request) => plain.fetch(request) });
    await assert.rejects(api.auth.session(), { error: "invalidPath", status: 404 });
  });
});
