import { isDeepStrictEqual } from "node:util";
import { accountCount, startBalance } from "./backend.ts";
import type { DatabaseState } from "./database-state.ts";
import type { Entry, Operation, Outcome } from "./ledger.ts";

/** What is wrong, a sentence for each; all empty where every promise was kept. */
export interface Verdict {
  /** Acknowledged, and not there, or not as it was acknowledged. */
  readonly lost: readonly string[];
  /** A part of a transaction without the rest. */
  readonly half: readonly string[];
  /** Refused and there all the same, there twice, from nobody, or the file is damaged. */
  readonly wrong: readonly string[];
}

type Findings = { readonly [Kind in keyof Verdict]: string[] };

/** Holds what is in the database against what its writers were told. */
export function check(entries: readonly Entry[], state: DatabaseState): Verdict {
  const findings: Findings = { lost: [], half: [], wrong: [...state.damage] };
  checkNotes(entries, state, findings);
  checkTicks(entries, state, findings);
  checkOrders(entries, state, findings);
  checkTransfers(entries, state, findings);
  return findings;
}

const absent = Symbol("absent");

/** One writer alone writes to a note, so what it may be is what its history leads to, with and without each step of which nobody knows. */
function checkNotes(entries: readonly Entry[], { notes }: DatabaseState, findings: Findings): void {
  const histories = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (!("slug" in entry.operation)) continue;
    const history = histories.get(entry.operation.slug) ?? [];
    histories.set(entry.operation.slug, [...history, entry]);
  }
  const found = indexBy(notes, ({ slug }) => slug, "note", findings);
  for (const [slug, history] of histories) {
    const note = found.get(slug);
    const is = note === undefined ? absent : `${note.version} ${note.body}`;
    const possible = possibleNotes(history);
    if (!possible.has(is)) {
      const told = history.map(({ operation, outcome }) => `${operation.type} ${outcome.type}`).join(", ");
      const kind = history.some(({ outcome }) => outcome.type === "acknowledged") ? findings.lost : findings.wrong;
      kind.push(
        `Note ${slug} (${told}) is ${is === absent ? "not there" : shorten(is)}, not ${[...possible].map(describe).join(" or ")}.`,
      );
    }
    const created = history.find(({ operation }) => operation.type === "note");
    const answer = created === undefined ? undefined : answerOf(created.outcome);
    if (note !== undefined && answer !== undefined && answer["id"] !== note.id)
      findings.lost.push(`Note ${slug} has another id.`);
  }
  for (const slug of found.keys()) if (!histories.has(slug)) findings.wrong.push(`Nobody wrote the note ${slug}.`);
}

function possibleNotes(history: readonly Entry[]): ReadonlySet<string | typeof absent> {
  let versions: ReadonlySet<string | typeof absent> = new Set([absent]);
  for (const { operation, outcome } of history) {
    if (outcome.type === "refused") continue;
    const after = [...versions].map((before) => step(before, operation));
    versions = new Set(outcome.type === "unknown" ? [...versions, ...after] : after);
  }
  return versions;
}

function step(before: string | typeof absent, operation: Operation): string | typeof absent {
  if (operation.type === "note") return before === absent ? `1 ${operation.body}` : before;
  if (operation.type === "rewrite") return before === absent ? absent : `${Number.parseInt(before, 10) + 1} ${operation.body}`;
  return absent;
}

function checkTicks(entries: readonly Entry[], { counters, ticks }: DatabaseState, findings: Findings): void {
  const found = indexBy(ticks, ({ number }) => number, "tick", findings);
  const told = new Map<string, string>();
  checkPresence({ entries, type: "tick", found, findings }, (operation, row, answer) => {
    if (row.counter !== operation.counter) return "is of another counter";
    if (answer !== undefined && answer["value"] !== row.value)
      return `has the value ${row.value}, and not ${String(answer["value"])}`;
    if (answer === undefined) return undefined;
    const value = `${operation.counter} ${row.value}`;
    const other = told.get(value);
    told.set(value, operation.number);
    return other === undefined ? undefined : `was answered with the same value as ${other}`;
  });
  for (const { name, value, version } of counters) {
    const own = ticks.filter(({ counter }) => counter === name).map((tick) => tick.value);
    if (own.length !== value) findings.half.push(`Counter ${name} is at ${value} and has ${own.length} ticks.`);
    if (version !== value + 1) findings.half.push(`Counter ${name} is at ${value} and has version ${version}, not ${value + 1}.`);
    const expected = Array.from({ length: own.length }, (_, index) => index + 1);
    if (
      !isDeepStrictEqual(
        own.sort((a, b) => a - b),
        expected,
      )
    )
      findings.half.push(`The ticks of counter ${name} are not 1 to ${own.length}.`);
  }
}

function checkOrders(entries: readonly Entry[], { orders, lines }: DatabaseState, findings: Findings): void {
  const found = indexBy(orders, ({ number }) => number, "order", findings);
  const byOrder = new Map<string | null, { position: number; amount: number }[]>();
  for (const { number, position, amount } of lines) {
    const list = byOrder.get(number) ?? [];
    byOrder.set(number, list);
    list.push({ position, amount });
  }
  checkPresence({ entries, type: "order", found, findings }, (operation) => {
    const amounts = (byOrder.get(operation.number) ?? []).sort((a, b) => a.position - b.position).map(({ amount }) => amount);
    return isDeepStrictEqual(amounts, operation.amounts) ? undefined : `has other lines: ${amounts.join(", ")}`;
  });
  for (const { number, count, total } of orders) {
    const own = byOrder.get(number) ?? [];
    const sum = own.reduce((all, { amount }) => all + amount, 0);
    if (own.length !== count || sum !== total)
      findings.half.push(`Order ${number} says ${count} lines of ${total}, and there are ${own.length} of ${sum}.`);
  }
  for (const number of byOrder.keys())
    if (number === null || !found.has(number)) findings.half.push(`There are lines of the order ${number}, which is not there.`);
}

function checkTransfers(entries: readonly Entry[], { accounts, transfers }: DatabaseState, findings: Findings): void {
  const found = indexBy(transfers, ({ number }) => number, "transfer", findings);
  checkPresence({ entries, type: "transfer", found, findings }, ({ type: _type, ...operation }, row) =>
    isDeepStrictEqual({ ...row }, operation) ? undefined : "is another transfer",
  );
  const names = new Set(accounts.map(({ name }) => name));
  if (names.size !== accountCount) findings.half.push(`There are ${names.size} accounts, not ${accountCount}.`);
  for (const { name, balance, version } of accounts) {
    const own = transfers.filter(({ source, target }) => source === name || target === name);
    const expected = own.reduce((sum, { source, amount }) => sum + (source === name ? -amount : amount), startBalance);
    if (balance !== expected) findings.half.push(`Account ${name} holds ${balance}, and its transfers come to ${expected}.`);
    if (version !== own.length + 1) findings.half.push(`Account ${name} has version ${version} after ${own.length} transfers.`);
  }
  const sum = accounts.reduce((all, { balance }) => all + balance, 0);
  if (sum !== accountCount * startBalance) findings.half.push(`All accounts together hold ${sum}.`);
}

type Numbered = Extract<Operation, { readonly number: string }>;
type Of<T extends Numbered["type"]> = Extract<Numbered, { readonly type: T }>;

/** For what is made once and never changed: there when acknowledged, not there when refused, as it was sent in either case. */
function checkPresence<T extends Numbered["type"], Row>(
  { entries, type, found, findings }: { entries: readonly Entry[]; type: T; found: ReadonlyMap<string, Row>; findings: Findings },
  problem: (operation: Of<T>, row: Row, answer: Record<string, unknown> | undefined) => string | undefined,
): void {
  const asked = new Set<string>();
  for (const { operation, outcome } of entries) {
    if (operation.type !== type) continue;
    const own = operation as Of<T>;
    asked.add(own.number);
    const row = found.get(own.number);
    if (row === undefined) {
      if (outcome.type === "acknowledged") findings.lost.push(`The ${type} ${own.number} was acknowledged and is not there.`);
      continue;
    }
    if (outcome.type === "refused")
      findings.wrong.push(`The ${type} ${own.number} was refused (${outcome.status} ${outcome.code}) and is there.`);
    const what = problem(own, row, answerOf(outcome));
    if (what !== undefined)
      (outcome.type === "acknowledged" ? findings.lost : findings.half).push(`The ${type} ${own.number} ${what}.`);
  }
  for (const number of found.keys()) if (!asked.has(number)) findings.wrong.push(`Nobody asked for the ${type} ${number}.`);
}

function indexBy<Row>(rows: readonly Row[], key: (row: Row) => string, what: string, { wrong }: Findings): Map<string, Row> {
  const index = new Map<string, Row>();
  for (const row of rows) {
    if (index.has(key(row))) wrong.push(`The ${what} ${key(row)} is there twice.`);
    index.set(key(row), row);
  }
  return index;
}

function answerOf(outcome: Outcome): Record<string, unknown> | undefined {
  if (outcome.type !== "acknowledged" || outcome.answer === null || typeof outcome.answer !== "object") return undefined;
  return outcome.answer as Record<string, unknown>;
}

function describe(note: string | typeof absent): string {
  return note === absent ? "absent" : shorten(note);
}

function shorten(text: string): string {
  return `'${text.slice(0, 60)}'`;
}
