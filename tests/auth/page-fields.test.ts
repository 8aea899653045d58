import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startPeople } from "../support/live-people.ts";
import { pagePeople } from "./page-people.ts";

const live = await startPeople({ after }, { backend: pagePeople });
const ada = await live.join("ada@example.org", "Ada", { track: "degree", agreed: true });
const strangers = ["sign-in", "sign-up", "reset?token=x"];
const own = ["account", "password", "address", "prove", "authenticator"];

const inputs = (text: string): readonly string[] => [...text.matchAll(/<input\b[^>]*>/g)].map(([input]) => input);

test("fields of passwords hide what is typed, and let it be pasted and filled in by managers", async () => {
  let count = 0;
  for (const [browser, pages] of [
    [live.browser(), strangers],
    [ada, own],
  ] as const) {
    for (const page of pages) {
      const { status, text } = await browser.get(`/auth/${page}`);
      assert.ok(status < 300, `${page} ${status}`);
      for (const input of inputs(text).filter((each) => / name="[^"]*(?:password|current)"/.test(each))) {
        count++;
        assert.match(input, / type="password"/, page);
        assert.match(input, / autocomplete="(?:current|new)-password"/, page);
      }
      assert.doesNotMatch(text, /onpaste|addEventListener\("paste|readonly/, page);
    }
  }
  assert.ok(count >= 6, String(count));
});

test("the account's page has the way out, and those that change something of it lead there", async () => {
  assert.match((await ada.get("/auth/account")).text, /<form method="post" action="\/auth\/sign-out/);
  for (const page of ["password", "address", "authenticator", "passkeys", "prove"])
    assert.match((await ada.get(`/auth/${page}`)).text, /href="\/auth\/account"/, page);
});
