import assert from "node:assert/strict";
import { test } from "node:test";
import { renderMail } from "../../mail/render-mail.ts";
import { teamsBackend } from "../organisations/team-fixtures.ts";
import { mailWords } from "./mail-words.ts";

const { entries, settings } = teamsBackend.mails;
const given = {
  site: "people.example",
  link: "https://people.example/auth/x?token=abc",
  address: '{site}"<b>x</b>@example.org',
  organisation: "Red",
};
const code = "1234 5678";

test("every mail says what it is about in every language, with nothing left to fill in", () => {
  for (const language of Object.keys(mailWords)) {
    for (const entry of entries) {
      const data = entry.name === "authSignInCode" ? { site: given.site, code } : given;
      const mail = renderMail(entry, settings, { data, language, unsubscribe: undefined, origin: "https://people.example" });
      assert.equal(mail.language, language);
      assert.ok(mail.subject.includes("people.example"), `${entry.name} ${mail.subject}`);
      assert.equal(
        mail.text.includes(given.link),
        !["authSignInCode", "authAddressChanged", "authAccountDeleted"].includes(entry.name),
        entry.name,
      );
      assert.equal(mail.text.includes(code), entry.name === "authSignInCode");
      // What somebody typed is not filled in once more, and is no HTML (attack 48).
      assert.ok(!mail.html.includes("<b>x</b>"));
      assert.equal(mail.text.includes("{site}"), mail.text.includes("@example.org"), `${entry.name} ${language}`);
    }
  }
});

test("no language lacks a mail, a button or a line that another has", () => {
  const shape = (language: string): unknown =>
    Object.entries(mailWords[language] ?? {}).map(([type, words]) => [
      type,
      Object.entries(words).map(([part, words]) => [
        part,
        [...String(words).matchAll(/\{\w+\}/g)].map(([name]) => name).toSorted((a, b) => (a < b ? -1 : 1)),
      ]),
    ]);
  for (const language of Object.keys(mailWords)) assert.deepEqual(shape(language), shape("en"), language);
});
