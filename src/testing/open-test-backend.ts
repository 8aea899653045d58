import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AnySchema,
  type Auth,
  type Backend,
  createDbOpener,
  type Enqueue,
  loadSecrets,
  type Mail,
  type SignatureMap,
  type SystemDb,
  tokenSecretFile,
  type Webhooks,
} from "#application";
import { type Clock, createIdSource, type Logger, silentLogger } from "#base";
import type { AnyBackend } from "#client";
import { type Config, loadConfig } from "#config";
import { createPlatform, type Platform, secretFieldKeys } from "#platform";
import { type Powers, readActor, type Somebody } from "./actors.ts";
import { advance } from "./advance.ts";
import { createCaller, type TestCaller } from "./callers.ts";
import type { Make, Traits } from "./factories/factory-types.ts";
import { openDoor, type TestDoor } from "./door.ts";
import { Factories } from "./factories/factories.ts";
import { Random } from "./factories/random.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { readSeedNumber, tellSeed } from "./random-seed.ts";
import { createAccessAssertions } from "./rules/access-assertions.ts";
import type { AccessAssertions } from "./rules/access-types.ts";
import { type RunJobsOptions, runJobs } from "./run-jobs.ts";
import { type Seed, seedFunction } from "./seed-data.ts";
import { copyTemplate, keepTemplate } from "./templates.ts";
import { createTestClock, type Moment, type TestClock } from "./test-clock.ts";

/** What a test's back end begins with. */
export interface TestBackendOptions<S extends AnySchema = AnySchema, D = unknown> {
  /** Settings by the names of their variables: `{ CHASSIS_BASE_URL: "https://example.org" }`. The environment is not read. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Takes connections too, for a browser say, at `app.url`: on a free port of this machine, or that of `PORT` in `settings`. Links in mails and cookies are made for
   * that address, so it goes with no `CHASSIS_BASE_URL`. Default false.
   */
  readonly listen?: boolean;
  /** The file of the back end, where it has heavy jobs: their threads load it. */
  readonly backendFile?: string;
  /** The moment at which the back end's clock stands. Left out, it runs as the machine's does, until `clock` is told something else. */
  readonly now?: Moment;
  /** What the database begins with. Default true: what the definition's `seed` makes. */
  readonly seed?: Seed<S>;
  /** Named sets of fields for `make`. */
  readonly traits?: D & Traits<S>;
  /** What made-up data comes from: the same number, the same data. Default `CHASSIS_TEST_SEED`, else another one for each process. */
  readonly random?: number;
  /** A clock of your own instead, which `app.clock` and `advance` then do not move. */
  readonly clock?: Clock;
  /** Hears the server's log. By default nobody does. */
  readonly logger?: Logger;
}

/** A back end that runs in a test: its database is in a folder of its own, which goes when it is closed. By its definition its type is `TestBackendOf<typeof backend>`. */
export interface TestBackend<S extends AnySchema, F extends SignatureMap = Readonly<Record<never, never>>, D = unknown>
  extends AsyncDisposable,
    AccessAssertions<S, F> {
  /**
   * Under which address the back end takes itself to be, and where links in its mails lead: that of `CHASSIS_BASE_URL`, or where it listens;
   * else `http://localhost:4000`, or that of `PORT` in `settings`, where nobody answers but `fetch`.
   */
  readonly url: string;
  /** Answers a request without a network. A path is one of this server; a body of JSON needs no content type. */
  fetch(target: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** The data without rules: to arrange what a test needs, and to look at what became of it. Each write is a transaction of its own. */
  readonly db: SystemDb<S>;
  /** Makes rows of valid random data: `make.reviews({ stars: 5 })`. */
  readonly make: Make<S, D>;
  /**
   * What somebody may do: their requests, the data as they may see and change it, the functions as they may call them. `who` is a row of
   * `users` or its id, `{ id, roles, claims }`, or null for somebody who has not signed in.
   */
  as(who: Somebody<S>, powers?: Powers<S>): TestCaller<S, F>;
  /** Whatever the back end knows of time. */
  readonly clock: TestClock;
  /**
   * Lets time pass, "90s", "15m", "2h" or "1d" or in milliseconds, and runs what becomes due meanwhile, in order and each at its moment: jobs
   * and what they hand over, jobs by the clock, webhooks. Then the clock stands. Throws where a job fails.
   */
  advance(by: string | number, options?: RunJobsOptions): Promise<void>;
  /** Hands over a job or a mail, in a transaction of its own. */
  readonly enqueue: Enqueue;
  /** What would have been sent. */
  readonly outbox: Outbox;
  /** Whom nothing is sent. */
  readonly suppressions: Mail["suppressions"];
  /** Who receives webhooks, and what was sent to them. A receiver on this machine is named in `CHASSIS_WEBHOOKS_ALLOW`. */
  readonly webhooks: Webhooks;
  /** Waits until no job is ready or runs. What is to run later stays. Throws where one has failed meanwhile. */
  runJobs(options?: RunJobsOptions): Promise<void>;
  /** Accounts and sessions, from code; undefined for a back end without sign-in. */
  readonly auth: Auth | undefined;
  /** What `make` draws from. */
  readonly random: Random;
  close(): Promise<void>;
}

/**
 * The test back end of a definition, where a type has to be written, of a helper say: `(app: TestBackendOf<typeof backend>)`. One with traits
 * is one of these too; a helper that names traits itself says `TestBackendOf<typeof backend, typeof traits>`.
 */
export type TestBackendOf<B extends AnyBackend, D = unknown> = TestBackend<B["schema"], NonNullable<B["~functions"]>, D>;

/** A test's data goes with its folder, and it may ask as much as it likes. */
const usual: Readonly<Record<string, string>> = { CHASSIS_RATE_LIMITS: "off" };

/** Runs a back end for a test. Mails go to `outbox`, and jobs are run as they are by `chassis start`. */
export async function openTestBackend<
  S extends AnySchema,
  F extends SignatureMap = Readonly<Record<never, never>>,
  const D = unknown,
>(backend: Backend<S, F>, options: TestBackendOptions<NoInfer<S>, D> = {}): Promise<TestBackend<S, F, D>> {
  const door = options.listen === true ? await openDoorFor(options.settings) : undefined;
  try {
    return await openBehind(door, backend, options);
  } catch (error) {
    door?.close();
    throw error;
  }
}

/** Its own address is known before the back end is there, which is made for it. */
async function openDoorFor(settings: TestBackendOptions["settings"]): Promise<TestDoor> {
  const config = configOf({ PORT: "0", ...settings });
  if (config.baseUrl !== undefined)
    throw new TypeError(
      "openTestBackend takes `listen` or CHASSIS_BASE_URL, not both: what listens is at an address of its own, app.url.",
    );
  return openDoor(config);
}

function configOf(settings: TestBackendOptions["settings"], baseUrl?: string): Config {
  return loadConfig({ environment: { ...usual, ...settings }, overrides: { baseUrl } });
}

async function openBehind<S extends AnySchema, F extends SignatureMap, D>(
  door: TestDoor | undefined,
  backend: Backend<S, F>,
  options: TestBackendOptions<NoInfer<S>, D>,
): Promise<TestBackend<S, F, D>> {
  const config = configOf(options.settings, door?.origin);
  const clock = createTestClock(options.now);
  const time = options.clock ?? clock;
  if (options.clock !== undefined && options.now !== undefined)
    throw new TypeError("openTestBackend takes `now` or a `clock`, not both.");
  const random = new Random(readSeedNumber(options.random));
  const { platform, folder, remove } = await openInFolder(backend, { config, time, ...options });
  try {
    const app = await assemble({ backend, platform, folder, remove, config, clock, time, random, door, traits: options.traits });
    if (door !== undefined) await platform.listen(door);
    return app as unknown as TestBackend<S, F, D>;
  } catch (error) {
    await platform.close();
    await remove();
    throw error;
  }
}

type Opened = { readonly platform: Platform; readonly folder: string; readonly remove: () => Promise<void> };

async function openInFolder(
  backend: Backend,
  {
    config,
    time,
    seed = true,
    now,
    clock: given,
    settings = {},
    backendFile,
    logger = silentLogger,
  }: Omit<TestBackendOptions, "traits" | "seed"> & {
    readonly config: Config;
    readonly time: Clock;
    readonly seed?: Seed<never> | Seed<AnySchema>;
  },
): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), "chassis-test-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    const isOwnTime = given !== undefined;
    const fill = seedFunction(seed, backend.model);
    const own = seed === true ? backend.seed : undefined;
    const circumstances = JSON.stringify([settings, now === undefined ? "running" : time.now()]);
    const key = { backend: { ...backend, seed: own }, seed: typeof seed === "object" ? seed : fill, circumstances };
    const isCopied = !isOwnTime && (await copyTemplate(key, folder));
    // Made here without waiting for the disk.
    if (!isCopied) await writeFile(join(folder, tokenSecretFile), `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600 });
    const filled = isCopied || fill === undefined ? own : fill;
    const platform = await createPlatform({
      backend: { ...backend, seed: filled },
      config,
      dataDirectory: folder,
      logger,
      clock: time,
      development: true,
      isDisposable: true,
      ...(backendFile === undefined ? {} : { backendFile }),
    });
    if (!isCopied && !isOwnTime)
      await keepTemplate(key, folder).catch(async (error: unknown) => {
        await platform.close();
        throw error;
      });
    return { platform, folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

interface Parts extends Opened {
  readonly backend: Backend;
  readonly config: Config;
  readonly clock: TestClock;
  readonly time: Clock;
  readonly random: Random;
  readonly traits: Traits<never> | undefined;
  readonly door: TestDoor | undefined;
}

async function assemble({
  backend,
  platform,
  folder,
  remove,
  config,
  clock,
  time,
  random,
  traits,
  door,
}: Parts): Promise<TestBackend<AnySchema, SignatureMap>> {
  const { model } = backend;
  const { records, database, mail, enqueue } = platform;
  const secretKeys = secretFieldKeys(await loadSecrets(folder));
  const dbs = createDbOpener({ model, clock: time, ids: createIdSource(time), secretKeys });
  const db = dbs.openSystem({ records, connection: database, writes: false });
  const factories = new Factories({
    model,
    db,
    random,
    now: () => time.now(),
    traits,
    onUse: () => tellSeed(random),
  });
  const told = new Set<string>();
  const runAll = (given?: RunJobsOptions): Promise<void> => runJobs(database, { told, now: () => time.now(), ...given });
  const origin = config.baseUrl ?? `http://localhost:${config.port}`;
  const fetch: TestCaller<AnySchema>["fetch"] = (target, init) => platform.fetch(requestOf(target, init, origin));
  const functions = [...backend.functions.keys()];
  const access = createAccessAssertions({ backend, platform, now: () => time.now() });
  let closed: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    door?.close();
    try {
      await platform.close();
    } finally {
      await remove();
    }
  };
  const close = (): Promise<void> => {
    closed ??= closeAll();
    return closed;
  };
  return {
    ...access.assertions,
    url: origin,
    auth: platform.auth,
    fetch,
    db,
    make: factories.make,
    random,
    as(who, powers) {
      const actor = readActor(model, who, powers);
      access.remember(actor);
      return createCaller({ platform, dbs, functions, fetch, origin }, actor);
    },
    clock,
    advance: (by, given) => {
      if (time !== clock)
        throw new TypeError("advance moves the clock of the test back end, and this one was given another: leave out `clock`.");
      return advance(by, { clock, waiting: platform.waiting, runJobs: () => runAll(given) });
    },
    webhooks: platform.webhooks,
    enqueue,
    outbox: createOutbox(mail.mailbox, database),
    suppressions: mail.suppressions,
    runJobs: runAll,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A path is one of this server, below the path of its base URL where that has one. */
function addressOf(target: string | URL, base: string): URL {
  return typeof target === "string" && target.startsWith("/") ? new URL(base + target) : new URL(target, base);
}

function requestOf(target: string | URL | Request, init: RequestInit | undefined, base: string): Request {
  const request = new Request(target instanceof Request ? target : addressOf(target, base), init);
  // What `Request` says of any text.
  if (typeof init?.body === "string" && request.headers.get("content-type")?.startsWith("text/plain") === true)
    request.headers.set("content-type", "application/json");
  return request;
}
