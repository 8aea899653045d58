import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { propertyRuns } from "../../../tests/support/property-runs.ts";
import { buildCrons } from "./build-crons.ts";
import { buildJobs } from "./build-jobs.ts";
import { cron } from "./define-cron.ts";
import { job } from "./job-fixtures.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Clocks that are about to be changed: at night, by half an hour, at midnight. Each is looked at from two days before to two days after. */
const changes = [
  ["Europe/Amsterdam", "2026-10-25"],
  ["Europe/Amsterdam", "2027-03-28"],
  ["America/New_York", "2026-11-01"],
  ["America/New_York", "2027-03-14"],
  ["Australia/Lord_Howe", "2026-10-04"],
  ["Australia/Lord_Howe", "2027-04-04"],
  ["America/Santiago", "2026-09-06"],
  ["America/Santiago", "2027-04-04"],
  ["Africa/Cairo", "2026-10-29"],
  ["Africa/Cairo", "2027-04-30"],
  ["Asia/Kathmandu", "2026-10-25"],
] as const;

interface Pattern {
  readonly minutes: string;
  readonly hours: string;
  readonly weekdays: string;
}

/** What the clock on the wall says, as a date of UTC. */
interface WallMinute {
  readonly instant: number;
  readonly wall: number;
}

const walls = new Map<string, readonly WallMinute[]>();

/** Every minute around a change with what the wall says then, by Intl: a reading of the time zone that croner has no part in. */
function wallMinutes(timeZone: string, day: string): readonly WallMinute[] {
  const known = walls.get(timeZone + day);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    dateStyle: "short",
    timeStyle: "short",
    hourCycle: "h23",
  });
  const middle = Date.parse(`${day}T00:00:00Z`);
  const minutes = Array.from({ length: (4 * DAY) / MINUTE }, (_, index) => {
    const instant = middle - 2 * DAY + index * MINUTE;
    const [date = "", time = ""] = format.format(instant).split(", ");
    return { instant, wall: Date.parse(`${date}T${time}:00Z`) };
  });
  walls.set(timeZone + day, minutes);
  return minutes;
}

/** The numbers of a field of cron, of those forms that the test writes. */
function numbersOf(field: string, highest: number): ReadonlySet<number> {
  const numbers = field.split(",").flatMap((part) => {
    const [range = "", step = "1"] = part.split("/");
    const [first = 0, last = first] = range === "*" ? [0, highest] : range.split("-").map(Number);
    return Array.from({ length: Math.floor((last - first) / Number(step)) + 1 }, (_, index) => first + index * Number(step));
  });
  return new Set(numbers);
}

/**
 * The oracle. A schedule with a `*` or a step among its minutes and hours means an interval: whenever the wall says so. One without means
 * times of a day: each once, at the first moment at which the wall says so; where it never does, as soon as the clock is past it.
 */
function expected({ minutes, hours, weekdays }: Pattern, minutesOfWall: readonly WallMinute[]): readonly number[] {
  const [inMinute, inHour, onDay] = [numbersOf(minutes, 59), numbersOf(hours, 23), numbersOf(weekdays, 6)];
  const isWanted = (wall: number): boolean => {
    const date = new Date(wall);
    return inMinute.has(date.getUTCMinutes()) && inHour.has(date.getUTCHours()) && onDay.has(date.getUTCDay());
  };
  if (/[*/]/.test(minutes + hours)) return minutesOfWall.filter(({ wall }) => isWanted(wall)).map(({ instant }) => instant);
  const [first, last] = [minutesOfWall[0]?.wall ?? 0, minutesOfWall.at(-1)?.wall ?? 0];
  const firstAt = new Map<number, number>();
  for (const { instant, wall } of minutesOfWall) if (!firstAt.has(wall)) firstAt.set(wall, instant);
  const instants = new Set<number>();
  for (let wall = first; wall <= last; wall += MINUTE) {
    if (!isWanted(wall)) continue;
    const at = firstAt.get(wall) ?? minutesOfWall.find((minute) => minute.wall > wall)?.instant;
    if (at !== undefined) instants.add(at);
  }
  return [...instants].sort((left, right) => left - right);
}

const nightly = job({}, () => {});
const jobs = buildJobs({ nightly }, []);

function found({ minutes, hours, weekdays }: Pattern, timeZone: string, within: readonly WallMinute[]): readonly number[] {
  const problems: object[] = [];
  const [schedule] = buildCrons(
    { nightly: cron(`${minutes} ${hours} * * ${weekdays}`, nightly, { timeZone }) },
    jobs,
    problems as never,
  );
  assert.deepEqual(problems, []);
  const [first, last] = [within[0]?.instant ?? 0, within.at(-1)?.instant ?? 0];
  const instants: number[] = [];
  for (let next = schedule?.next(new Date(first - 1)); next !== undefined && next.getTime() <= last; next = schedule?.next(next))
    instants.push(next.getTime());
  return instants;
}

const someOf = (most: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.integer({ min: 0, max: most }).map(String),
    fc
      .uniqueArray(fc.integer({ min: 0, max: most }), { minLength: 2, maxLength: 3 })
      .map((list) => list.toSorted((a, b) => a - b).join(",")),
    fc
      .tuple(fc.integer({ min: 0, max: most - 3 }), fc.integer({ min: 1, max: 3 }))
      .map(([from, more]) => `${from}-${from + more}`),
  );
const interval = (most: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant("*"),
    fc.integer({ min: 2, max: Math.ceil(most / 2) }).map((step) => `*/${step}`),
  );
const pattern: fc.Arbitrary<Pattern> = fc.record({
  minutes: fc.oneof({ weight: 3, arbitrary: someOf(59) }, interval(59)),
  // Most changes are early in the day.
  hours: fc.oneof({ weight: 4, arbitrary: someOf(4) }, someOf(23), interval(23)),
  weekdays: fc.oneof({ weight: 3, arbitrary: fc.constant("*") }, someOf(6)),
});

for (const [timeZone, day] of changes) {
  test(`jobs by the clock of ${timeZone} around ${day} come when the clock on the wall says so`, () => {
    const within = wallMinutes(timeZone, day);
    fc.assert(
      fc.property(pattern, (given) => {
        const words = (instants: readonly number[]): readonly string[] => instants.map((each) => new Date(each).toISOString());
        // Beyond the last day the oracle knows of no gap.
        const end = (within.at(-1)?.instant ?? 0) - DAY;
        const upTo = (instants: readonly number[]): readonly number[] => instants.filter((each) => each < end);
        assert.deepEqual(words(upTo(found(given, timeZone, within))), words(upTo(expected(given, within))));
      }),
      { numRuns: propertyRuns(20, 40) },
    );
  });
}
