import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { setTimeout as pause } from "node:timers/promises";
import { localCertificate } from "../support/smtp-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { becomesTrue } from "./becomes-true.ts";
import { createClient } from "./client.ts";
import type { Fault, RunReport } from "./fault.ts";
import { logLines } from "./log-lines.ts";
import { writeNotes } from "./note-writers.ts";
import { percentile } from "./percentile.ts";
import { mailWays, type Mode, startPostOffice } from "./post-office.ts";
import { seededRandom } from "./random.ts";
import { checkSent, type Taken, type ToSend } from "./sent-checker.ts";
import { type FaultServer, startServer } from "./server.ts";

const file = fileURLToPath(new URL("sending/backend.ts", import.meta.url));

/** An address where something goes wrong with the message, by how far the notes have come. */
const toWays = (slug: string, index: number): string => `${slug}@${mailWays[index % mailWays.length]}.example.org`;
const toFine = (slug: string): string => `${slug}@fine.example.org`;

/** A mail server that does what mail servers do, and ours, which is killed while it sends. */
export const mailServerFails: Fault = {
  number: 29,
  name: "Mail server fails",
  done: "down, busy, refusing, breaking off (odd rounds: silent, slow), and the sender is killed",
  needs: [],
  short: [0],
  async run(scope, round) {
    const random = seededRandom(round + 30);
    const office = await startPostOffice(scope);
    const dataDirectory = await temporaryFolder(scope);
    const environment = { CHASSIS_MAIL_SERVER: `smtp+plain://127.0.0.1:${office.port}` };
    const start = (): Promise<FaultServer> => startServer(scope, { dataDirectory, file, environment });
    const modes: readonly Mode[] = round % 2 === 0 ? ["closed", "busy"] : ["silent", "slow"];
    const asked: ToSend[] = [];
    let server = await start();
    let client = createClient(server.url);
    const common = { asked, random, count: 24 };
    const before = await writeNotes(client, { ...common, name: `r${round}before`, to: toFine });
    const beside: number[] = [];
    for (const mode of modes) {
      const noticed = tries(server);
      await office.turn(mode);
      beside.push(...(await writeNotes(client, { ...common, name: `r${round}${mode}`, to: toFine })));
      // Nobody waits for ever for one that says nothing, or a byte a second.
      await becomesTrue(() => tries(server) > noticed, `a mail server that is ${mode} is noticed`);
    }
    await office.turn("open");
    for (const life of ["b", "c"]) {
      const writing = writeNotes(client, { ...common, name: `r${round}${life}`, to: toWays });
      await pause(100 + random() * 400);
      await server.kill();
      await writing;
      client.close();
      server = await start();
      client = createClient(server.url);
    }
    await writeNotes(client, { ...common, name: `r${round}d`, to: toWays });
    const report = await settle(asked, office.taken, join(dataDirectory, "chassis.db"));
    client.close();
    assert.equal(await server.terminate(), 0);
    const [p99Before, p99Beside] = [percentile(before, 0.99), percentile(beside, 0.99)];
    const wrong = [...report.wrong];
    if (p99Beside > Math.max(1000, 10 * p99Before))
      wrong.push(`Requests waited: 99 of 100 took ${p99Beside} ms, ${p99Before} before.`);
    const twice = office.taken.length - new Set(office.taken.map(({ name }) => name)).size;
    return {
      ...report,
      wrong,
      note: `${twice} came twice, with the same Message-ID; requests beside it: p99 ${p99Beside} ms, ${p99Before} without`,
    };
  },
};

/** The mail server's certificate is not trusted, then its password is wrong: nothing goes before both are right. */
export const mailServerRefuses: Fault = {
  number: 29,
  name: "Mail server refuses us",
  done: "by its certificate, then by the password; then both are mended",
  needs: [],
  short: [0],
  async run(scope, round) {
    const office = await startPostOffice(scope, { login: ["ada", "right"] });
    const folder = await temporaryFolder(scope);
    const dataDirectory = join(folder, "data");
    const authority = join(folder, "authority.pem");
    await writeFile(authority, localCertificate.cert);
    const asked: ToSend[] = [];
    const common = { asked, random: seededRandom(round + 31), count: 20, to: toFine };
    const live = async (
      name: string,
      environment: Readonly<Record<string, string>>,
      until: (server: FaultServer) => Promise<void>,
    ) => {
      const server = await startServer(scope, { dataDirectory, file, environment });
      const client = createClient(server.url);
      await writeNotes(client, { ...common, name: `r${round}${name}` });
      await until(server);
      client.close();
      assert.equal(await server.terminate(), 0);
    };
    const url = (password: string): string => `smtp://ada:${password}@localhost:${office.port}`;
    const says = (words: RegExp) => async (server: FaultServer) => {
      await becomesTrue(() => words.test(server.text()), `the log says ${words.source}`);
      assert.doesNotMatch(server.text(), /ada:(?:right|wrong)/, "no password is written to the log");
      assert.equal(office.taken.length, 0);
    };
    await live("certificate", { CHASSIS_MAIL_SERVER: url("right") }, says(/certificate/));
    const trusted = { NODE_EXTRA_CA_CERTS: authority };
    await live("password", { ...trusted, CHASSIS_MAIL_SERVER: url("wrong") }, says(/refused the user or password/));
    let report: Settled | undefined;
    await live("right", { ...trusted, CHASSIS_MAIL_SERVER: url("right") }, async () => {
      report = await settle(asked, office.taken, join(dataDirectory, "chassis.db"));
    });
    assert.ok(report !== undefined);
    return { ...report, note: "nothing is given up, and the log says what to mend" };
  },
};

/** A thousand mails while there is nobody who takes them. */
export const mailsWait: Fault = {
  number: 29,
  name: "Mails wait",
  done: "1,000 of them, while the mail server is down for a while",
  needs: [],
  short: [],
  async run(scope, round) {
    const office = await startPostOffice(scope);
    const dataDirectory = await temporaryFolder(scope);
    const environment = { CHASSIS_MAIL_SERVER: `smtp+plain://127.0.0.1:${office.port}` };
    const server = await startServer(scope, { dataDirectory, file, environment });
    const client = createClient(server.url);
    const asked: ToSend[] = [];
    const random = seededRandom(round + 32);
    const load = (name: string, count: number): Promise<readonly number[]> =>
      Promise.all(
        ["a", "b", "c", "d"].map((each) =>
          writeNotes(client, { asked, random, name: `r${round}${name}${each}`, count, to: toFine }),
        ),
      ).then((times) => times.flat());
    const before = await load("before", 75);
    await becomesTrue(() => checkSent(asked, office.taken, "the mail server").lost.length === 0, "the first are taken");
    const memoryBefore = memoryOf(server.pid);
    await office.turn("closed");
    const beside = await load("closed", 320);
    await pause(5000);
    const memoryBeside = memoryOf(server.pid);
    await office.turn("open");
    const report = await settle(asked, office.taken, join(dataDirectory, "chassis.db"));
    client.close();
    assert.equal(await server.terminate(), 0);
    const [p99Before, p99Beside] = [percentile(before, 0.99), percentile(beside, 0.99)];
    const wrong = [...report.wrong];
    if (p99Beside > Math.max(1000, 10 * p99Before))
      wrong.push(`Requests waited: 99 of 100 took ${p99Beside} ms, ${p99Before} before.`);
    const more = memoryBeside - memoryBefore;
    if (more > 150) wrong.push(`It took ${more} MiB of memory more.`);
    const note = `all arrive; ${more} MiB more memory; requests beside it: p99 ${p99Beside} ms, ${p99Before} without`;
    return { ...report, wrong, note };
  },
};

/** Attempts that failed so far. */
function tries(server: FaultServer): number {
  return logLines(server.text()).filter(({ msg }) => msg === "A job failed and will be tried again.").length;
}

type Settled = Omit<RunReport, "note">;

/** Waits until all that can arrive has, and holds that against what was asked for. Nobody can take what is for a mailbox that is not there. */
async function settle(asked: readonly ToSend[], taken: readonly Taken[], database: string): Promise<Settled> {
  const receivable = asked
    .map((each, index) => ({ each, index }))
    .filter(({ each }) => !isUnknown(each))
    .map(({ each }) => each);
  const check = (): ReturnType<typeof checkSent> => checkSent(receivable, taken, "the mail server");
  const isOver = (): boolean => check().lost.length === 0 && leftOver(database).length === 0;
  await becomesTrue(isOver, "all mails have gone").catch(() => undefined);
  const count = (outcome: ToSend["outcome"]): number => asked.filter((each) => each.outcome === outcome).length;
  const verdict = check();
  return {
    ...verdict,
    wrong: [...verdict.wrong, ...leftOver(database)],
    acknowledged: count("committed"),
    unknown: count("unknown"),
  };
}

/** Of the notes whose mails misbehave, those for `unknown`. */
function isUnknown({ name }: ToSend): boolean {
  const [, life, index] = /^r\d+([bcd])-(\d+)$/.exec(name) ?? [];
  return life !== undefined && mailWays[Number(index) % mailWays.length] === "unknown";
}

/** Mails that neither went nor were refused for good. */
function leftOver(path: string): readonly string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = database.prepare("SELECT id, state, input, error FROM _chassis_jobs WHERE name = 'mail.notice'").all();
    return rows
      .filter(({ state, input }) => state !== "failed" || !String(input).includes("@unknown."))
      .map((row) => `It is left over: ${JSON.stringify(row).slice(0, 300)}`);
  } finally {
    database.close();
  }
}

/** MiB that a process has in memory. */
function memoryOf(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
