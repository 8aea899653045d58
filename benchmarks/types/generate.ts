/** A back end of so many tables and uses, as source: what the type checker's time is measured on. */
export function generateBackend({
  tables,
  uses,
  source,
}: {
  readonly tables: number;
  readonly uses: number;
  readonly source: string;
}): string {
  const names = Array.from({ length: tables }, (_, index) => `table${index}`);
  return [
    `import { bool, decimal, defineBackend, defineSchema, enums, everyone, type Insert, integer, json, now, query, ref, type Relations, type Row, table, text, timestamp, type Update } from ${JSON.stringify(source)};`,
    "const schema = defineSchema({",
    "  users: { name: text().max(80), email: text().unique() },",
    ...names.map((name, index) => `  ${name}: ${tableSource(names, index)},`),
    "}, {",
    '  roles: ["editor", "admin"], claims: { organisation: text() },',
    "  computed: {",
    ...names
      .filter((_, index) => index % 4 === 0)
      .map((name) => `    ${name}: (row) => ({ size: row.title.length(), backs: row.${backOf(names, name)}.count() }),`),
    "  },",
    "});",
    "type S = typeof schema;",
    "const backend = defineBackend(schema, {",
    "  rules: {",
    "    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),",
    ...names.map((name) => `    ${name}: ({ row, next, me }) => (${ruleSource(names, name)}),`),
    "  },",
    "  functions: {",
    ...names
      .slice(0, tables / 2)
      .map((name) => `    ${name}: query({ access: ({ me }) => me.isSignedIn }, ({ me }) => ({ id: me?.id, kind: "${name}" })),`),
    "  },",
    "});",
    "void backend;",
    ...Array.from({ length: uses }, (_, index) => useSource(names, index)),
    "",
  ].join("\n");
}

function backOf(names: readonly string[], name: string): string {
  return names[(names.indexOf(name) + 1) % names.length] ?? "users";
}

function tableSource(names: readonly string[], index: number): string {
  const target = names[(index + names.length - 1) % names.length];
  const fields = `{ owner: ref("users"), parent: ref("${target}").onDelete("cascade"), title: text().max(200).search(), body: text().default(""), count: integer().min(0).default(0), price: decimal(10, 2).optional(), open: bool().default(true), status: enums("draft", "live").default("draft"), at: timestamp().default(now), data: json<{ tags: string[] }>().optional() }`;
  return index % 3 === 0
    ? `table(${fields}, { unique: [["owner", "parent"]], checks: (row) => ({ counted: row.count.gte(0) }) })`
    : fields;
}

function ruleSource(names: readonly string[], name: string): string {
  const back = backOf(names, name);
  return `{ read: row.status.eq("live").or(row.owner.eq(me.id), row.parent.owner.eq(me.id)), create: row.owner.eq(me.id).and(row.count.lt(10)), update: row.owner.eq(me.id).and(next.owner.eq(row.owner)), delete: me.hasRole("editor").or(row.${back}.none((each) => each.open.and(each.title.like("a%")))), fields: { price: { read: row.owner.eq(me.id) } } }`;
}

function useSource(names: readonly string[], index: number): string {
  const name = names[index % names.length] ?? "users";
  switch (index % 6) {
    case 0:
      return `export const use${index} = (row: Row<S, "${name}">): string => row.title + row.status + String(row.price);`;
    case 1:
      return `export const use${index}: Insert<S, "${name}"> = { owner: "a", parent: "b", title: "c" };`;
    case 2:
      return `export const use${index}: Update<S, "${name}"> = { title: "c", status: "live", price: null };`;
    case 3:
      return `export const use${index} = (row: Row<S, "${name}">): number => row.count + row.version;`;
    case 4:
      return `export const use${index}: Relations<S, "${name}">["parent"]["cardinality"] = "one";`;
    default:
      return `export const use${index} = (rows: readonly Row<S, "${name}">[]): string[] => rows.map((row) => row.data?.tags[0] ?? row.body);`;
  }
}
