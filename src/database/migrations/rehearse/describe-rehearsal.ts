import type { Applied } from "../apply/apply-types.ts";
import type { Rehearsal } from "./rehearsal-types.ts";

/** The report of a rehearsal in lines for people. */
export function describeRehearsal(rehearsal: Rehearsal): string {
  const { up, down, upAgain, tables, notes, problems } = rehearsal;
  const lines = [
    `Rehearsed on a copy of ${megabytes(rehearsal.databaseBytes)}: ${rehearsal.isGood ? "nothing speaks against it." : `${problems.length === 1 ? "one problem" : `${problems.length} problems`}.`}`,
    ...problems.map((problem) => `  ! ${problem}`),
    "",
    `  up         ${summary(up)}`,
    ...(down === undefined ? [] : [`  down       ${summary(down)}`]),
    ...(upAgain === undefined ? [] : [`  up again   ${summary(upAgain)}`]),
    "",
    "  step                                                        time   longest stall",
    ...up.steps.map(
      ({ text, milliseconds, longestStall }) =>
        `  ${fit(text, 54)}  ${time(milliseconds).padStart(8)}  ${time(longestStall).padStart(14)}`,
    ),
    "",
    "  table                                rows before   rows after",
    ...tables.map(
      ({ table, rowsBefore, rowsAfter }) =>
        `  ${fit(table, 36)} ${String(rowsBefore).padStart(11)}  ${String(rowsAfter).padStart(11)}`,
    ),
    ...(notes.length === 0 ? [] : ["", ...notes.map((note) => `  - ${note}`)]),
    "",
    `Other writes would wait for ${time(rehearsal.longestStall)} at most; the file would have ${megabytes(rehearsal.bytesAfter)}. On a busier or slower machine both are more.`,
  ];
  return lines.join("\n");
}

function summary({ milliseconds, longestStall }: Applied): string {
  return `${time(milliseconds).padStart(8)}, longest stall ${time(longestStall)}`;
}

function time(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`;
}

function fit(text: string, width: number): string {
  return (text.length > width ? `${text.slice(0, width - 1)}…` : text).padEnd(width);
}
