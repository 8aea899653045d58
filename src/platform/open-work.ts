import {
  createDisabledNotice,
  createFunctions,
  createMailTables,
  deriveKeys,
  type Functions,
  type Jobs,
  type OpenedMail,
  openJobs,
  openMail,
  type OpenWebhooks,
  openWebhooks,
  TriggerListener,
} from "#application";
import { webhookKeys } from "./keys.ts";
import type { Callers } from "./open-callers.ts";
import type { Data } from "./open-data.ts";
import type { Surroundings } from "./platform-options.ts";

/** What a back end does besides answering: mails, jobs, webhooks; and the functions, which hand all that over. None of it runs yet. */
export interface Work {
  readonly mail: OpenedMail;
  readonly jobs: Jobs;
  readonly hooks: OpenWebhooks;
  readonly functions: Functions;
}

export async function openWork(
  surroundings: Surroundings,
  data: Data,
  { sharedRates }: Pick<Callers, "sharedRates">,
): Promise<Work> {
  const { backend, config, development, logger, clock, ids, opened, closedAtEnd } = surroundings;
  const { database, records, dbs, secrets } = data;
  // The mailbox and what providers tell need them even where there is no mail yet.
  if (development || config.mailEvents !== undefined) await database.transaction(createMailTables);
  const mail = closedAtEnd(
    await openMail({
      database,
      mails: backend.mails,
      server: config.mailServer,
      from: config.mailFrom,
      baseUrl: config.baseUrl,
      ownUrl: `http://localhost:${config.port}`,
      development,
      key: deriveKeys(secrets, "unsubscribe"),
      sealKeys: deriveKeys(secrets, "sealed mails"),
      given: sharedRates,
      clock,
      logger,
    }),
  );
  const jobs = await openJobsOf(surroundings, data, mail);
  opened.defer(() => jobs.close(0));
  const { triggers } = backend;
  if (triggers.length > 0) opened.defer(database.onBeforeCommit(new TriggerListener(triggers, jobs.enqueueOwn)));
  const hooks = await openWebhooks({
    database,
    webhooks: backend.webhooks,
    key: webhookKeys(secrets),
    allow: config.webhooksAllow,
    keep: config.webhooksKeep,
    tellDisabled: createDisabledNotice(backend.mails, jobs.enqueueOwn),
    clock,
    ids,
    logger,
  });
  opened.defer(() => hooks.close(0));
  const functions = createFunctions({
    functions: backend.functions,
    model: backend.model,
    records,
    clock,
    logger,
    dbs,
    enqueuer: jobs.enqueuer,
    jobControl: jobs.controlIn,
    webhooksIn: hooks.webhooksIn,
    suppressionsIn: mail.suppressionsIn,
  });
  return { mail, jobs, hooks, functions };
}

function openJobsOf(
  { backend, backendFile, config, clock, logger }: Surroundings,
  { database, records, dbs, cursorKey, secretKeys }: Data,
  mail: OpenedMail,
): Promise<Jobs> {
  return openJobs({
    database,
    records,
    dbs,
    jobs: backend.jobs,
    own: mail.jobs,
    ownQueues: mail.queues,
    ...(backend.mails.entries.length === 0 ? {} : { suppressions: mail.suppressions }),
    crons: backend.crons,
    queues: backend.queues,
    keeping: { failed: config.jobsKeepFailed, cancelled: config.jobsKeepCancelled },
    threads: backendFile === undefined ? undefined : { backendFile, cursorKey, secretKeys, maxBulkTime: config.bulkTime },
    clock,
    logger,
  });
}
