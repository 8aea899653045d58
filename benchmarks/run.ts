/** Measures Chassis beside what it is held against, all in one run, and writes one table. `--help` tells the options. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fillPages } from "./data/fill-pages.ts";
import { caller, fillSchools, rareEditor, reviewId } from "./data/fill-schools.ts";
import { Load } from "./load/load.ts";
import { type RaceResult, runRace } from "./measure/race.ts";
import { help, largeRows, readOptions, type RunOptions, writeSubjects } from "./options.ts";
import { findPocketBase } from "./peers/find-pocketbase.ts";
import { type PocketBase, preparePocketBase } from "./peers/pocketbase.ts";
import { describeConditions } from "./report/conditions.ts";
import type { Figures } from "./report/figures.ts";
import { type Report, renderReport } from "./report/render.ts";
import { buildChassis, createToken, databaseIn, startChassis } from "./servers/chassis.ts";
import { startBare, startHandWritten } from "./servers/programs.ts";
import { pinning } from "./servers/server-process.ts";
import { oneReview } from "./subjects/addresses.ts";
import { bulkInsert } from "./subjects/bulk.ts";
import { type Delays, readsBesideScans, readsBesideWrites } from "./subjects/delays.ts";
import { backupBesideWrites, feedBesideWrites, migrationBesideWrites } from "./subjects/disturbed.ts";
import { durableInserts, type InsertRace, insertsByWriters } from "./subjects/inserts.ts";
import { keptPasts } from "./subjects/kept.ts";
import { memoryUnderLoad } from "./subjects/memory.ts";
import { pagesByCursor } from "./subjects/pages.ts";
import { listRows, type PreparedRace, readById } from "./subjects/reads.ts";
import { raceStarts } from "./subjects/starts.ts";
import { twoHops } from "./subjects/two-hops.ts";
import type { World } from "./subjects/world.ts";

const options = readOptions(process.argv.slice(2));
if (options === "help") console.log(help);
else await run(options);

async function run(options: RunOptions): Promise<void> {
  // This process polls servers that start: not on the core that they start on.
  if (pinning !== undefined) spawnSync("taskset", ["-a", "-p", "-c", pinning.load, String(process.pid)]);
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "chassis-bench-"));
  try {
    const report = renderReport(await measure(options, folder));
    console.log(report);
    if (options.writes) writeResult(report, options);
  } finally {
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(options: RunOptions, folder: string): Promise<Report> {
  const { subjects, rounds, milliseconds } = options;
  const places = await prepareData(folder);
  const found = options.withPeers ? findPocketBase(options.pocketBase) : { missing: "left out, as asked." };
  const pocketBase =
    "missing" in found
      ? undefined
      : await preparePocketBase({ program: found.program, folder: places.pocketBase, source: places.spare });
  const conditions = describeConditions({
    rounds,
    milliseconds,
    folder,
    pocketBase: "missing" in found ? found.missing : found.version,
  });
  const load = new Load();
  try {
    const world = await startWorld({ load, places, pocketBase });
    const { races, delays, figures, memoryAfter } = await raceAll(world, options);
    const pages = await measurePages(options, { load, folder });
    return {
      date: new Date().toISOString().slice(0, 10),
      conditions,
      races: [...races, ...pages.races, ...(subjects.has("kept") ? [await raceKept(options, { load, folder })] : [])],
      delays: [...delays, ...pages.delays],
      figures: [...figures, ...(await disturbances(options, folder))],
      starts: subjects.has("start") ? await starts(options, { places, pocketBase }) : [],
      memory: subjects.has("memory") ? [await memory(load, places)] : [],
      notes: [memoryAfter],
    };
  } finally {
    load.close();
  }
}

interface Places {
  readonly folder: string;
  /** Chassis's data directory. */
  readonly chassis: string;
  readonly handWritten: string;
  /** A database that nobody opens. */
  readonly spare: string;
  readonly pocketBase: string;
  readonly tokens: { readonly usual: string; readonly rareEditor: string; readonly stranger: string };
}

async function prepareData(folder: string): Promise<Places> {
  const [chassis, pocketBase] = [join(folder, "chassis"), join(folder, "pocketbase")];
  for (const path of [chassis, pocketBase]) {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { recursive: true });
  }
  progress("Making 100,000 schools, reviews and notes");
  const [handWritten, spare] = [join(folder, "hand-written.db"), join(folder, "spare.db")];
  await fillSchools(databaseIn(chassis));
  for (const copy of [handWritten, spare]) copyFileSync(databaseIn(chassis), copy);
  const token = (user: string): string => createToken(chassis, user);
  return {
    folder,
    chassis,
    handWritten,
    spare,
    pocketBase,
    tokens: { usual: token(caller), rareEditor: token(rareEditor), stranger: token("user-0003") },
  };
}

interface WorldParts {
  readonly load: Load;
  readonly places: Places;
  readonly pocketBase: PocketBase | undefined;
}

async function startWorld({ load, places, pocketBase }: WorldParts): Promise<World> {
  const { tokens, folder, spare } = places;
  const bearer = (token: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${token}` });
  return {
    load,
    chassis: await startChassis({ backend: "schools", dataDirectory: places.chassis }),
    handWritten: await startHandWritten({
      path: places.handWritten,
      token: tokens.usual,
      user: caller,
      ready: `/reviews/${reviewId(1)}`,
    }),
    pocketBase: pocketBase && { server: await pocketBase.start(), headers: pocketBase.headers },
    callers: { usual: bearer(tokens.usual), rareEditor: bearer(tokens.rareEditor), stranger: bearer(tokens.stranger) },
    spareDatabase: spare,
    folder,
  };
}

async function stopWorld({ chassis, handWritten, pocketBase }: World): Promise<void> {
  await Promise.all([chassis.stop(), handWritten.stop(), pocketBase?.server.stop()]);
}

interface Measured {
  readonly races: readonly RaceResult[];
  readonly delays: readonly Delays[];
  readonly figures: readonly Figures[];
}

/** All that needs those servers, which end with it. */
async function raceAll(world: World, options: RunOptions): Promise<Measured & { readonly memoryAfter: string }> {
  const races: RaceResult[] = [];
  const delays: Delays[] = [];
  const figures: Figures[] = [];
  const race = async ({ race, servers }: PreparedRace): Promise<void> => {
    progress(race.title);
    races.push(await runRace(race, options));
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    if (options.subjects.has("read")) await race(await readById(world));
    if (options.subjects.has("list")) await race(await listRows(world));
    if (options.subjects.has("rule")) await race(await twoHops(world));
    const insert = async ({ race: inserts, loop }: InsertRace): Promise<void> => {
      await race({ race: inserts, servers: [] });
      loop.close();
    };
    if (options.subjects.has("inserts")) await insert(durableInserts(world));
    if (options.subjects.has("writers")) await insert(insertsByWriters(world));
    if (options.subjects.has("delays")) {
      progress("Point reads while others write");
      delays.push(await readsBesideWrites(world, options));
    }
    if (options.subjects.has("bulk")) {
      progress("Bulk insert");
      figures.push(await bulkInsert(world, options.rounds));
    }
    return { races, delays, figures, memoryAfter: describeMemory(world) };
  } finally {
    await stopWorld(world);
  }
}

function describeMemory({ chassis, handWritten, pocketBase }: World): string {
  const figures = Object.entries({ Chassis: chassis, "hand-written": handWritten, PocketBase: pocketBase?.server }).map(
    ([name, server]) => (server === undefined ? [] : [`${name} ${Math.round(server.memory() / 2 ** 20)}`]),
  );
  return `Memory of the servers after their races, MB: ${figures.flat().join(", ")}.`;
}

interface Within {
  readonly load: Load;
  readonly folder: string;
}

/** What is measured on a table of a million rows. */
async function measurePages(options: RunOptions, { load, folder }: Within): Promise<Omit<Measured, "figures">> {
  const { manyRows, subjects } = options;
  if (!subjects.has("pages") && !subjects.has("delays")) return { races: [], delays: [] };
  progress(`Making ${manyRows.toLocaleString("en")} rows`);
  const dataDirectory = newFolder(folder, "pages");
  await fillPages(databaseIn(dataDirectory), manyRows);
  const server = await startChassis({ backend: "pages", dataDirectory });
  try {
    const races: RaceResult[] = [];
    if (subjects.has("pages")) {
      const race = await pagesByCursor(load, server, manyRows);
      progress(race.title);
      races.push(await runRace(race, options));
    }
    if (!subjects.has("delays")) return { races, delays: [] };
    progress("Point reads while others scan");
    return { races, delays: [await readsBesideScans(load, server, options)] };
  } finally {
    await server.stop();
  }
}

async function raceKept(options: RunOptions, { load, folder }: Within): Promise<RaceResult> {
  const dataDirectory = newFolder(folder, "kept");
  const server = await startChassis({ backend: "kept", dataDirectory });
  try {
    const headers = { authorization: `Bearer ${createToken(dataDirectory, caller, "kept")}` };
    const race = await keptPasts(load, server, headers);
    progress(race.title);
    return await runRace(race, options);
  } finally {
    await server.stop();
  }
}

async function disturbances(options: RunOptions, folder: string): Promise<readonly Figures[]> {
  const { subjects, migratedRows, backupMegabytes } = options;
  const figures: Figures[] = [];
  if (subjects.has("feed")) {
    progress("The commit feed beside writes");
    figures.push(await feedBesideWrites(folder, 5000));
  }
  if (subjects.has("migration")) {
    progress(`A migration of ${migratedRows.toLocaleString("en")} rows beside writes`);
    figures.push(await migrationBesideWrites(folder, migratedRows));
  }
  if (subjects.has("backup")) {
    progress(`A backup of ${backupMegabytes.toLocaleString("en")} MB beside writes`);
    figures.push(await backupBesideWrites(folder, backupMegabytes));
  }
  return figures;
}

function newFolder(parent: string, name: string): string {
  const folder = join(parent, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function starts(
  { rounds }: RunOptions,
  { places, pocketBase }: Pick<WorldParts, "places" | "pocketBase">,
): ReturnType<typeof raceStarts> {
  progress("Start to first answer");
  const headers = { authorization: `Bearer ${places.tokens.usual}` };
  const { chassis: ready } = oneReview(1);
  const built = buildChassis("schools");
  return raceStarts(
    [
      {
        name: "Chassis, 100,000 rows",
        start: () => startChassis({ backend: "schools", dataDirectory: places.chassis, ready, headers }),
        atMost: 300,
      },
      {
        name: "Chassis as it is published, JavaScript alone",
        start: () => startChassis({ backend: built, dataDirectory: places.chassis, ready, headers }),
        atMost: 300,
      },
      { name: "bare node:http", start: () => startBare({ folder: places.folder, name: "start", headers: {}, body: "" }) },
      ...(pocketBase === undefined ? [] : [{ name: "PocketBase", start: () => pocketBase.start() }]),
    ],
    rounds,
  );
}

async function memory(load: Load, places: Places): ReturnType<typeof memoryUnderLoad> {
  progress("Memory");
  const world = await startWorld({ load, places, pocketBase: undefined });
  try {
    const prepared = [await readById(world), await listRows(world), await twoHops(world)];
    await Promise.all(prepared.flatMap(({ servers }) => servers.map((server) => server.stop())));
    const { race, loop } = durableInserts(world);
    loop.close();
    const names = new Set(["Chassis", "may read 1 row in 2"]);
    const lanes = [...prepared.map((each) => each.race), race].flatMap((each) =>
      each.lanes.filter(({ name }) => names.has(name)),
    );
    return await memoryUnderLoad("Chassis: reads, lists, a rule two relations away, inserts", world.chassis, lanes);
  } finally {
    await stopWorld(world);
  }
}

function writeResult(report: string, { manyRows, subjects: ran }: RunOptions): void {
  const part = writeSubjects.some((subject) => ran.has(subject)) ? "-writes" : manyRows === largeRows ? "-large" : "";
  const name = `${new Date().toISOString().slice(0, 10)}${part}.md`;
  const path = resolve(import.meta.dirname, "results", name);
  mkdirSync(resolve(path, ".."), { recursive: true });
  writeFileSync(path, report);
  console.log(`Written to ${path}`);
}

function progress(text: string): void {
  process.stderr.write(`${text} ...\n`);
}
