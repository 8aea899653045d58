import type { JobDefinition } from "./build-jobs.ts";

type Sealed = Pick<JobDefinition, "name" | "seal" | "isSealed">;

/** Stands in the place of an input that was too long to be kept. */
const TOO_LONG = "~tooLong";

/**
 * Characters of an input that nobody could refuse any more when it was made: it came with somebody's change. One that is longer is not kept: it would be there once more with
 * each change, and be read whenever the job is. Its job is set aside when it is run.
 */
const MAX_UNREFUSED = 1_048_576;

/** An input that comes with somebody's change, as JSON text. */
export function unrefusedInput(given: unknown): string {
  const text = JSON.stringify(given);
  return text.length <= MAX_UNREFUSED ? text : JSON.stringify({ [TOO_LONG]: text.length });
}

/** The input of a job as it is kept: as it is, or closed where the job says so. */
export function keptInput({ name, seal, isSealed = false }: Sealed, input: string | null): string | null {
  return !isSealed || seal === undefined || input === null
    ? input
    : JSON.stringify({ sealed: seal.close(input, purposeOf(name)) });
}

/** What was kept, read. Throws where it was too long, or was closed by a key that is not here. */
export function openInput({ name, seal }: Sealed, kept: string | null): unknown {
  if (kept === null) return undefined;
  const input = JSON.parse(kept) as unknown;
  const { [TOO_LONG]: length, sealed } = (input ?? {}) as { readonly [TOO_LONG]?: unknown; readonly sealed?: unknown };
  if (typeof length === "number")
    throw new Error(
      `It would have had ${length} characters, and ${MAX_UNREFUSED} is the most: have the trigger select fewer columns, and read the others by the row's id.`,
    );
  // One from before the job was sealed is as it was; one from when it still was is opened.
  if (seal === undefined || typeof sealed !== "string") return input;
  const opened = seal.open(sealed, purposeOf(name));
  if (opened === undefined)
    throw new Error(
      "It was sealed by a secret that this data directory does not have: token-secret or previous-secrets is another.",
    );
  return JSON.parse(opened) as unknown;
}

/** So that the input of one job opens as that of no other. */
function purposeOf(name: string): string {
  return `input of ${name}`;
}
