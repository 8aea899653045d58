import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { addresses, plainRequest } from "./addresses.ts";
import { ffuf, readFfuf, readWords } from "./ffuf.ts";
import { judge, type Outcome } from "./judge.ts";
import { formatReport } from "./report.ts";
import type { Trial } from "./scanner.ts";
import { SiteLog } from "./site-log.ts";
import { readSlowHttpTest } from "./slowhttptest.ts";
import { readSqlmap, sqlmap } from "./sqlmap.ts";
import { readWapiti } from "./wapiti.ts";

/** What the tools wrote about `vulnerable-site.ts`, and about a site in which they found nothing. */
const recording = (name: string): string => readFileSync(join(import.meta.dirname, "recordings", name), "utf8");

describe("the output of a scanner", () => {
  test("sqlmap: every way to inject is a finding, with the parameter", () => {
    const { complete, findings } = readSqlmap(recording("sqlmap-vulnerable.txt"));
    assert.ok(complete);
    assert.deepEqual(findings, [
      { what: "AND boolean-based blind - WHERE or HAVING clause", where: "#1* (URI)" },
      { what: "SQLite > 2.0 OR time-based blind (heavy query)", where: "#1* (URI)" },
      { what: "Generic UNION query (NULL) - 1 column", where: "#1* (URI)" },
    ]);
  });

  test("sqlmap: what a heuristic suspects is a finding too", () => {
    const line =
      "[INFO] heuristic (XSS) test shows that GET parameter 'q' might be vulnerable to cross-site scripting (XSS) attacks\n";
    const { findings } = readSqlmap(`${line}${recording("sqlmap-clean.txt")}`);
    assert.deepEqual(findings, [
      { what: "heuristic: vulnerable to cross-site scripting (XSS) attacks", where: "GET parameter 'q'" },
    ]);
  });

  test("sqlmap: nothing to inject is no finding, and a run that broke off says nothing", () => {
    const clean = recording("sqlmap-clean.txt");
    assert.deepEqual(readSqlmap(clean), { complete: true, findings: [] });
    assert.equal(readSqlmap(clean.slice(0, clean.indexOf("all tested parameters"))).complete, false);
  });

  test("wapiti: every vulnerability and anomaly is a finding", () => {
    const { complete, findings } = readWapiti(recording("wapiti-vulnerable.json"));
    assert.ok(complete);
    const found = findings.map(({ what, where }) => `${where} ${what}`);
    assert.ok(
      found.some((text) => text.startsWith("GET /hello (name) Cross Site Scripting: ")),
      found.join("\n"),
    );
    assert.ok(
      found.some((text) => text.startsWith("GET /search (word) Internal Server Error: ")),
      found.join("\n"),
    );
    assert.equal(readWapiti(undefined).complete, false);
  });

  test("ffuf: every answer that is no refusal is a finding, but for the control, which must be there", () => {
    const report = recording("ffuf-vulnerable.json");
    const { complete, findings } = readFfuf(report, { where: "GET /FUZZ", control: "schools" });
    assert.ok(complete);
    assert.ok(findings.some(({ what, where }) => where === "GET /.git/" && what.startsWith("200, ")));
    assert.ok(!findings.some(({ where }) => where === "GET /schools"));
    assert.equal(readFfuf(report, { where: "GET /FUZZ", control: "nowhere" }).complete, false);
    assert.equal(readFfuf('{"results":[]}', { where: "GET /FUZZ", control: "schools" }).complete, false);
    assert.equal(readFfuf(undefined, { where: "GET /FUZZ" }).complete, false);
  });

  test("slowhttptest: others who are not served are a finding", () => {
    assert.deepEqual(readSlowHttpTest(recording("slowhttptest-vulnerable.txt")), {
      complete: true,
      findings: [{ what: "others were not served", where: "slow headers" }],
      letGo: false,
    });
    const clean = recording("slowhttptest-clean.txt");
    assert.deepEqual(readSlowHttpTest(clean), { complete: true, findings: [], letGo: true });
    assert.equal(readSlowHttpTest(clean.slice(0, clean.indexOf("Exit status"))).complete, false);
  });
});

describe("the verdict", () => {
  const trial: Trial = { what: "a trial", args: () => [], seconds: 1, least: 10, letsGo: true, read: readSqlmap };
  const clean: Outcome = {
    trial,
    args: [],
    seconds: 1,
    wasEnded: false,
    reading: { complete: true, findings: [] },
    tally: { requests: 10, statuses: new Map([[200, 10]]), defects: [] },
    availability: { probes: 4, failed: 0, median: 1, longest: 2, connections: { most: 500, last: 2 } },
    changed: false,
    lured: 0,
  };
  const { tally, availability } = clean;

  const problems: readonly (readonly [name: string, outcome: Outcome, said: RegExp])[] = [
    [
      "what the tool found",
      { ...clean, reading: { complete: true, findings: [{ what: "a hole", where: "here" }] } },
      /^here: a hole$/,
    ],
    ["a tool that was ended", { ...clean, wasEnded: true }, /^It was not ready after 1 s/],
    ["a tool that broke off", { ...clean, reading: { complete: false, findings: [] } }, /^It broke off/],
    ["a tool that asked for nothing", { ...clean, tally: { ...tally, requests: 9 } }, /^The site saw 9 requests/],
    ["an error in the site's log", { ...clean, tally: { ...tally, defects: ["A page failed."] } }, /A page failed\.$/],
    ["an answer of 500", { ...clean, tally: { ...tally, statuses: new Map([[500, 1]]) } }, /answered with 500/],
    ["a probe that was not served", { ...clean, availability: { ...availability, failed: 1 } }, /^1 of 4 probes/],
    [
      "connections that are held",
      { ...clean, availability: { ...availability, connections: { most: 500, last: 400 } } },
      /400 of 500/,
    ],
    ["data that was changed", { ...clean, changed: true }, /^Data was changed/],
    ["a request to elsewhere", { ...clean, lured: 1 }, /another address 1 times/],
  ];
  for (const [name, outcome, said] of problems) {
    test(`is bad for ${name}`, () => {
      const verdict = judge("sqlmap", outcome);
      assert.equal(verdict.problems.length, 1);
      assert.match(verdict.problems[0] ?? "", said);
    });
  }

  test("is good where there is none, and what is explained is told, of its scanner alone", () => {
    assert.deepEqual(judge("sqlmap", clean), { problems: [], explained: [] });
    const finding = { what: "HTTP Secure Headers: X-XSS-Protection is not set", where: "GET /" };
    const outcome = { ...clean, reading: { complete: true, findings: [finding] } };
    assert.deepEqual(judge("wapiti", outcome).problems, []);
    assert.equal(judge("sqlmap", outcome).problems.length, 1);
    const other = { what: "HTTP Secure Headers: X-Frame-Options is not set", where: "GET /" };
    assert.equal(judge("wapiti", { ...clean, reading: { complete: true, findings: [other] } }).problems.length, 1);
  });

  test("stands in the report, with what was found and what was explained", () => {
    const finding = { what: "HTTP Secure Headers: X-XSS-Protection is not set", where: "GET /" };
    const outcome: Outcome = {
      ...clean,
      changed: true,
      args: ["-u", "<origin>/a b"],
      reading: { complete: true, findings: [finding] },
    };
    const page = formatReport({
      scanner: "wapiti",
      version: "3.0.4",
      date: new Date("2026-01-02T00:00:00Z"),
      calibration: "It found it.",
      outcomes: [{ ...outcome, verdict: judge("wapiti", outcome) }],
    });
    assert.match(page, /\*\*Verdict:\*\* 1 to look into; 1 explained below\./);
    assert.match(page, /^- a trial: Data was changed/m);
    assert.match(page, /X-XSS-Protection is not set\*\* \(1 times\)/);
    assert.match(page, /^wapiti -u '<origin>\/a b'$/m);
    assert.match(page, /2026-01-02/);
  });
});

describe("what is tried", () => {
  test("the log of a site is counted by status, without our own probes, and errors are kept", () => {
    const log = new SiteLog();
    const line = (fields: object): string => `${JSON.stringify({ level: "debug", client: "127.0.0.1", ...fields })}\n`;
    const text = line({ status: 200 }) + line({ status: 200, client: "127.0.0.2" }) + line({ status: 404 });
    log.read(text.slice(0, 30));
    log.read(`${text.slice(30)}not JSON\n${line({ level: "error", msg: "Broke.", err: { message: "why" } })}`);
    assert.deepEqual(log.take(), {
      requests: 2,
      statuses: new Map([
        [200, 1],
        [404, 1],
      ]),
      defects: ["Broke. why"],
    });
    assert.deepEqual(log.take(), { requests: 0, statuses: new Map(), defects: [] });
  });

  test("every address has one place that is attacked, and a request without it", () => {
    const target = { origin: "http://127.0.0.1:1", headers: {}, signedIn: { cookie: "a=b", token: "t" } };
    for (const [index, address] of addresses.entries()) {
      const marks = [address.path, address.body ?? ""].join("").split("*").length - 1;
      assert.equal(marks, 1, address.what);
      assert.ok(!JSON.stringify(plainRequest(address)).includes("*"), address.what);
      const args = sqlmap.trials[index]?.args({ target, folder: "/f", lure: "" }) ?? [];
      assert.equal(args.filter((argument) => argument.startsWith("Cookie: ")).length, address.signedIn === "cookie" ? 1 : 0);
    }
  });

  test("no word list has a word twice", () => {
    for (const { args } of ffuf.trials) {
      const place = { target: { origin: "http://127.0.0.1:1", headers: {}, signedIn: undefined }, folder: "/f", lure: "" };
      const name = /words\/(\w+)\.txt$/.exec(args(place)[1] ?? "")?.[1] ?? "";
      const words = readWords(name);
      assert.ok(words.length > 20, name);
      assert.deepEqual(
        words.filter((word, index) => words.indexOf(word) !== index),
        [],
        name,
      );
    }
  });
});
