import { type Backend, openToEveryone, type Way } from "#application";

/** What may be done without signing in, one line each. */
export function describeOpen(backend: Backend): readonly string[] {
  const open = openToEveryone(backend);
  return open.length === 0 ? ["Open to everyone: nothing."] : ["Open to everyone:", ...listWays(open).map((line) => `  ${line}`)];
}

/** "schools: read, create", and "function compare". */
export function listWays(ways: readonly Way[]): readonly string[] {
  const byTable = Map.groupBy(
    ways.filter((way) => way.type === "table"),
    (way) => way.table,
  );
  const tables = [...byTable].map(([table, own]) => `${table}: ${own.map(({ operation }) => operation).join(", ")}`);
  return [...tables, ...ways.filter((way) => way.type === "function").map(({ name }) => `function ${name}`)];
}
