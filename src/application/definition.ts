import type { Model } from "#database";
import { type AuthDefinition, type AuthInput, buildAuth } from "./auth/build-auth.ts";
import { authMails } from "./auth/mails/auth-mail-templates.ts";
import { buildFunctions } from "./functions/build-functions.ts";
import type { BackendFunction, FunctionSignature } from "./functions/define-function.ts";
import type { FunctionDefinition } from "./functions/function.ts";
import type { system } from "./access/caller.ts";
import { buildCrons, type CronDefinition } from "./jobs/build-crons.ts";
import { buildJobs, combineJobs, type JobBook } from "./jobs/build-jobs.ts";
import { buildQueues } from "./jobs/build-queues.ts";
import type { CronJob } from "./jobs/define-cron.ts";
import type { Job } from "./jobs/define-job.ts";
import type { QueueLimits } from "./jobs/queue-gate.ts";
import { buildMails, type MailBook } from "./mail/build-mails.ts";
import type { MailDefinition } from "./mail/define-mail.ts";
import type { MailSettings } from "./mail/mail-settings.ts";
import type { Records } from "./records/records.ts";
import { buildRules } from "./rules/build-rules.ts";
import { missingRules } from "./rules/rule-gaps.ts";
import type { ExactRules, RulesInput, TenantsInput } from "./rules/rule-types.ts";
import type { RuleBook } from "./rules/rules.ts";
import { buildTenants, withinTenants } from "./rules/tenants.ts";
import { type AppLimits, buildAppLimits, type LimitsInput } from "./rate-limits/app-limits.ts";
import { buildRoutes, type Routes, type RoutesInput } from "./routes.ts";
import { DefinitionError, namedThings, refuseDefinition, refuseUnknown } from "./schema/definition-error.ts";
import type { AnySchema } from "./schema/schema.ts";
import type { RoleName } from "./schema/types.ts";
import { buildTriggers, type TriggerDefinition } from "./triggers/build-triggers.ts";
import type { Trigger } from "./triggers/define-trigger.ts";
import { buildWebhooks, type WebhookBook } from "./webhooks/sending/build-webhooks.ts";
import type { Webhook } from "./webhooks/sending/define-webhook.ts";
import { webhookMails } from "./webhooks/sending/disabled-notice.ts";

/** What filling a new database may use. */
export interface SeedContext {
  readonly records: Records;
  /** All that `work` writes becomes durable together, or none of it does. */
  transaction<T>(work: (records: Records) => Promise<T>): Promise<T>;
  /** The caller to whom no rules apply: there is no request that anybody could have made. */
  readonly system: typeof system;
  /** Tells whoever watches the start how far the work is: a line each, without its end. */
  report(progress: string): void;
}

/** What callers need to know of the functions, by name. */
export type SignatureMap = Readonly<Record<string, FunctionSignature<unknown, unknown>>>;

export interface BackendInput<S extends AnySchema, R, F extends SignatureMap, L extends string = string> {
  /** Who may read, create, update and delete what: one entry for every table. */
  readonly rules: R & RulesInput<S> & ExactRules<S, R>;
  /** Turns sign-in on: whoever has an account has a row in the table `users`. `true`, or what is to differ from the defaults. */
  readonly auth?: boolean | AuthInput<RoleName<S>, NoInfer<S>>;
  /**
   * Who belongs to a tenant, for the tables whose rows are tenants (see `tenant` of `table`):
   * `{ organisations: ({ row, me }) => row.members.some((member) => member.user.eq(me.id)) }`.
   */
  readonly tenants?: TenantsInput<S>;
  /** Called at `/rpc/<name>`. */
  readonly functions?: { readonly [N in keyof F]: BackendFunction<S, F[N]> };
  /**
   * Fills a new database. Called at every start before the first request is answered, so it looks first whether its work is
   * done; where it fails, the back end does not start.
   */
  readonly seed?: (app: SeedContext) => Promise<void>;
  /** Work that is done after the answer has left: the jobs of `jobsOf(schema)`, by their names. */
  readonly jobs?: Readonly<Record<string, Job<S, never>>>;
  /** Jobs by the clock, by names of their own: `{ weekly: cron("0 8 * * MON", sendDigest) }`. */
  readonly crons?: Readonly<Record<string, CronJob>>;
  /** Mails, by their names: each is handed over by `enqueue`, as a job is. */
  readonly mails?: Readonly<Record<string, MailDefinition<never, NoInfer<L>>>>;
  /** What the mails have in common: their sender, languages and brand. */
  readonly mail?: MailSettings<L>;
  /** Limits of the jobs' queues, by the queue's name. Mails have the queue `mail`. */
  readonly queues?: Readonly<Record<string, QueueLimits>>;
  /** Jobs that follow changes of rows: the triggers of `triggersOf(schema)`, by names of their own. */
  readonly triggers?: Readonly<Record<string, Trigger<S>>>;
  /** How often one caller may call a function, change a table or ask for a path: `{ functions: { invite: "20/1d" } }`. */
  readonly limits?: LimitsInput<S, NoInfer<Extract<keyof F, string>>>;
  /** What receivers elsewhere are told of: the webhooks of `webhooksOf(schema)`, by their types, such as "review.created". */
  readonly webhooks?: Readonly<Record<string, Webhook<S>>>;
  /** The pages and endpoints of your own: any fetch handler, a Hono app, say. They get what is not for the server's own paths. */
  readonly routes?: RoutesInput<S>;
}

/** A back end: everything that `chassis start` runs. */
export interface Backend<S extends AnySchema = AnySchema, F extends SignatureMap = SignatureMap> {
  readonly schema: S;
  readonly model: Model;
  readonly rules: RuleBook;
  /** Undefined for a back end without sign-in. */
  readonly auth: AuthDefinition | undefined;
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
  /** With those of its mails, which get their handlers when the platform starts. */
  readonly jobs: JobBook;
  readonly mails: MailBook;
  readonly crons: readonly CronDefinition[];
  readonly queues: ReadonlyMap<string, QueueLimits>;
  readonly triggers: readonly TriggerDefinition[];
  readonly webhooks: WebhookBook;
  readonly limits: AppLimits;
  readonly seed: ((app: SeedContext) => Promise<void>) | undefined;
  /** What starts a back end knows no schema; `defineBackend` held the routes to theirs. */
  readonly routes?: Routes;
  /** For the type checker alone: never present. */
  readonly "~functions"?: F;
}

const backendParts: readonly (keyof BackendInput<AnySchema, never, never, never>)[] = [
  "rules",
  "tenants",
  "auth",
  "functions",
  "jobs",
  "crons",
  "queues",
  "triggers",
  "limits",
  "webhooks",
  "seed",
  "routes",
  "mails",
  "mail",
];

/**
 * A back end from its schema, rules, functions and routes. Throws `DefinitionError` with every mistake at once. A table or
 * operation without a rule can be reached by nobody.
 */
export function defineBackend<
  S extends AnySchema,
  R extends RulesInput<S>,
  F extends SignatureMap = Readonly<Record<never, never>>,
  const L extends string = never,
>(schema: S, input: BackendInput<S, R, F, L>): Backend<S, F> {
  const {
    rules,
    tenants,
    auth,
    functions,
    jobs,
    crons,
    queues,
    triggers,
    limits,
    webhooks,
    seed,
    routes,
    mails,
    mail,
    ...unknown
  } = (input as BackendInput<S, R, F, L> | undefined) ?? ({} as BackendInput<S, R, F, L>);
  const draft = (schema as Partial<S> | undefined)?.["~draft"];
  if (draft === undefined) throw new DefinitionError([{ place: "schema", message: "must be what defineSchema gives" }]);
  const { model } = draft;
  const problems = [...draft.problems];
  refuseUnknown(unknown, backendParts, problems);
  const written = buildRules(model, namedThings(rules, "rules", problems), problems);
  const book = withinTenants(model, written, buildTenants(model, namedThings(tenants ?? {}, "tenants", problems), problems));
  const signIn = buildAuth(auth, { model, rules: book }, problems);
  const built = buildFunctions(model, namedThings(functions ?? {}, "functions", problems), problems);
  const own = buildRoutes(routes, problems);
  const limited = buildAppLimits(limits, { model, functions: built, hasRoutes: own !== undefined }, problems);
  const signInMails = authMails(signIn, mail);
  const builtIn = { ...signInMails, ...webhookMails({ webhooks, mails, mail }) };
  // Their links let somebody in, also where the back end has mails of its own in their place.
  const secret = new Set(Object.keys(signInMails));
  const letters = buildMails({ ...builtIn, ...namedThings(mails ?? {}, "mails", problems) }, mail, problems, secret);
  const work = combineJobs(buildJobs(namedThings(jobs ?? {}, "jobs", problems), problems), letters.jobs);
  const clocked = buildCrons(namedThings(crons ?? {}, "crons", problems), work, problems);
  const gates = buildQueues(namedThings(queues ?? {}, "queues", problems), work, problems);
  const followed = buildTriggers({ model, jobs: work }, namedThings(triggers ?? {}, "triggers", problems), problems);
  const told = buildWebhooks(model, namedThings(webhooks ?? {}, "webhooks", problems), problems);
  if (seed !== undefined && typeof seed !== "function") {
    problems.push({ place: "seed", message: "needs a function such as async ({ records, system }) => {}" });
  }
  const missing = missingRules(
    { model, rules: book, functions: built },
    problems.map(({ place }) => place),
  );
  refuseDefinition(problems, missing);
  return Object.freeze({
    schema,
    model,
    rules: book,
    auth: signIn,
    functions: built,
    jobs: work,
    mails: letters,
    crons: clocked,
    queues: gates,
    triggers: followed,
    webhooks: told,
    limits: limited,
    seed,
    ...(own === undefined ? {} : { routes: own }),
  });
}
