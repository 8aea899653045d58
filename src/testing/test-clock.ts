import { type Clock, parseDuration, systemClock } from "#base";

/** A moment: a date, milliseconds since 1970, or ISO 8601 text such as "2026-03-01" or "2026-03-01T09:00:00Z". */
export type Moment = Date | number | string;

/** The clock of a back end in a test. All that the back end knows of time it has from here. */
export interface TestClock extends Clock {
  /** Stops at that moment, or where it is. A clock that stands goes on only when it is told to. */
  freeze(at?: Moment): void;
  /** Stands at that moment from now on; nothing that was due in between is run (`app.advance` does that). */
  set(to: Moment): void;
  /** Goes on by a duration such as "90s", "15m", "2h" or "1d", or by milliseconds. What is due is not run. */
  advance(by: string | number): void;
  /** What it shows. */
  readonly date: Date;
}

/** Runs with the machine's clock until it is stopped or set. With `at` it stands there from the beginning. */
export function createTestClock(at?: Moment): TestClock {
  let frozen = at === undefined ? undefined : readMoment(at);
  let ahead = 0;
  // Where a clock that stands is moved, durations that are measured with it are too, and never backwards.
  let passed = 0;
  const clock: TestClock = {
    now: () => frozen ?? systemClock.now() + ahead,
    monotonic: () => (frozen === undefined ? systemClock.monotonic() : 0) + passed,
    freeze(moment) {
      if (moment !== undefined) return clock.set(moment);
      if (frozen !== undefined) return;
      passed += systemClock.monotonic();
      frozen = systemClock.now() + ahead;
    },
    set(moment) {
      const to = readMoment(moment);
      clock.freeze();
      passed += Math.max(0, to - (frozen ?? to));
      frozen = to;
    },
    advance(by) {
      const milliseconds = readDuration(by);
      if (frozen === undefined) ahead += milliseconds;
      else frozen += milliseconds;
      passed += milliseconds;
    },
    get date() {
      return new Date(clock.now());
    },
  };
  return clock;
}

function readMoment(moment: Moment): number {
  const time = typeof moment === "string" ? Date.parse(moment) : Number(moment);
  if (Number.isNaN(new Date(time).getTime()))
    throw new TypeError(`${show(moment)} is no moment. Give a Date, milliseconds, or text such as "2026-03-01T09:00:00Z".`);
  return time;
}

export function readDuration(by: string | number): number {
  const milliseconds = typeof by === "number" ? by : durationOf(by);
  if (!Number.isFinite(milliseconds) || milliseconds < 0)
    throw new TypeError(
      `${show(by)} is no time to go on by. Give "90s", "15m", "2h" or "1d", or milliseconds that are not negative.`,
    );
  return milliseconds;
}

function durationOf(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    return Number.NaN;
  }
}

function show(value: unknown): string {
  return value instanceof Date ? String(value) : (JSON.stringify(value) ?? String(value));
}
