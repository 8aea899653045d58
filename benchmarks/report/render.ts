import { type Comparison, cpuShares, type RaceResult, shares } from "../measure/race.ts";
import { median, type Spread, spreadOf } from "../measure/statistics.ts";
import type { Delays } from "../subjects/delays.ts";
import type { MemoryResult } from "../subjects/memory.ts";
import type { StartResult } from "../subjects/starts.ts";
import type { Figures } from "./figures.ts";

export interface Report {
  readonly date: string;
  readonly conditions: readonly string[];
  readonly races: readonly RaceResult[];
  readonly delays: readonly Delays[];
  readonly figures: readonly Figures[];
  readonly starts: readonly StartResult[];
  readonly memory: readonly MemoryResult[];
  readonly notes: readonly string[];
}

/** The whole of a run as Markdown. */
export function renderReport({ date, conditions, races, delays, figures, starts, memory, notes }: Report): string {
  return [
    `# Benchmarks of ${date}`,
    "",
    ...conditions.map((line) => `- ${line}`),
    "",
    ...section(races, () =>
      table(
        ["", "a second", "p50 ms", "p99 ms", "CPU µs each", "against", "share", "by CPU", "budget", ""],
        races.flatMap((race) => [[`**${race.title}**`], ...race.lanes.flatMap(({ name }) => laneRows(race, name))]),
      ),
    ),
    ...section(delays, () =>
      table(
        ["", "a second", "p50 ms", "p99 ms", "longest ms", "budget", ""],
        delays.flatMap((each) => [[`**${each.title}**`], ...delayRows(each)]),
      ),
    ),
    ...section(figures, () =>
      table(
        ["", "", "budget", ""],
        figures.flatMap((each) => [[`**${each.title}**`], ...each.figures.map(figureRow)]),
      ),
    ),
    ...section(starts, () =>
      table(
        ["Start to first answer", "ms", "memory then, MB", "budget", ""],
        starts.map(({ name, time, memory: bytes, atMost }) => [
          name,
          withSpread(time, (value) => value.toFixed(0)),
          megabytes(bytes),
          atMost === undefined ? "" : `${atMost} ms`,
          atMost === undefined ? "" : verdict(time.median <= atMost),
        ]),
      ),
    ),
    ...memory.flatMap(({ name, samples, atMost }) => [
      ...table(
        ["Memory under load, MB", ...samples.map(({ seconds }) => `${seconds} s`), "budget", ""],
        [
          [
            name,
            ...samples.map(({ bytes }) => megabytes(bytes)),
            megabytes(atMost),
            verdict(samples.every(({ bytes }) => bytes <= atMost)),
          ],
        ],
      ),
      "",
    ]),
    ...figures.flatMap(({ title, notes: lines = [] }) => lines.map((line) => `${title}: ${line}.  `)),
    ...notes,
    ...attention(races),
    "",
  ].join("\n");
}

/** How much of a core the servers had under load: when it was not nearly all of one, rates tell of the machine's other work. */
function attention(races: readonly RaceResult[]): readonly string[] {
  const used = races.flatMap(({ turns }) => [...turns.values()].flat()).map(({ rate, cpu }) => (rate * cpu) / 1e6);
  const share = median(used.filter((value) => !Number.isNaN(value)));
  if (Number.isNaN(share)) return [];
  return [
    "",
    `Under load the servers had ${number(share * 100, 0)} % of a core (median)${share < 0.9 ? ": the machine was busy with other work, so take the column by CPU" : ""}.`,
  ];
}

function laneRows(race: RaceResult, name: string): readonly (readonly string[])[] {
  const turns = race.turns.get(name) ?? [];
  const figure = (pick: (turn: (typeof turns)[number]) => number, digits: number): string =>
    number(median(turns.map(pick)), digits);
  const figures = [
    name,
    withSpread(spreadOf(turns.map(({ rate }) => rate)), (value) => number(value, 0)),
    figure(({ p50 }) => p50, 2),
    figure(({ p99 }) => p99, 2),
    figure(({ cpu }) => cpu, 1),
  ];
  const [first, ...others] = race.comparisons
    .filter(({ of }) => of === name)
    .map((comparison) => comparisonCells(race, comparison));
  return [[...figures, ...(first ?? [])], ...others.map((cells) => ["", "", "", "", "", ...cells])];
}

/** Nothing at all of what was not measured. */
function section(of: readonly unknown[], render: () => readonly string[]): readonly string[] {
  return of.length === 0 ? [] : [...render(), ""];
}

function delayRows({ lanes }: Delays): readonly (readonly string[])[] {
  return lanes.map(({ name, turns, atMost }) => {
    const longest = spreadOf(turns.map((turn) => turn.longest));
    return [
      name,
      withSpread(spreadOf(turns.map(({ answers, milliseconds }) => (answers * 1000) / milliseconds)), (value) =>
        number(value, 0),
      ),
      number(median(turns.map(({ p50 }) => p50)), 2),
      number(median(turns.map(({ p99 }) => p99)), 2),
      withSpread(longest, (value) => number(value, 1)),
      atMost === undefined ? "" : number(atMost, 0),
      atMost === undefined ? "" : verdict(longest.median <= atMost),
    ];
  });
}

function figureRow({ name, value, atLeast, atMost }: Figures["figures"][number]): readonly string[] {
  const digits = Math.abs(value) < 10 ? 2 : 0;
  const budget = atLeast === undefined ? (atMost === undefined ? "" : `at most ${atMost}`) : `at least ${atLeast}`;
  const kept = (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
  return [name, number(value, digits), budget, budget === "" ? "" : verdict(kept)];
}

function comparisonCells(race: RaceResult, comparison: Comparison): readonly string[] {
  const share = spreadOf(shares(race, comparison));
  const { to, atLeast } = comparison;
  return [
    to,
    withSpread(share, (value) => number(value, 2)),
    number(median(cpuShares(race, comparison)), 2),
    atLeast === undefined ? "" : number(atLeast, 2),
    atLeast === undefined ? "" : verdict(share.median >= atLeast),
  ];
}

function withSpread({ median: middle, lowest, highest }: Spread, format: (value: number) => string): string {
  return Number.isNaN(middle) ? "" : `${format(middle)} (${format(lowest)}–${format(highest)})`;
}

function number(value: number, digits: number): string {
  return Number.isNaN(value) ? "" : value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function megabytes(bytes: number): string {
  return number(bytes / 2 ** 20, 0);
}

function verdict(kept: boolean): string {
  return kept ? "kept" : "**missed**";
}

/** Columns as wide as their widest cell, so that it reads as a table on a terminal too. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (column === 0 ? (row[column] ?? "").padEnd(width) : (row[column] ?? "").padStart(width))).join(" | ")} |`;
  return [
    line(head),
    `|${widths.map((width, column) => (column === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`,
    ...rows.map(line),
  ];
}
