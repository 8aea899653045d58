import type { Outcome, Verdict } from "./judge.ts";

export interface Judged extends Outcome {
  readonly verdict: Verdict;
}

export interface ScannerReport {
  readonly scanner: string;
  readonly version: string;
  readonly date: Date;
  /** What the calibration found, in a sentence. */
  readonly calibration: string;
  readonly outcomes: readonly Judged[];
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function statuses({ tally }: Outcome): string {
  return [...tally.statuses]
    .toSorted(([a], [b]) => a - b)
    .map(([status, count]) => `${status}: ${count}`)
    .join(", ");
}

/** Arguments as one would type them. */
function typed(args: readonly string[]): string {
  return args
    .map((argument) => (/^[\w./:=,@%<>+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`))
    .join(" ");
}

/** The report of one scanner as a page of Markdown. */
export function formatReport({ scanner, version, date, calibration, outcomes }: ScannerReport): string {
  const problems = outcomes.flatMap(({ trial, verdict }) => verdict.problems.map((problem) => `- ${trial.what}: ${problem}`));
  const explained = outcomes.flatMap(({ verdict }) => verdict.explained);
  const kinds = new Map(explained.map(({ finding, explanation }) => [explanation, finding.what]));
  const requests = sum(outcomes.map(({ tally }) => tally.requests));
  const seconds = sum(outcomes.map((outcome) => outcome.seconds));
  const lines = [
    `# ${scanner}`,
    "",
    "Written by `npm run scan`; [README.md](README.md) says how to read it.",
    "",
    `- **Verdict:** ${problems.length === 0 ? "nothing found" : `${problems.length} to look into`}${kinds.size === 0 ? "" : `; ${kinds.size} explained below`}.`,
    `- **Tool:** ${scanner} ${version}, as Debian packages it`,
    `- **Date:** ${date.toISOString().slice(0, 10)}`,
    `- **Calibration:** ${calibration}`,
    `- **Count:** ${outcomes.length} runs, ${requests.toLocaleString("en")} requests answered, ${Math.round(seconds)} s`,
    "",
    ...(problems.length === 0 ? [] : ["## Found", "", ...problems, ""]),
    "## What was tried",
    "",
    "| run | seconds | requests | answers by status | longest wait of others, ms | connections, most and last | findings |",
    "|---|---|---|---|---|---|---|",
    ...outcomes.map((outcome) =>
      row([
        outcome.trial.what,
        String(Math.round(outcome.seconds)),
        String(outcome.tally.requests),
        statuses(outcome),
        `${Math.round(outcome.availability.longest)} (${outcome.availability.probes} asked)`,
        `${outcome.availability.connections.most}, ${outcome.availability.connections.last}`,
        said(outcome),
      ]),
    ),
    "",
    ...(kinds.size === 0
      ? []
      : [
          "## Explained",
          "",
          ...[...kinds].map(([{ why }, what]) => `- **${what}** (${countOf(explained, what)} times). ${why}`),
          "",
        ]),
    "## Arguments",
    "",
    "```",
    ...outcomes.map(({ args }) => `${scanner} ${typed(args)}`),
    "```",
    "",
  ];
  return lines.join("\n");
}

function countOf(explained: Verdict["explained"], what: string): number {
  return explained.filter(({ finding }) => finding.what === what).length;
}

function said({ verdict }: Judged): string {
  if (verdict.problems.length > 0) return "to look into";
  return verdict.explained.length > 0 ? `${verdict.explained.length} explained` : "nothing";
}
