/**
 * A back end of so many tables and uses, as source: what the type checker's time is measured on. The uses are calls of `db`, or with `client`
 * of the typed client.
 */
export function generateBackend({
  tables,
  uses,
  source,
  client = false,
}: {
  readonly tables: number;
  readonly uses: number;
  readonly source: string;
  readonly client?: boolean;
}): string {
  const names = Array.from({ length: tables }, (_, index) => `table${index}`);
  return [
    `import { bool, ${client ? "" : "type Db, "}decimal, defineBackend, defineSchema, enums, everyone, integer, json, now, query, ref, ${client ? "" : "type Relations, type Row, "}table, text, timestamp } from ${JSON.stringify(source)};`,
    ...(client ? [`import { createClient } from ${JSON.stringify(`${source}/client`)};`] : []),
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
    ...(client ? [] : ["type S = typeof schema;"]),
    ...(client ? [] : ["declare const db: Db<S>;"]),
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
    client ? 'const api = createClient<typeof backend>("https://example.org");' : "void backend;",
    ...Array.from({ length: uses }, (_, index) => (client ? callSource(names, index) : useSource(names, index))),
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
  const back = backOf(names, name);
  const use = `export const use${index}`;
  switch (index % 6) {
    case 0:
      return `${use} = (row: Row<S, "${name}">): string => row.title + row.status + String(row.price);`;
    case 1:
      return `${use} = async (): Promise<string> => (await db.${name}.create({ owner: "a", parent: "b", title: "c" })).id;`;
    case 2:
      return `${use} = (id: string): Promise<unknown> => db.${name}.update(id, { title: "c", status: "live", price: null });`;
    case 3:
      return `${use} = async (): Promise<number> => (await db.${name}.list({ where: { count: { gte: 4 }, parent: { owner: { name: "x" } }, ${back}: { some: { open: true } } }, orderBy: { created: "desc" }, limit: 20 })).reduce((sum, row) => sum + row.count, 0);`;
    case 4:
      return `${use}: Relations<S, "${name}">["parent"]["cardinality"] = "one";`;
    default:
      return `${use} = async (): Promise<readonly (string | undefined)[]> => (await db.${name}.list({ select: ["title", "status"], include: { owner: { select: ["name"] }, ${back}: { where: { open: true }, limit: 3 } } })).map((row) => row.owner?.name ?? row.${back}[0]?.title);`;
  }
}

function callSource(names: readonly string[], index: number): string {
  const name = names[index % names.length] ?? "users";
  const back = backOf(names, name);
  const use = `export const use${index}`;
  switch (index % 6) {
    case 0:
      return `${use} = async (id: string): Promise<string | undefined> => (await api.${name}.get(id, { select: ["title", "status"] }))?.title;`;
    case 1:
      return `${use} = async (): Promise<string> => (await api.${name}.create({ owner: "a", parent: "b", title: "c" })).id;`;
    case 2:
      return `${use} = async (id: string): Promise<number> => (await api.batch([api.${name}.update(id, { title: "c", status: "live", price: null }), api.${name}.count({ where: { open: true } })]))[1];`;
    case 3:
      return `${use} = async (): Promise<number> => (await api.${name}.list({ where: { count: { gte: 4 }, parent: { owner: { name: "x" } }, ${back}: { some: { open: true } } }, orderBy: { created: "desc" }, limit: 20 })).reduce((sum, row) => sum + row.count, 0);`;
    case 4:
      return `${use} = async (): Promise<string | undefined> => (await api.fn.${names[index % Math.floor(names.length / 2)] ?? ""}()).kind;`;
    default:
      return `${use} = async (): Promise<readonly (string | undefined)[]> => (await api.${name}.list({ select: ["title", "status"], include: { owner: { select: ["name"] }, ${back}: { where: { open: true }, limit: 3 } } })).map((row) => row.owner?.name ?? row.${back}[0]?.title);`;
  }
}
