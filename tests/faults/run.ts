/**
 * `npm run faults`: every fault, many times, and a table of what was lost. `npm run faults 30` goes on for 30 minutes (default 10),
 * `npm run faults 5 1 2` for five with the faults 1 and 2 alone, `npm run faults 5 1 from=40` begins at round 40.
 */
import { faults } from "./faults.ts";
import type { Fault, RunReport } from "./fault.ts";
import { missing } from "./needs.ts";
import { RunScope } from "./scope.ts";

const MINUTE = 60_000;
/** Characters of the notes in the table. */
const NOTE_LENGTH = 100;

interface Total {
  readonly fault: Fault;
  runs: number;
  acknowledged: number;
  lost: number;
  half: number;
  wrong: number;
  notes: Set<string>;
}

interface Arguments {
  readonly minutes: number;
  readonly chosen: readonly Fault[];
  readonly from: number;
}

function readArguments(given: readonly string[]): Arguments | string {
  const [minutes = "10", ...rest] = given;
  const numbers = rest.filter((text) => !text.startsWith("from="));
  const from = Number(rest.find((text) => text.startsWith("from="))?.slice(5) ?? 0);
  const usage = `Usage: npm run faults [minutes] [fault ...] [from=round]. The faults are ${faults.map(({ number }) => number).join(", ")}.`;
  if (!(Number(minutes) > 0 && Number(minutes) <= 10_000) || !Number.isInteger(from) || from < 0) return usage;
  const unknown = numbers.filter((text) => !faults.some(({ number }) => String(number) === text));
  if (unknown.length > 0) return `There is no fault ${unknown.join(", ")}. ${usage}`;
  const chosen = numbers.length === 0 ? faults : faults.filter(({ number }) => numbers.includes(String(number)));
  return { minutes: Number(minutes), chosen, from };
}

/** Rounds of one fault until its time is over, one at least. */
async function runFault(fault: Fault, until: number, from: number): Promise<Total> {
  const total: Total = { fault, runs: 0, acknowledged: 0, lost: 0, half: 0, wrong: 0, notes: new Set() };
  for (let round = from; total.runs === 0 || Date.now() < until; round++) {
    const result = await runRound(fault, round);
    total.runs += 1;
    total.acknowledged += result.acknowledged;
    for (const kind of ["lost", "half", "wrong"] as const) {
      total[kind] += result[kind].length;
      for (const sentence of result[kind].slice(0, 5)) console.log(`  ${kind} in round ${round}: ${sentence.slice(0, 500)}`);
    }
    if (result.note !== undefined) total.notes.add(result.note);
  }
  return total;
}

async function runRound(fault: Fault, round: number): Promise<RunReport> {
  try {
    await using scope = new RunScope();
    return await fault.run(scope, round);
  } catch (error) {
    return { acknowledged: 0, unknown: 0, lost: [], half: [], wrong: [String(error)] };
  }
}

function table(totals: readonly Total[]): readonly string[] {
  const head = ["fault", "what is done", "runs", "acknowledged", "lost", "half", "wrong", "notes"];
  const rows = totals.map(({ fault, runs, acknowledged, lost, half, wrong, notes }) => {
    const examples = [...notes];
    const all = examples.join("; ");
    const note = all.length > NOTE_LENGTH ? `${all.slice(0, NOTE_LENGTH)}...` : all;
    return [`${fault.number} ${fault.name}`, fault.done, ...[runs, acknowledged, lost, half, wrong].map(String), note];
  });
  const widths = head.map((name, column) =>
    Math.max(...[name, ...rows.map((row) => row[column] ?? "")].map(({ length }) => length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column >= 2 && column <= 6 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(" | ")} |`;
  return [line(head), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...rows.map(line)];
}

async function main(): Promise<number> {
  const wanted = readArguments(process.argv.slice(2));
  if (typeof wanted === "string") {
    console.error(wanted);
    return 2;
  }
  const totals: Total[] = [];
  const lacking: string[] = [];
  let left = wanted.minutes * MINUTE;
  for (const [index, fault] of wanted.chosen.entries()) {
    const problem = missing(fault.needs);
    if (problem !== undefined) {
      lacking.push(`Not run: fault ${fault.number}, ${fault.name}. ${problem}`);
      continue;
    }
    console.log(`Fault ${fault.number}, ${fault.name} ${fault.done}`);
    const started = Date.now();
    totals.push(await runFault(fault, started + left / (wanted.chosen.length - index), wanted.from));
    left -= Date.now() - started;
  }
  console.log(["", ...table(totals), "", ...lacking].join("\n"));
  const isClean = totals.every(({ lost, half, wrong }) => lost + half + wrong === 0);
  return isClean && lacking.length === 0 ? 0 : 1;
}

process.exitCode = await main();
