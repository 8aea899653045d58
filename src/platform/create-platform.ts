import { deriveKey, deriveKeys, startRetention } from "#application";
import { sqliteDialect } from "#database";
import { accountPath, mailboxPath } from "#server";
import { createAnswering, type Parts } from "./answering.ts";
import { openCallers } from "./open-callers.ts";
import { openData } from "./open-data.ts";
import { openWork } from "./open-work.ts";
import { type PlatformOptions, surround, type Surroundings } from "./platform-options.ts";
import { type Platform, RunningPlatform } from "./running-platform.ts";
import { openSignIn, type SignIn } from "./sign-in.ts";

/** Starts a back end, all but listening. What was opened before a failure is closed again. */
export async function createPlatform(options: PlatformOptions): Promise<Platform> {
  const surroundings = surround(options);
  const { backend, config, clock, logger, opened, closedAtEnd } = surroundings;
  try {
    const data = await openData(surroundings);
    const callers = await openCallers(surroundings, data);
    const work = await openWork(surroundings, data, callers);
    const signIn = backend.auth && closedAtEnd(await openSignInOf(backend.auth, surroundings, { ...data, ...callers, ...work }));
    const parts = { ...data, ...callers, ...work, signIn };
    const answering = createAnswering(surroundings, parts);
    const { database, jobs, hooks } = parts;
    const retention = closedAtEnd(startRetention({ database, model: backend.model, dialect: sqliteDialect, clock, logger }));
    if (config.jobs === "on") {
      hooks.start();
      await jobs.start();
    } else if (jobs.kinds > 0) logger.info({}, "CHASSIS_JOBS is off: jobs are kept, and not run.");
    return new RunningPlatform({ ...surroundings, ...parts, ...answering, retention });
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

function openSignInOf(
  definition: NonNullable<PlatformOptions["backend"]["auth"]>,
  { backend, config, dataDirectory, development, ids, logger }: Surroundings,
  { database, dbs, records, rates, secrets, steady, tokens, jobs, functions }: Omit<Parts, "signIn">,
): Promise<SignIn> {
  return openSignIn({
    definition,
    config,
    dataDirectory,
    development,
    dbs,
    pages: {
      settings: backend.mails.settings,
      home: definition.pages?.home ?? (backend.routes === undefined ? accountPath : "/"),
      mailbox: development ? mailboxPath : undefined,
    },
    database,
    records,
    rates,
    jobs,
    tokens: tokens.authenticate,
    reach: { tables: (me) => records.tablesOf(me), functions: (me) => functions.names(me) },
    codeKey: deriveKey(secrets.current, "one-time codes"),
    factorKeys: deriveKeys(secrets, "second factors"),
    providerKeys: deriveKeys(secrets, "oidc provider"),
    clock: steady,
    ids,
    logger,
  });
}
