import { parseDuration } from "#base";

/**
 * Thrown by a job's handler: no further attempt can help, so the job is set aside as failed at once. `chassis jobs retry` runs it again after a
 * mend.
 */
export class UnrecoverableError extends Error {
  override readonly name: string = "UnrecoverableError";
}

/** The shortest that a job is put off, in milliseconds: as it is not counted, one that is always put off would be run without a pause. */
const SHORTEST = 1000;
/** The longest that a job is put off: 365 days, in milliseconds. */
const LONGEST = 365 * 86_400_000;

/**
 * Thrown by a job's handler: not now. The job runs again after a time, milliseconds or `30s`, `15m`, `12h`, a second at least, and this attempt is not
 * counted, however often it is put off. The reason is shown with the job: `throw new Postpone("15m", "The other side is closed for maintenance")`.
 */
export class Postpone extends Error {
  override readonly name: string = "Postpone";
  /** In milliseconds. */
  readonly delay: number;

  /** @throws TypeError where the delay is no time from 0 to 365 days. */
  constructor(delay: number | string, reason = "") {
    super(reason);
    const time = typeof delay === "string" ? parseDuration(delay) : delay;
    if (!(time >= 0 && time <= LONGEST))
      throw new TypeError("Postpone takes a time: milliseconds, or text such as 30s, 15m, 12h or 30d.");
    this.delay = Math.round(time);
  }
}

/** Thrown to stop attempts for no fault of theirs: the server is stopping, or the job was cancelled. */
export class StoppingError extends Error {
  override readonly name: string = "StoppingError";
}

// By name: the back end's file may import another copy of the package than the one that runs it.

export function isUnrecoverable(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "UnrecoverableError";
}

/** Undefined where it is none; else for how long, in whole milliseconds: the database takes no others. */
export function postponement(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || thrown.name !== "Postpone" || !("delay" in thrown)) return undefined;
  const { delay } = thrown;
  return typeof delay === "number" && delay >= 0 ? Math.round(Math.max(SHORTEST, Math.min(delay, LONGEST))) : undefined;
}
