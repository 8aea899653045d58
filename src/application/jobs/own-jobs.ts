import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Json } from "#contract";
import type { AnySchema } from "../schema/schema.ts";
import { type JobBook, type JobDefinition, readJob } from "./build-jobs.ts";
import type { JobContext } from "./define-job.ts";
import type { JobOptions } from "./written-job.ts";

export interface OwnJobOptions extends JobOptions<StandardSchemaV1> {
  /** Of the part and the job, with a dot between them: `webhook.deliver`. No job of a back end can have such a name. */
  readonly name: string;
}

/**
 * A job that a part of the platform brings. Its handler is a closure over what that part works with. Without `input` it takes any JSON: as
 * the part wrote it, which may have been an earlier version of it.
 */
export function ownJob<I extends Json>(
  { name, ...options }: OwnJobOptions,
  handler: (context: JobContext<AnySchema, I>) => unknown,
): JobDefinition {
  if (!name.includes(".")) throw new TypeError(`The job '${name}' of a part of the platform needs a dot in its name.`);
  if (options.heavy)
    throw new TypeError(`The job '${name}' of a part of the platform cannot be heavy: threads do not know its handler.`);
  return readJob(name, { options: { input: anyJson, ...options }, handler }, (message) => {
    throw new TypeError(`The job '${name}': ${message}.`);
  });
}

const anyJson: StandardSchemaV1 = { "~standard": { version: 1, vendor: "chassis", validate: (value) => ({ value }) } };

/**
 * The jobs of a back end with those of the platform's parts. An own job of a name that is in the book, such as that of a mail's template, takes
 * its place, and is what `enqueue` of it puts.
 *
 * @throws TypeError where one is left without a handler.
 */
export function bindOwnJobs({ byName, nameOf }: JobBook, own: readonly JobDefinition[]): JobBook {
  const all = new Map(byName);
  for (const definition of own) all.set(definition.name, definition);
  for (const { name, handler } of all.values())
    if (handler === undefined) throw new TypeError(`No part of the platform runs the job '${name}'.`);
  return { byName: all, nameOf };
}
