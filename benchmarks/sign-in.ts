/**
 * What a session costs a read, and what a hundred who sign in at once cost everybody else. Medians of several rounds, the lanes in turn.
 * `node benchmarks/sign-in.ts`, or with `--small`, which only shows that it runs. Server and load are two processes.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashPassword, system } from "#application";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import { defineBackend, defineSchema, everyone, nobody, signedIn, text } from "chassis";
import type { LoadOrder } from "./load/exchange.ts";
import { Load } from "./load/load.ts";
import { rawRequest } from "./load/request.ts";
import { median } from "./measure/statistics.ts";

const isSmall = process.argv.includes("--small");
const milliseconds = isSmall ? 300 : 3000;
/** Many and short, so that whatever else the machine does meets all lanes alike. */
const turn = isSmall ? 300 : 400;
const rounds = isSmall ? 1 : 40;
const connections = 32;
const password = "correct horse battery";

const schema = defineSchema({ users: { name: text() }, notes: { body: text() } });
const backend = defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    notes: () => ({ read: signedIn.or(everyone), write: nobody }),
  },
  auth: true,
});

const folder = await mkdtemp(join(tmpdir(), "chassis-sign-in-"));
const platform = await createPlatform({
  backend,
  config: loadConfig({ environment: { CHASSIS_RATE_LIMITS: "off" }, overrides: { port: "0" } }),
  dataDirectory: folder,
  logger: silentLogger,
  development: true,
});
const port = Number(new URL(await platform.listen()).port);
const load = new Load();

const rows = Array.from({ length: 10_000 }, (_, index) => ({ body: `Note ${index}` }));
const insert = { type: "insert", table: "notes", rows, rowForm: "json", missing: "default", values: [], form: "json" } as const;
const { keys: notes = [] } = await platform.records.write(insert, system);

/** People with accounts, without all that signing up is. */
async function addPeople(count: number): Promise<void> {
  const hash = await hashPassword(password);
  const people = Array.from({ length: count }, (_, index) => ({ name: `Person ${index}` }));
  const { keys = [] } = await platform.records.write({ ...insert, table: "users", rows: people }, system);
  await platform.database.transaction(async (connection) => {
    for (const [index, key] of keys.entries()) {
      const address = `person-${index}@example.org`;
      await connection.run(
        "INSERT INTO _chassis_accounts (user, address, address_key, verified, password, roles, created) VALUES (?, ?, ?, 0, ?, '[]', 0)",
        [String(key), address, address, hash],
      );
    }
  });
}
await addPeople(1000);

const answer = await fetch(`${platform.url}/auth/v1/sign-in`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ email: "person-500@example.org", password, session: "token" }),
});
const session = (await answer.json()) as { readonly user: string; readonly token: string };
const actor = { id: session.user, roles: [], claims: {} };
const { token } = await platform.tokens.issue({ actor, lifetime: 86_400_000 });

const paths = notes.slice(0, 5000).map((key) => `/rest/v1/notes?id=eq.${key}&select=body`);
const reads = (headers: Readonly<Record<string, string>>): LoadOrder => ({
  port,
  requests: paths.map((path) => rawRequest({ path, headers })),
  connections,
  milliseconds: turn,
});
const lanes: Readonly<Record<string, LoadOrder>> = {
  nobody: reads({}),
  "a session, by cookie": reads({ Cookie: `chassis-session-${port}=${session.token}` }),
  "a session, as a bearer token": reads({ Authorization: `Bearer ${session.token}` }),
  "a key of chassis token": reads({ Authorization: `Bearer ${token}` }),
};

interface Figures {
  readonly rates: number[];
  /** Microseconds of this process for each answer: what others on the machine do changes them less. */
  readonly costs: number[];
}
const figures = new Map(Object.keys(lanes).map((name): [string, Figures] => [name, { rates: [], costs: [] }]));
for (let round = 0; round <= rounds; round++) {
  for (const [name, order] of Object.entries(lanes)) {
    const before = process.cpuUsage();
    const { answers, milliseconds: took } = await load.run(order);
    const { user, system: kernel } = process.cpuUsage(before);
    // The first round is for the compiler.
    if (round === 0) continue;
    figures.get(name)?.rates.push((answers * 1000) / took);
    figures.get(name)?.costs.push((user + kernel) / answers);
  }
}
const nobodys = figures.get("nobody");
/** Within each round. */
const shareOf = (own: readonly number[], others: readonly number[] = []): string =>
  median(own.map((each, round) => each / (others[round] ?? Number.NaN))).toFixed(2);
console.log(
  "| read by id, by | a second | of nobody's | µs of the server's processor | of nobody's, by processor |\n|---|---|---|---|---|",
);
for (const [name, { rates, costs }] of figures) {
  const shares = `${shareOf(rates, nobodys?.rates)} | ${median(costs).toFixed(1)} | ${shareOf(nobodys?.costs ?? [], costs)}`;
  console.log(`| ${name} | ${median(rates).toFixed(0)} | ${shares} |`);
}

const signIns: LoadOrder = {
  port,
  requests: Array.from({ length: 1000 }, (_, index) =>
    rawRequest({
      method: "POST",
      path: "/auth/v1/sign-in",
      body: JSON.stringify({ email: `person-${index}@example.org`, password }),
    }),
  ),
  connections: 100,
  milliseconds: milliseconds * 2,
};
const others: LoadOrder = { ...reads({}), connections: 4, milliseconds: milliseconds * 2 };
const [signedInAtOnce, meanwhile] = await load.runTogether([signIns, others]);
const alone = await load.run(others);

let hashes = 0;
const began = performance.now();
// As many at once as the server works out.
await Promise.all(
  Array.from({ length: 2 }, async () => {
    while (performance.now() - began < milliseconds) {
      await hashPassword(password);
      hashes++;
    }
  }),
);
const possible = (hashes * 1000) / (performance.now() - began);
const signedInRate = ((signedInAtOnce?.answers ?? 0) * 1000) / (signedInAtOnce?.milliseconds ?? 1);
console.log("\n| a hundred sign in at once | |\n|---|---|");
console.log(`| sign-ins a second | ${signedInRate.toFixed(1)} |`);
console.log(`| passwords a second that two at once could be checked | ${possible.toFixed(1)} |`);
console.log(`| reads of others meanwhile, p50 and p99, ms | ${meanwhile?.p50.toFixed(1)}, ${meanwhile?.p99.toFixed(1)} |`);
console.log(`| the same when nobody signs in | ${alone.p50.toFixed(1)}, ${alone.p99.toFixed(1)} |`);

load.close();
await platform.close();
await rm(folder, { recursive: true });
