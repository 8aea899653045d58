import assert from "node:assert/strict";
import { test } from "node:test";
import type { DefinitionProblem } from "../schema/definition-error.ts";
import { buildMails } from "./build-mails.ts";
import { mail } from "./define-mail.ts";

const template = { subject: "x", body: () => [] };

test("every mistake in mails is told, with its place and what would be right", () => {
  const cases: readonly (readonly [mails: Readonly<Record<string, unknown>>, settings: unknown, problem: RegExp])[] = [
    [{ one: {} }, {}, /^mails\.one: is no mail; write mail\(/],
    [{ one: { "~job": { options: {} } } }, {}, /^mails\.one: is no mail; write mail\(/],
    [{ "a.b": mail(template) }, {}, /^mails\.a\.b: 'a\.b' must start with/],
    [{ one: mail(undefined as never) }, {}, /^mails\.one\.subject: must be text/],
    [{ one: mail({ subject: "x" } as never) }, {}, /^mails\.one\.body: must be a function of the data/],
    [{ one: mail({ ...template, subject: " " }) }, {}, /^mails\.one\.subject: must be text/],
    [{ one: mail({ ...template, preheader: 7 } as never) }, {}, /^mails\.one\.preheader: must be text/],
    [{ one: mail({ ...template, html: "<b>" } as never) }, {}, /^mails\.one\.html: is nothing that a mail has/],
    [{ one: mail({ ...template, list: "a b" }) }, {}, /^mails\.one\.list: must be a name of letters/],
    [{ one: mail({ ...template, list: "a\r\nBcc: x" }) }, {}, /^mails\.one\.list: must be a name of letters/],
    [{ one: mail({ ...template, from: "A <a@b>" }) }, {}, /^mails\.one\.from: must be an address/],
    [{ one: mail({ ...template, maxAttempts: 0 }) }, {}, /^mails\.one: maxAttempts must be/],
    [{ one: mail({ ...template, limit: "often" }) }, {}, /^mails\.one\.limit: must be a number and a time, such as 5\/1h/],
    [{ one: mail({ ...template, limit: "0/1h" }) }, {}, /^mails\.one\.limit: must be a number and a time/],
    [{ one: mail({ languages: {} }) }, {}, /^mails\.one\.languages: needs one language/],
    [
      { one: mail({ languages: { "not a language": template } }) },
      {},
      /^mails\.one\.languages\.not a language: is no language tag/,
    ],
    [{ one: mail({ languages: { nl: { subject: "x" } as never } }) }, {}, /^mails\.one\.languages\.nl\.body: must be a function/],
    [{ one: mail({ languages: { nl: template } }) }, { languages: ["nl", "en"] }, /^mails\.one\.languages: lacks 'en'/],
    [{}, "x", /^mail: must be settings/],
    [{}, { sender: "x" }, /^mail\.sender: is no setting: there are from,/],
    [{}, { from: "nobody" }, /^mail\.from: must be an address such as/],
    [{}, { from: "a@b.org\r\nBcc: c@d.org" }, /^mail\.from: must be an address such as/],
    [{}, { replyTo: "a@b.org, c@d.org" }, /^mail\.replyTo: must be an address such as/],
    [{}, { language: "english please" }, /^mail\.language: must be a language tag/],
    [{}, { languages: ["EN"] }, /^mail\.languages: 'EN' is no language tag/],
    [{}, { layout: "x" }, /^mail\.layout: must be a function/],
    [{}, { unsubscribe: { nl: 7 } }, /^mail\.unsubscribe: must be text/],
    [{}, { brand: { name: "" } }, /^mail\.brand\.name: must be what the sender is called/],
    [{}, { brand: { name: "x", colour: "red" } }, /^mail\.brand\.colour: must be a colour such as #1d4ed8/],
    [{}, { brand: { name: "x", colour: '#000000" onload="' } }, /^mail\.brand\.colour: must be a colour/],
    [{}, { brand: { name: "x", footer: ["x"] } }, /^mail\.brand\.footer: must be text/],
    [{}, { brand: { name: "x", logo: { src: "javascript:x", width: 10 } } }, /^mail\.brand\.logo\.src: must be a whole address/],
    [{}, { brand: { name: "x", logo: { src: "//x.example/logo.png", width: 10 } } }, /a path of this server such as \/logo\.png/],
    [{}, { brand: { name: "x", logo: { src: "https://x.example/", width: "1" } } }, /^mail\.brand\.logo: needs a width/],
  ];
  for (const [mails, settings, problem] of cases) {
    const problems: DefinitionProblem[] = [];
    buildMails(mails, settings, problems);
    const told = problems.map(({ place, message }) => `${place}: ${message}`);
    assert.ok(
      told.some((line) => problem.test(line)),
      `${problem} in ${JSON.stringify(told)}`,
    );
  }
});

test("a mail is a job of its name, and bulk mail lets others go first", () => {
  const problems: DefinitionProblem[] = [];
  const { entries, jobs } = buildMails({ one: mail(template), two: mail({ ...template, list: "news" }) }, undefined, problems);
  assert.deepEqual(problems, []);
  assert.deepEqual([...jobs.byName.keys()], ["mail.one", "mail.two"]);
  assert.deepEqual(
    entries.map(({ name, list, job }) => [name, list, job.queue, job.priority]),
    [
      ["one", undefined, "mail", 0],
      ["two", "news", "mail", 10],
    ],
  );
});
