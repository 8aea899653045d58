/**
 * For tests of a back end: the whole of it runs in the test's process, on a database of its own. Bound to no test runner.
 *
 * ```ts
 * await using app = await openTestBackend(backend);
 * const review = await app.make.reviews({ stars: 5 });
 * await app.assertOnly({ can: "update", table: "reviews", row: review, as: [review.author, { roles: ["librarian"] }] });
 * ```
 */
export type { Powers, Somebody, TestActor } from "./actors.ts";
export type { FunctionCalls, TestCaller } from "./callers.ts";
export type { Factory, Fields, Make, Trait, Traits } from "./factories/factory-types.ts";
export type { Random } from "./factories/random.ts";
export { openTestBackend, type TestBackend, type TestBackendOf, type TestBackendOptions } from "./open-test-backend.ts";
export type { Outbox, OutboxFilter, SentMail } from "./outbox.ts";
export { AccessAssertionError } from "./rules/access-assertions.ts";
export type { AccessAssertions, Deed, RowOf, Who, Whoever } from "./rules/access-types.ts";
export { rulesMatrix } from "./rules/rules-matrix.ts";
export type { RunJobsOptions } from "./run-jobs.ts";
export type { Seed, SeedRows } from "./seed-data.ts";
export type { Moment, TestClock } from "./test-clock.ts";
