import { type Check, expressions, operators, type Table } from "#database";
import type { DefinitionProblem } from "../schema/definition-error.ts";
import { nameProblem } from "../schema/names.ts";
import { type RowSource, rowValue } from "./build-row.ts";
import { conditionOf } from "./build-value.ts";
import { followsRelation, nodesOf, secretMessage, secretsLookedInto } from "./inspect.ts";
import { messageOf } from "./thrown.ts";

interface WrittenChecks {
  readonly table: Table;
  readonly callback: ((row: never) => Readonly<Record<string, unknown>>) | undefined;
}

/** The checks of one table. They see its own fields alone, for a database looks no further in a check. */
export function buildChecks(
  source: RowSource,
  { table, callback }: WrittenChecks,
  problems: DefinitionProblem[],
): readonly Check[] {
  if (callback === undefined) return [];
  const report = (place: string, message: string): void => void problems.push({ place, message });
  let conditions: Readonly<Record<string, unknown>>;
  try {
    conditions = (callback as (row: unknown) => Readonly<Record<string, unknown>>)(
      rowValue(source, table.name, expressions.scope("row")),
    );
  } catch (error) {
    report(`${table.name}.checks`, messageOf(error));
    return [];
  }
  return Object.entries(conditions ?? {}).flatMap(([name, condition]) => {
    const place = `${table.name}.checks.${name}`;
    const nameMessage = nameProblem(name);
    if (nameMessage !== undefined) report(place, nameMessage);
    const { expression, problems: mistakes } = conditionOf(condition, "a check")["~built"];
    for (const message of mistakes) report(place, message);
    if (mistakes.length > 0) return [];
    for (const column of secretsLookedInto(expression)) report(place, secretMessage(column));
    if (followsRelation(expression)) report(place, "a check sees the fields of its own row alone; follow relations in a rule");
    for (const node of nodesOf(expression)) {
      if (node.type === "actor" || node.type === "role")
        report(place, "a check does not know who is asking; that belongs in a rule");
      if (node.type === "call" && !operators[node.operator].deterministic)
        report(place, "a check must mean the same at any time; now() belongs in a rule");
    }
    return [{ name: `${table.name}_${name}_check`, expression }];
  });
}
