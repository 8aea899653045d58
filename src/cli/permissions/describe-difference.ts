import type { RuleChange, Example, Outcome, RuleDifference } from "#application";
import type { Stored } from "#contract";
import { isManaged, type StoredRow, type Table } from "#database";
import { printable } from "../command-line/printable.ts";
import type { Terminal } from "../command-line/terminal.ts";

const words: Readonly<Record<RuleChange, string>> = {
  same: "same",
  narrower: "narrower",
  "not wider": "not wider",
  wider: "WIDER",
  incomparable: "WIDER AND NARROWER",
  unknown: "CANNOT TELL",
};
const colours = {
  same: "dim",
  narrower: "green",
  "not wider": "green",
  wider: "red",
  incomparable: "red",
  unknown: "yellow",
} as const;

/** One rule that changed, in lines for people. */
export function describeDifference(
  { name, operation, table, isNew, outcomes }: RuleDifference,
  { style }: Pick<Terminal, "style">,
): readonly string[] {
  return outcomes.flatMap((outcome) => {
    const head = `${style(colours[outcome.change], words[outcome.change])}: ${sentence(outcome, operation, name)}${isNew ? " (new)" : ""}`;
    const examples = [
      ...(outcome.gained === undefined ? [] : [`now, and not before: ${exampleText(outcome.gained, table)}`]),
      ...(outcome.lost === undefined || outcome.change !== "incomparable"
        ? []
        : [`before, and no longer: ${exampleText(outcome.lost, table)}`]),
    ];
    return [head, ...examples.map((line) => style("dim", `    ${line}`))];
  });
}

function sentence({ change, callers, isForAll }: Outcome, operation: string, name: string): string {
  const who = isForAll ? "everybody" : joined(callers);
  const what =
    operation === "call" ? `call '${name}'` : operation === "history" ? `read the past of '${name}'` : `${operation} '${name}'`;
  switch (change) {
    case "wider":
      return `${who} may now ${what} where they could not`;
    case "incomparable":
      return `${who} may now ${what} where they could not, and not where they could`;
    case "narrower":
      return `${who} may ${what} in fewer cases`;
    case "not wider":
      return `${who} may ${what} in no more cases`;
    default:
      return `whether ${who} may ${what} in more cases`;
  }
}

function joined(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? "nobody") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** The caller, and the rows that matter. */
function exampleText(example: Example, table: Table | undefined): string {
  const { caller, row, next, others } = exampleAsJson(example, table);
  const parts = [
    `${table === undefined ? "" : "of "}${JSON.stringify(row)}`,
    ...(next === undefined ? [] : [`changed to ${JSON.stringify(next)}`]),
    ...Object.entries(others).map(([name, rows]) => `where ${name} has ${rows.map((other) => JSON.stringify(other)).join(", ")}`),
  ];
  const who = caller === null ? "somebody who is not signed in" : JSON.stringify(caller);
  return printable(table === undefined ? who : `${who}, ${parts.join(", ")}`);
}

type Shown = Readonly<Record<string, unknown>>;

/** Without what says nothing: columns that the server sets, empty ones, claims that are missing. */
export function exampleAsJson(
  { actor, row, next, others }: Example,
  table: Table | undefined,
): {
  readonly caller: Shown | null;
  readonly row: Shown;
  readonly next?: Shown;
  readonly others: Readonly<Record<string, readonly Shown[]>>;
} {
  const claims = Object.fromEntries(
    Object.entries(actor.claims)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, plain(value)]),
  );
  const shownOthers = [...others].flatMap(([name, rows]) => {
    const rest = rows.filter((other) => other !== row);
    return rest.length === 0 ? [] : [[name, rest.map((other) => rowAsJson(other, undefined))] as const];
  });
  return {
    caller: actor.signedIn
      ? {
          id: plain(actor.id),
          ...(actor.roles.length === 0 ? {} : { roles: actor.roles }),
          ...(Object.keys(claims).length === 0 ? {} : { claims }),
        }
      : null,
    row: rowAsJson(row, table),
    ...(next === undefined ? {} : { next: rowAsJson(next, table) }),
    others: Object.fromEntries(shownOthers),
  };
}

function rowAsJson(row: StoredRow, table: Table | undefined): Shown {
  const shown = Object.entries(row).flatMap(([name, value]) => {
    const column = table?.columns.get(name);
    const isBoring =
      value === null ||
      ["created", "updated", "version", "deleted"].includes(name) ||
      (column !== undefined && isManaged(column));
    if (isBoring) return [];
    if (column === undefined || column.secret) return [[name, column === undefined ? plain(value) : "a secret"] as const];
    return [[name, column.kind.toJson(value, column.options)] as const];
  });
  return Object.fromEntries(shown);
}

function plain(value: Stored): unknown {
  if (typeof value === "bigint") return value.toString();
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
}
