import { inspect } from "node:util";
import { count } from "../command-line/terminal.ts";
import { clip, printable } from "../command-line/printable.ts";

export interface Look {
  /** How wide the terminal is. */
  readonly width: number;
  readonly colors: boolean;
}

const SHOWN_ROWS = 100;
const LONGEST_CELL = 40;
const SHORTEST_CELL = 6;
const GAP = 2;

/** A list of rows as a table, everything else as Node.js shows it. */
export function showResult(value: unknown, { width, colors }: Look): string {
  if (isRows(value)) {
    const table = showRows(value, width);
    if (table !== undefined) return table;
  }
  return inspect(value, { colors, depth: 6, breakLength: Math.min(width, 100), maxArrayLength: SHOWN_ROWS });
}

type Row = Readonly<Record<string, unknown>>;

function isRows(value: unknown): value is readonly Row[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((row) => typeof row === "object" && row !== null && isPlain(row) && Object.keys(row).length > 0)
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Undefined where the columns do not fit. */
function showRows(rows: readonly Row[], width: number): string | undefined {
  const shown = rows.slice(0, SHOWN_ROWS);
  const names = [...new Set(shown.flatMap((row) => Object.keys(row)))];
  const lines = [names, ...shown.map((row) => names.map((name) => cell(row[name])))].map((line) => line.map(printable));
  const wanted = names.map((_, place) => Math.max(...lines.map((line) => Math.min(length(line[place] ?? ""), LONGEST_CELL))));
  const widths = fit(wanted, width - GAP * (names.length - 1));
  if (widths === undefined) return undefined;
  const isNumber = names.map((name) => shown.every((row) => row[name] === null || typeof row[name] === "number"));
  const written = lines.map((line) =>
    line
      .map((text, place) => pad(clip(text, widths[place] ?? 0), widths[place] ?? 0, isNumber[place] === true))
      .join(" ".repeat(GAP))
      .trimEnd(),
  );
  const rule = widths.map((each) => "-".repeat(each)).join(" ".repeat(GAP));
  const more = rows.length > shown.length ? `, the first ${shown.length} of them shown` : "";
  return [written[0], rule, ...written.slice(1), `(${count(rows.length, "row")}${more})`].join("\n");
}

/** Takes from the widest until all of them fit. */
function fit(wanted: readonly number[], width: number): readonly number[] | undefined {
  const widths = [...wanted];
  let over = widths.reduce((sum, each) => sum + each, 0) - width;
  while (over > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const current = widths[widest] ?? 0;
    if (current <= SHORTEST_CELL) return undefined;
    widths[widest] = current - 1;
    over -= 1;
  }
  return widths;
}

function cell(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return typeof value === "object" && value !== null ? writeJson(value) : inspect(value);
}

/** Numbers that JSON cannot say exactly, and bytes, as texts. */
export function writeJson(value: unknown): string {
  const text = JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === "bigint") return String(each);
    return each instanceof Uint8Array ? Buffer.from(each).toString("base64") : each;
  }) as string | undefined;
  return text ?? "null";
}

const segments = new Intl.Segmenter();

function length(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : [...segments.segment(text)].length;
}

function pad(text: string, width: number, isRight: boolean): string {
  const space = " ".repeat(Math.max(0, width - length(text)));
  return isRight ? space + text : text + space;
}
