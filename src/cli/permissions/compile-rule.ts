import {
  aliasSource,
  type Binding,
  compileExpression,
  createAliases,
  type Expression,
  type Model,
  printFact,
  provenThing,
  sqliteDialect,
} from "#database";

/** The SQL of a rule over the aliases `row` and `next`, and in words what each of its parameters is. */
export function compileRule(
  expression: Expression,
  model: Model,
): { readonly text: string; readonly parameters: readonly string[] } {
  const rows = new Map([
    ["row", aliasSource("row")],
    ["next", aliasSource("next")],
  ]);
  const { text, bindings } = compileExpression(expression, { model, dialect: sqliteDialect, rows, alias: createAliases() });
  return { text, parameters: bindings.map(describeBinding) };
}

function describeBinding(binding: Binding): string {
  switch (binding.type) {
    case "constant":
      return JSON.stringify(typeof binding.value === "bigint" ? String(binding.value) : binding.value);
    case "slot":
      return `value ${binding.index + 1} of the request`;
    case "actor":
      return printFact(binding.fact);
    case "role":
      return describeRole(binding.role);
    case "now":
      return "the moment of the request";
    case "asOf":
      return "the moment in the past that the request names";
  }
}

function describeRole(role: string | undefined): string {
  if (role === undefined) return "whether anybody is signed in";
  const thing = provenThing(role);
  return thing === undefined ? `whether me has the role ${JSON.stringify(role)}` : `whether the session of me shows '${thing}'`;
}
