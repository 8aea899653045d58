import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { type Browser, type Reply, startPeople } from "../support/live-people.ts";
import { comeBack, oauthBackend, oauthEnvironment, placeOf, whoIs } from "../support/oauth-people.ts";
import { type PeerIssuer, startPeerIssuer, visitIssuer } from "../support/peer-issuer.ts";

/** Our side of signing in by another site, held to oidc-provider, which is certified: what false-issuer.ts does wrong on purpose, this one does right. */
const issuer = await startPeerIssuer({ after });
const live = await startPeople({ after }, { backend: oauthBackend({ peer: issuer.url }), environment: oauthEnvironment("peer") });
issuer.register({ id: "chassis", secret: "a secret of peer", callback: `${live.url}/auth/v1/oauth/peer/callback` });
afterEach(() => {
  issuer.change = undefined;
});

async function signIn(browser: Browser): Promise<Reply> {
  const begun = await browser.post("/auth/v1/oauth/peer", {});
  assert.equal(begun.status, 200, begun.text);
  const { pathname, search } = await visitIssuer(issuer, String(begun.body["location"]));
  return comeBack(browser, pathname + search);
}

const as = (sub: string): PeerIssuer["person"] =>
  (issuer.person = { sub, name: "Ada", email: `${sub}@peer.example`, email_verified: true });

test("somebody signs in by it, by what it describes of itself, with the code flow and PKCE, and is the same one the next time", async () => {
  as("ada");
  const first = live.browser();
  assert.equal(placeOf(await signIn(first)), "/");
  const user = await whoIs(first);
  assert.equal(typeof user, "string");
  const session = (await first.get("/auth/v1/session")).body;
  assert.deepEqual([session["email"], session["verified"]], ["ada@peer.example", true]);
  const second = live.browser();
  assert.equal(placeOf(await signIn(second)), "/");
  assert.equal(await whoIs(second), user);
  as("bob");
  const other = live.browser();
  await signIn(other);
  assert.notEqual(await whoIs(other), user);
});

const wrong: Readonly<Record<string, NonNullable<PeerIssuer["change"]>>> = {
  "for another app": (claims) => ({ ...claims, aud: "another" }),
  "for another app beside this one": (claims) => ({ ...claims, aud: ["chassis", "another"], azp: "another" }),
  "of another request": (claims) => ({ ...claims, nonce: "another" }),
  "without the nonce": (claims) => ({ ...claims, nonce: undefined }),
  "of another issuer": (claims) => ({ ...claims, iss: "https://another.example" }),
  "whose time is over": (claims) => ({ ...claims, iat: 1_700_000_000, exp: 1_700_000_300 }),
  "of nobody": (claims) => ({ ...claims, sub: undefined }),
};

for (const [what, change] of Object.entries(wrong)) {
  test(`a truly signed ID token ${what} lets nobody in`, async () => {
    as(`eve-${Object.keys(wrong).indexOf(what)}`);
    issuer.change = change;
    const browser = live.browser();
    assert.equal(placeOf(await signIn(browser)), "/auth/oauth?problem=providerFailed&provider=peer");
    assert.equal(await whoIs(browser), null);
    // Signed anew it is as good as before: what is wrong is what it says.
    issuer.change = (claims) => claims;
    assert.equal(placeOf(await signIn(browser)), "/");
  });
}

test("it may change its keys: a minute after the last look they are asked for anew", async (t) => {
  as("ada-of-two-keys");
  const browser = live.browser();
  await signIn(browser);
  const user = await whoIs(browser);
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
  await issuer.rotate();
  t.mock.timers.tick(61_000);
  const again = live.browser();
  assert.equal(placeOf(await signIn(again)), "/");
  assert.equal(await whoIs(again), user);
});
