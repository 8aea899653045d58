import type { Connection } from "../../driver.ts";
import type { Model } from "../../model/model.ts";
import { definitionOf, fingerprint, readDatabaseDefinition } from "../../sqlite/definition/definition.ts";
import { readHidden } from "../../sqlite/definition/hidden.ts";
import { readColumn } from "../../sqlite/definition/table-text.ts";
import { readRecords } from "../bookkeeping.ts";
import { compatibilityOf } from "./compatibility.ts";
import { foreignKeysOf } from "../apply/hide.ts";
import { inspectEverything } from "../../sqlite/definition/inspect.ts";
import { Draft } from "./draft.ts";
import { MigrationError } from "../errors.ts";
import type { Answers, Plan } from "./plan.ts";
import { answersForHistory, isHistory, ofHistory } from "../apply/follow-history.ts";
import { matchNames, orderRenames, rankCandidates } from "./plan-names.ts";
import type { PairedTable } from "./plan-context.ts";
import { planTable } from "./plan-table.ts";
import { checkAnswers } from "./check-answers.ts";
import { checkExpressions } from "./check-expressions.ts";
import { renameColumn, renameTable, type SchemaState, stateOf, type TableState } from "../schema-state.ts";
import { afterPlan, isSafeStep } from "./plan-outcome.ts";
import { type PlannedTable, RowCounter } from "./values-view.ts";
import { quoteName } from "../../sqlite/dialect/literals.ts";

/**
 * What leads from the database as it is to the definition: steps, and what a person has to say first. Nothing is changed. Counts the
 * rows that would be lost or refused, so it reads whole tables where something tightens.
 *
 * @throws MigrationError when a migration is unfinished, or an answer fits nothing. One that is no SQL is asked for again.
 */
export async function planMigration(connection: Connection, model: Model, said: Answers = {}): Promise<Plan> {
  const unfinished = (await readRecords(connection)).find(({ state }) => state === "applying" || state === "rollingBack");
  if (unfinished !== undefined) {
    throw new MigrationError(
      `The migration '${unfinished.id}' is not finished (step ${unfinished.step} of ${unfinished.steps}). Run 'chassis migrate apply' to go on with it, or 'chassis migrate rollback' to go back.`,
    );
  }
  const [found, wanted] = [await readDatabaseDefinition(connection), definitionOf(model)];
  const hidden = await readHidden(connection);
  const [foundState, wantedState] = [stateOf(found.objects), stateOf(wanted.objects)];
  const answers = answersForHistory(said, model, foundState);
  checkAnswers(answers, { found: foundState, wanted: wantedState, hidden });
  const draft = new Draft();
  const counter = new RowCounter(connection);
  const allowed = new Set(answers.allow);

  const matched = matchTables(draft, { foundState, wantedState, hidden, answers });
  let tables = new Map<string, TableState>(foundState.tables);
  for (const { from, to } of orderRenames(matched.kept)) {
    draft.add("rename", { type: "renameTable", from, to }, { type: "renameTable", from: to, to: from });
    tables = renameTable(tables, from, to);
  }
  const pairs: PairedTable[] = [];
  const pair = (name: string, { now, state, phase }: { now: string; state: TableState; phase: "rename" | "columns" }): void => {
    const target = wantedState.tables.get(name);
    if (target === undefined) return;
    const kinds = { found: found.kinds, wanted: wanted.kinds };
    const columns = matchColumns(draft, { name, now, state, target, hidden, answers, kinds });
    for (const { from, to } of orderRenames(columns.kept)) {
      const undo = { type: "renameColumn", table: name, from: to, to: from } as const;
      draft.add(phase, { type: "renameColumn", table: name, from, to }, undo);
      tables = renameColumn(tables, { table: name, from, to });
    }
    const planned: PlannedTable = { table: now, columns: columns.kept, expressions: new Map() };
    pairs.push({ name, now, target, columns, planned, before: state, state });
  };
  for (const [name, now] of matched.kept) {
    const state = foundState.tables.get(now);
    if (state !== undefined) pair(name, { now, state, phase: "rename" });
  }
  const everything = matched.shown.length === 0 ? undefined : stateOf(await inspectEverything(connection));
  for (const name of matched.shown) {
    const state = everything?.tables.get(name);
    if (state === undefined || !wantedState.tables.has(name)) continue;
    draft.add("create", { type: "showTable", table: name }, { type: "hideTable", table: name });
    tables.set(name, state);
    pair(name, { now: name, state, phase: "columns" });
  }
  const planned = new Map(pairs.map((pair) => [pair.name, pair.planned]));
  const checked = await checkExpressions(answers, pairs, connection);
  draft.questions.push(...checked.questions);
  const context = {
    draft,
    counter,
    answers: checked.answers,
    allowed,
    model,
    planned,
    hidden,
    kinds: { found: found.kinds, wanted: wanted.kinds },
  };
  for (const pair of pairs) await planTable({ ...pair, state: tables.get(pair.name) ?? pair.state }, context);
  for (const name of matched.added) {
    const objects = wanted.objects.filter((object) => object.table === name || object.table === `${name}_search`);
    draft.add("create", { type: "createTable", table: name, objects }, { type: "hideTable", table: name });
  }
  for (const name of matched.dropped) {
    const rows = await counter.count(`SELECT count(*) FROM ${quoteName(name)}`);
    if (rows > 0) {
      const id = `drop ${name}`;
      draft.losses.push({
        id,
        text: `The table '${name}' is dropped with its ${rows} ${rows === 1 ? "row" : "rows"}.`,
        rows,
        isAllowed: allowed.has(id),
        canBeAllowed: true,
        hint: "It stays hidden for a time and can be brought back.",
      });
    }
    const keys = tables.get(name);
    draft.add(
      "hideTables",
      { type: "hideTable", table: name },
      { type: "showTable", table: name, constraints: keys === undefined ? {} : Object.fromEntries(foreignKeysOf(keys)) },
    );
  }
  for (const object of foundState.others) {
    const drop = `DROP ${object.type.toUpperCase()} ${quoteName(object.name)};`;
    draft.add("loosen", { type: "sql", sql: drop, down: `${object.sql};` }, { type: "sql", sql: `${object.sql};`, down: drop });
  }
  for (const object of wantedState.others) {
    const drop = `DROP ${object.type.toUpperCase()} ${quoteName(object.name)};`;
    draft.add("trigger", { type: "sql", sql: `${object.sql};`, down: drop }, { type: "sql", sql: drop, down: `${object.sql};` });
  }

  const steps = draft.steps;
  const actual = afterPlan({ wanted: wantedState, found: foundState, hidden, steps });
  const compatibility = compatibilityOf({ state: foundState, kinds: found.kinds }, { state: actual, kinds: wanted.kinds });
  // Asked once, for the table itself.
  const asked = new Set(draft.questions.map(({ type, about }) => `${type} ${about}`));
  const questions = draft.questions.filter(
    ({ type, about }, index) =>
      // What is asked again stands first.
      draft.questions.findIndex((other) => other.type === type && other.about === about) === index &&
      (!isHistory(about.split(".")[0] ?? "", wantedState.tables.get(about.split(".")[0] ?? "")) ||
        !asked.has(`${type} ${ofHistory(about)}`)),
  );
  const isReady = questions.length === 0 && draft.losses.every((loss) => loss.isAllowed && loss.canBeAllowed);
  const unchangedKinds = Object.entries(wanted.kinds).every(([key, kind]) => (found.kinds[key] ?? kind) === kind);
  return {
    from: fingerprint(found),
    to: fingerprint(wanted),
    steps,
    kinds: Object.fromEntries(Object.entries(wanted.kinds).filter(([key, kind]) => found.kinds[key] !== kind)),
    questions,
    losses: draft.losses,
    isReady,
    isSafe: isReady && draft.losses.length === 0 && compatibility.isCompatible && steps.every(isSafeStep),
    isEmpty: steps.length === 0 && questions.length === 0 && unchangedKinds,
    compatibility,
  };
}

interface TablesToMatch {
  readonly foundState: SchemaState;
  readonly wantedState: SchemaState;
  readonly hidden: Awaited<ReturnType<typeof readHidden>>;
  readonly answers: Answers;
}

function matchTables(draft: Draft, { foundState, wantedState, hidden, answers }: TablesToMatch): ReturnType<typeof matchNames> {
  const matched = matchNames({
    wanted: [...wantedState.tables.keys()],
    found: [...foundState.tables.keys()],
    hidden: hidden.filter(({ kind, table, stored }) => kind === "table" && table === stored).map(({ table }) => table),
    renames: answers.renames ?? {},
    key: (name) => name,
    what: "table",
  });
  for (const name of matched.openHidden) {
    draft.questions.push({
      type: "show",
      about: name,
      candidates: [name],
      text: `The table '${name}' was dropped and is still there, hidden: is it to come back with its rows?`,
    });
  }
  for (const name of matched.open) {
    const columns = new Set(wantedState.tables.get(name)?.text.columns.keys());
    const shared = (candidate: string): number => {
      const others = [...(foundState.tables.get(candidate)?.text.columns.keys() ?? [])];
      return (4 * others.filter((column) => columns.has(column)).length) / Math.max(others.length, columns.size, 1);
    };
    const kind = isHistory(name, wantedState.tables.get(name));
    const candidates = rankCandidates(
      name,
      matched.dropped.filter((candidate) => isHistory(candidate, foundState.tables.get(candidate)) === kind),
      shared,
    );
    if (candidates.length === 0) continue;
    draft.questions.push({
      type: "renameTable",
      about: name,
      candidates,
      text: `Is the table '${name}' new, or was it ${orList(candidates)} before?`,
    });
  }
  return matched;
}

interface ColumnsToMatch {
  readonly name: string;
  readonly now: string;
  readonly state: TableState;
  readonly target: TableState;
  readonly hidden: TablesToMatch["hidden"];
  readonly answers: Answers;
  readonly kinds: { readonly found: Readonly<Record<string, string>>; readonly wanted: Readonly<Record<string, string>> };
}

function matchColumns(draft: Draft, options: ColumnsToMatch): ReturnType<typeof matchNames> {
  const { name, now, state, target, hidden, answers, kinds } = options;
  const matched = matchNames({
    wanted: [...target.text.columns.keys()],
    found: [...state.text.columns.keys()],
    hidden: hidden
      .filter(({ kind, table, column, stored }) => kind === "column" && table === now && column === stored)
      .map(({ column }) => column),
    renames: answers.renames ?? {},
    key: (column) => `${name}.${column}`,
    what: "column",
  });
  for (const column of matched.openHidden) {
    draft.questions.push({
      type: "show",
      about: `${name}.${column}`,
      candidates: [column],
      text: `The column '${name}.${column}' was dropped and is still there, hidden: is it to come back with its values?`,
    });
  }
  for (const column of matched.open) {
    const wanted = readColumn(target.text.columns.get(column) ?? "");
    const alike = (candidate: string): number => {
      const found = readColumn(state.text.columns.get(candidate) ?? "");
      const sameKind = kinds.found[`${now}.${candidate}`] === kinds.wanted[`${name}.${column}`];
      return (found.type === wanted.type ? 2 : 0) + (sameKind ? 1 : 0) + (found.isRequired === wanted.isRequired ? 0.5 : 0);
    };
    const candidates = rankCandidates(column, matched.dropped, alike);
    draft.questions.push({
      type: "renameColumn",
      about: `${name}.${column}`,
      candidates,
      text: `Is the column '${name}.${column}' new, or was it ${orList(candidates)} before?`,
    });
  }
  return matched;
}

function orList(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
