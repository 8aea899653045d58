import type { Verdict } from "./checker.ts";

/** What a job says that it did. Times are in milliseconds since 1970. */
export interface JobEvent {
  readonly at: number;
  readonly pid: number;
  /** `does`: the work of a step. `kept`: a step gave its result. `completed`: its transaction of `complete` has committed. `refused`: what `step` names was. */
  readonly type: "begin" | "does" | "kept" | "completed" | "refused" | "failed" | "end";
  readonly id: number;
  readonly number: string;
  /** Of this key one is to run at a time. */
  readonly key?: string | undefined;
  readonly step?: string;
  readonly token?: string;
  /** It was not to begin before. */
  readonly due?: number;
  /** The moment of the clock for which it was handed over. */
  readonly planned?: number;
}

/** A job that was asked for, and what the caller was told. `refused`: its transaction was to be rolled back. */
export interface HandedOver {
  readonly number: string;
  readonly outcome: "committed" | "refused" | "unknown";
  /** That of the answer: of another job, where that one had the key. */
  readonly id?: number;
  /** It has one effect and two children, each of which has one effect. */
  readonly isTree?: boolean;
}

/** All that is known of jobs on one database, over all lives of its server. */
export interface JobsHistory {
  readonly asked: readonly HandedOver[];
  /** In the order in which they were told. */
  readonly events: readonly JobEvent[];
  /** The number of each row that `complete` wrote. */
  readonly effects: readonly string[];
  /** What the transactions of `complete` counted in one row. */
  readonly tally: number;
  /** When the server began to listen, and when it was killed: undefined for the last, which ended well. */
  readonly lives: readonly { readonly from: number; readonly until?: number }[];
  /** The server's clock jumped: then it says nothing of when something ought to have begun. */
  readonly clockJumps?: boolean;
}

/** Milliseconds within which a job whose process was killed runs again once there is another. */
const AGAIN = 10_000;

/** Holds what jobs did against what was asked for. */
export function checkJobs(history: JobsHistory): Verdict {
  const { asked, events, effects } = history;
  const ended = new Set(events.filter(({ type }) => type === "end").map(({ id }) => id));
  const lost = asked
    .filter(({ outcome, id, isTree = false }) => outcome === "committed" && !isTree && !ended.has(id ?? 0))
    .map(({ number, id }) => `${number} was committed as job ${id}, which never ran to its end.`);
  const wrong = [
    ...checkOrigins(history),
    ...checkOneAtATime(events),
    ...checkSteps(events),
    ...checkCompleted(events),
    ...(history.clockJumps === true ? [] : [...checkTimes(events), ...checkClock(events)]),
    ...checkAgain(history),
  ];
  const half: string[] = [];
  const counts = new Map<string, number>();
  for (const number of effects) counts.set(number, (counts.get(number) ?? 0) + 1);
  for (const [number, count] of counts) if (count > 1) half.push(`The effect of ${number} is there ${count} times.`);
  if (history.tally !== effects.length) half.push(`There are ${effects.length} effects, and ${history.tally} were counted.`);
  const childrenBegun = new Set(events.map(({ number }) => number));
  for (const { number, outcome, isTree = false } of asked) {
    if (!isTree) continue;
    const family = [number, `${number}/0`, `${number}/1`];
    const done = family.filter((each) => counts.has(each));
    if (outcome === "committed" && done.length < 3)
      lost.push(`Of the tree ${number} there are the effects of ${done.join(", ")} alone.`);
    if (outcome === "unknown" && done.length % 3 !== 0)
      half.push(`Of the tree ${number} there are the effects of ${done.join(", ")} alone.`);
    if (!counts.has(number) && family.slice(1).some((each) => childrenBegun.has(each)))
      wrong.push(`A child of ${number} ran, which itself had no effect.`);
  }
  return { lost, half, wrong };
}

/** Everything that ran was asked for, in a transaction that was not rolled back, and is one job. */
function checkOrigins({ asked, events }: JobsHistory): readonly string[] {
  const wrong: string[] = [];
  const outcomes = new Map(asked.map(({ number, outcome }) => [number, outcome]));
  const ids = new Map<string, Set<number>>();
  for (const { number, id, planned } of events) {
    const known = ids.get(number) ?? new Set();
    ids.set(number, known.add(id));
    if (known.size > 1) wrong.push(`${number} ran as the jobs ${[...known].join(" and ")}.`);
    if (planned !== undefined || number === "poison") continue;
    const [root = "", ...path] = number.split("/");
    if (!outcomes.has(root)) wrong.push(`${number} ran, and nobody asked for it.`);
    if (outcomes.get(root) === "refused" || path.includes("ghost")) wrong.push(`${number} was rolled back, and ran.`);
  }
  return [...new Set(wrong)];
}

/** A process that was killed ends nothing: what it had begun ended with it. */
function checkOneAtATime(events: readonly JobEvent[]): readonly string[] {
  const wrong: string[] = [];
  const open = new Map<string, number>();
  for (const { type, pid, key, number } of events) {
    const name = key === undefined ? `number ${number}` : `key ${key}`;
    if (type === "begin" && open.get(name) === pid) wrong.push(`${name} ran twice at once in process ${pid}.`);
    if (type === "begin") open.set(name, pid);
    if (type === "end" || type === "failed") open.delete(name);
  }
  return wrong;
}

/** What a step gave once it gives always, and its work is not done again. */
function checkSteps(events: readonly JobEvent[]): readonly string[] {
  const wrong: string[] = [];
  const kept = new Map<string, string | undefined>();
  for (const { type, number, step, token } of events) {
    const name = `${number}, step ${step}`;
    if (type === "does" && kept.has(name)) wrong.push(`${name} was done again after its result was kept.`);
    if (type !== "kept") continue;
    if (kept.has(name) && kept.get(name) !== token) wrong.push(`${name} gave another result than before.`);
    kept.set(name, token);
  }
  return wrong;
}

/** A job that has completed is over: its handler is not begun again. */
function checkCompleted(events: readonly JobEvent[]): readonly string[] {
  const wrong: string[] = [];
  const completed = new Set<number>();
  for (const { type, id, number } of events) {
    if (type === "begin" && completed.has(id)) wrong.push(`${number} ran again after it had completed.`);
    if (type === "completed") completed.add(id);
  }
  return wrong;
}

function checkTimes(events: readonly JobEvent[]): readonly string[] {
  return events
    .filter(({ type, at, due = 0 }) => type === "begin" && at < due)
    .map(({ number, at, due = 0 }) => `${number} began ${due - at} ms before its time.`);
}

/** Of each second between the first and the last one job, dead servers or not. */
function checkClock(events: readonly JobEvent[]): readonly string[] {
  const moments = [...new Set(events.flatMap(({ planned }) => planned ?? []))].sort((left, right) => left - right);
  return moments.flatMap((moment, index) => {
    const before = moments[index - 1];
    return before === undefined || moment - before === 1000
      ? []
      : [`Of ${(moment - before) / 1000 - 1} seconds before ${moment} there was no job.`];
  });
}

/** What was under way when the server was killed runs again soon: within so much time in which a server listened. */
function checkAgain({ events, lives, asked }: JobsHistory): readonly string[] {
  const committed = new Set(asked.flatMap(({ outcome, id }) => (outcome === "committed" && id !== undefined ? [id] : [])));
  return lives.flatMap(({ from, until }, index) => {
    if (until === undefined) return [];
    const inLife = events.filter(({ at }) => at >= from && at <= until);
    const over = new Set(inLife.filter(({ type }) => type === "end" || type === "completed").map(({ id }) => id));
    const cut = new Set(
      inLife.filter(({ type, id }) => type === "begin" && committed.has(id) && !over.has(id)).map(({ id }) => id),
    );
    const later = lives.slice(index + 1);
    return [...cut].flatMap((id) => {
      const again = events.find((event) => event.id === id && event.type === "begin" && event.at > until);
      // `complete` may have committed and nobody heard. Whether it is lost is told elsewhere.
      if (again === undefined) return [];
      const took = later
        .filter((life) => life.from < again.at)
        .reduce((sum, life) => sum + Math.min(life.until ?? again.at, again.at) - life.from, 0);
      return took <= AGAIN ? [] : [`Job ${id} ran again after ${took} ms of a server that listened.`];
    });
  });
}

/**
 * Whether nothing is missing any more. What may have been committed runs too, and is half done for a while: so whoever waits for the end
 * waits for this. What stays half done is found by the check after it.
 */
export function isSettled(history: JobsHistory): boolean {
  const { lost, half } = checkJobs(history);
  return lost.length === 0 && half.length === 0;
}
