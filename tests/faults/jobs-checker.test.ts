import assert from "node:assert/strict";
import { test } from "node:test";
import type { Verdict } from "./checker.ts";
import { checkJobs, type JobEvent, type JobsHistory } from "./jobs-checker.ts";

/** A history of two lives in which all went well: a job that was cut and ran again, one of a key, steps, a tree, a rollback, the clock. */
function goodHistory(): JobsHistory {
  let at = 1000;
  const in1 = (event: Omit<JobEvent, "at" | "pid">): JobEvent => ({ at: (at += 10), pid: 1, ...event });
  const in2 = (event: Omit<JobEvent, "at" | "pid">): JobEvent => ({ ...in1(event), pid: 2 });
  const whole = (event: Omit<JobEvent, "at" | "pid" | "type">): readonly JobEvent[] => [
    in1({ type: "begin", ...event }),
    in1({ type: "end", ...event }),
  ];
  const tree = (id: number, number: string): readonly JobEvent[] => [
    in2({ type: "begin", id, number }),
    in2({ type: "completed", id, number }),
    in2({ type: "end", id, number }),
  ];
  const first = [
    in1({ type: "begin", id: 1, number: "cut" }),
    ...whole({ id: 2, number: "keyed", key: "k" }),
    ...whole({ id: 2, number: "keyed", key: "k" }),
    ...whole({ id: 3, number: "late", due: 1000 }),
    ...whole({ id: 7, number: "clock 1000", planned: 1000 }),
    ...whole({ id: 8, number: "clock 2000", planned: 2000 }),
    in1({ type: "begin", id: 4, number: "staged" }),
    in1({ type: "does", id: 4, number: "staged", step: "first" }),
    in1({ type: "kept", id: 4, number: "staged", step: "first", token: "x" }),
  ];
  const until = at + 1;
  const from = (at += 500);
  const second = [
    in2({ type: "begin", id: 1, number: "cut" }),
    in2({ type: "end", id: 1, number: "cut" }),
    in2({ type: "begin", id: 4, number: "staged" }),
    in2({ type: "kept", id: 4, number: "staged", step: "first", token: "x" }),
    in2({ type: "end", id: 4, number: "staged" }),
    ...tree(5, "tree"),
    ...tree(9, "tree/0"),
    ...tree(10, "tree/1"),
  ];
  return {
    asked: [
      { number: "cut", outcome: "committed", id: 1 },
      { number: "keyed", outcome: "committed", id: 2 },
      // Another of its key waited, so it is none of its own.
      { number: "merged", outcome: "committed", id: 2 },
      { number: "late", outcome: "committed", id: 3 },
      { number: "staged", outcome: "committed", id: 4 },
      { number: "tree", outcome: "committed", id: 5, isTree: true },
      { number: "undone", outcome: "refused" },
      { number: "nobody knows", outcome: "unknown", isTree: true },
    ],
    events: [...first, ...second],
    effects: ["tree", "tree/0", "tree/1"],
    tally: 3,
    lives: [{ from: 1000, until }, { from }],
  };
}

const without = (history: JobsHistory, gone: (event: JobEvent) => boolean): JobsHistory => ({
  ...history,
  events: history.events.filter((event) => !gone(event)),
});
const withMore = (history: JobsHistory, ...more: readonly JobEvent[]): JobsHistory => ({
  ...history,
  events: [...history.events, ...more],
});
const changed = (history: JobsHistory, change: (event: JobEvent) => JobEvent): JobsHistory => ({
  ...history,
  events: history.events.map((event) => change(event)),
});
const last = { at: 5000, pid: 2 } as const;

/** What is done to it, and what must be said of that. */
const corruptions: readonly (readonly [
  done: string,
  corrupt: (history: JobsHistory) => JobsHistory,
  kind: keyof Verdict,
  said: RegExp,
])[] = [
  ["a committed job never runs", (h) => without(h, ({ id }) => id === 3), "lost", /late was committed/],
  ["a cut job does not run again", (h) => without(h, ({ id, pid }) => id === 1 && pid === 2), "lost", /cut was committed/],
  [
    "the job that had the key never ran",
    (h) => ({ ...h, asked: [{ number: "merged", outcome: "committed", id: 99 }] }),
    "lost",
    /merged was committed as job 99/,
  ],
  [
    "a job of a rollback runs",
    (h) => withMore(h, { ...last, type: "begin", id: 20, number: "undone" }),
    "wrong",
    /undone was rolled back/,
  ],
  [
    "a job of a rollback within a job runs",
    (h) => withMore(h, { ...last, type: "begin", id: 20, number: "tree/ghost" }),
    "wrong",
    /tree\/ghost was rolled back/,
  ],
  [
    "a job runs that nobody asked for",
    (h) => withMore(h, { ...last, type: "begin", id: 20, number: "x" }),
    "wrong",
    /nobody asked/,
  ],
  [
    "a job is there twice",
    (h) => withMore(h, { ...last, type: "begin", id: 21, number: "cut" }),
    "wrong",
    /cut ran as the jobs 1 and 21/,
  ],
  [
    "two of a key run at once",
    (h) => without(h, ({ id, type, at }) => id === 2 && type === "end" && at < 1050),
    "wrong",
    /key k ran twice at once/,
  ],
  [
    "one job runs twice at once",
    (h) => withMore(h, ...[1, 2].map(() => ({ ...last, type: "begin", id: 1, number: "cut" }) as const)),
    "wrong",
    /number cut ran twice at once/,
  ],
  [
    "the result of a step is lost",
    (h) => withMore(h, { ...last, type: "does", id: 4, number: "staged", step: "first" }),
    "wrong",
    /staged, step first was done again/,
  ],
  [
    "a step gives another result",
    (h) => changed(h, (event) => (event.type === "kept" && event.pid === 2 ? { ...event, token: "y" } : event)),
    "wrong",
    /gave another result/,
  ],
  [
    "an effect happens twice",
    (h) => ({ ...h, effects: [...h.effects, "tree"], tally: 4 }),
    "half",
    /effect of tree is there 2 times/,
  ],
  ["an effect is missing", (h) => ({ ...h, effects: ["tree", "tree/0"], tally: 2 }), "lost", /Of the tree tree/],
  ["half of a transaction of complete is there", (h) => ({ ...h, tally: 2 }), "half", /3 effects, and 2 were counted/],
  [
    "a tree of unknown outcome is there in part",
    (h) => ({ ...h, effects: [...h.effects, "nobody knows"], tally: 4 }),
    "half",
    /Of the tree nobody knows/,
  ],
  ["a child runs without its parent", (h) => ({ ...h, effects: ["tree/0", "tree/1"], tally: 2 }), "wrong", /A child of tree ran/],
  [
    "a job that has completed runs again",
    (h) => withMore(h, { ...last, type: "begin", id: 5, number: "tree" }),
    "wrong",
    /tree ran again after it had completed/,
  ],
  [
    "a job begins before its time",
    (h) => changed(h, (event) => (event.id === 3 ? { ...event, due: 1e9 } : event)),
    "wrong",
    /before its time/,
  ],
  [
    "a second of the clock is left out",
    (h) => withMore(h, { ...last, type: "begin", id: 30, number: "clock 4000", planned: 4000 }),
    "wrong",
    /Of 1 seconds before 4000/,
  ],
  [
    "a second of the clock comes twice",
    (h) => withMore(h, { ...last, type: "begin", id: 30, number: "clock 2000", planned: 2000 }),
    "wrong",
    /clock 2000 ran as the jobs/,
  ],
  [
    "a cut job runs again late",
    (h) => changed(h, (event) => (event.pid === 2 ? { ...event, at: event.at + 11_000 } : event)),
    "wrong",
    /Job 1 ran again after 11\d+ ms/,
  ],
];

test("the checker of jobs finds nothing in a good history", () => {
  assert.deepEqual(checkJobs(goodHistory()), { lost: [], half: [], wrong: [] });
});

for (const [done, corrupt, kind, said] of corruptions) {
  test(`the checker of jobs finds that ${done}`, () => {
    assert.match(checkJobs(corrupt(goodHistory()))[kind].join("\n"), said);
  });
}
