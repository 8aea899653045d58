/**
 * For tests of a back end: the whole of it runs in the test's process, on a database of its own.
 *
 * ```ts
 * await using app = await openTestBackend(backend);
 * await app.fetch("/rest/v1/rpc/join", { method: "POST", body: JSON.stringify({ email: "ada@example.org" }) });
 * const { subject, links } = await app.outbox.next({ to: "ada@example.org" });
 * ```
 */
export {
  openTestBackend,
  type TestActor,
  type TestBackend,
  type TestBackendOptions,
  type TestCaller,
} from "./open-test-backend.ts";
export type { Outbox, OutboxFilter, SentMail } from "./outbox.ts";
export type { RunJobsOptions } from "./run-jobs.ts";
