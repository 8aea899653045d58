import { type ActorFacts, type Relation, type StoredRow } from "#database";
import fc from "fast-check";
import {
  and,
  type Backend,
  bool,
  defineBackend,
  defineSchema,
  enums,
  everyone,
  integer,
  nobody,
  not,
  or,
  ref,
  signedIn,
  table,
  text,
} from "chassis";

/** For property tests of permissions: random rules over one small schema, and random rows and callers. */

export const schema = defineSchema(
  {
    users: { name: text(), level: integer().optional() },
    teams: { name: text(), lead: ref("users").optional().inverse("leads") },
    memberships: table({ team: ref("teams"), user: ref("users"), rank: integer() }, { unique: [["team", "user"]] }),
    docs: {
      owner: ref("users").inverse("docs"),
      team: ref("teams").optional(),
      title: text().optional(),
      stars: integer().optional(),
      open: bool(),
      status: enums("draft", "live", "gone"),
    },
  },
  {
    roles: ["editor", "admin", "banned"],
    claims: { org: text(), level: integer() },
    computed: { docs: (row) => ({ members: row.team.memberships.count() }) },
  },
);

export type Draw = fc.GeneratorValue;

export function pick<const T>(draw: Draw, ...items: readonly T[]): T {
  return items[draw(fc.nat, { max: items.length - 1 })] as T;
}

/** What rules are made of, without its types: what is drawn is not known to the compiler. */
type Loose = { readonly [name: string]: Loose } & ((...args: readonly unknown[]) => Loose);
export interface LooseScope {
  readonly row: Loose;
  readonly next: Loose;
  readonly me: Loose;
}

const texts = ["a", "b", "ab", "x"] as const;
const numbers = [0, 1, 2, 3, 5] as const;
const comparisons = ["eq", "neq", "gt", "gte", "lt", "lte"] as const;
const statuses = ["draft", "live", "gone"] as const;

interface Place {
  readonly scope: LooseScope;
  /** Related rows may be looked at so deep. */
  readonly depth: number;
}

/** A condition over a row of `docs`. */
export function drawCondition(draw: Draw, place: Place): unknown {
  const { depth } = place;
  const inner = (): unknown => drawCondition(draw, { ...place, depth: depth - 1 });
  if (depth > 0 && draw(fc.nat, { max: 2 }) > 0) {
    const choice = draw(fc.nat, { max: 5 });
    if (choice < 2) return (and as (...parts: unknown[]) => unknown)(inner(), inner());
    if (choice === 5) return call(inner() as Loose, "isNull");
    if (choice < 4) return (or as (...parts: unknown[]) => unknown)(inner(), inner());
    return (not as (part: unknown) => unknown)(inner());
  }
  return drawAtom(draw, place);
}

function call(value: Loose | undefined, method: string, ...args: readonly unknown[]): Loose {
  return (value as Loose)[method]?.(...args) as Loose;
}

function drawAtom(draw: Draw, { scope, depth }: Place): unknown {
  const { row, me } = scope;
  switch (draw(fc.nat, { max: 16 })) {
    case 0:
      return row["open"];
    case 1:
      return call(row["stars"], pick(draw, ...comparisons), pick(draw, ...numbers));
    case 2:
      return call(row["status"], pick(draw, "eq", "neq"), pick(draw, ...statuses));
    case 3:
      return call(row["status"], "in", draw(fc.subarray<string>, [...statuses], { minLength: 1 }));
    case 4:
      return call(row["title"], pick(draw, "eq", "neq", "isDistinctFrom", "like"), pick(draw, ...texts));
    case 5:
      return call(pick(draw, row["title"], row["stars"], row["team"], me["id"]), pick(draw, "isNull", "isNotNull"));
    case 6:
    case 7:
      return call(row["owner"], pick(draw, "eq", "eq", "neq", "isDistinctFrom"), me["id"]);
    case 8:
    case 9:
      return call(me, "hasRole", pick(draw, "editor", "admin", "banned"));
    case 10:
      return pick(draw, signedIn, everyone, nobody);
    case 11:
      return call(call(me, "claim", "level"), pick(draw, ...comparisons), pick<unknown>(draw, row["stars"], ...numbers));
    case 12:
      return call(
        call(me, "claim", "org"),
        pick(draw, "eq", "neq", "isDistinctFrom"),
        pick<unknown>(draw, row["title"], ...texts),
      );
    case 13:
      return call(row["owner"]?.["level"], pick(draw, ...comparisons), pick(draw, ...numbers));
    case 14:
      return call(row["team"]?.["lead"], pick(draw, "eq", "isDistinctFrom"), me["id"]);
    case 15:
      return call(
        pick(draw, call(row["team"]?.["memberships"], "count"), row["members"]),
        pick(draw, ...comparisons),
        pick(draw, 0, 1, 2),
      );
    default:
      return call(row["team"]?.["memberships"], pick(draw, "some", "some", "none", "every"), (member: Loose) =>
        drawMember(draw, member, scope, depth),
      );
  }
}

function drawMember(draw: Draw, member: Loose, scope: LooseScope, depth: number): unknown {
  const { row, me } = scope;
  if (depth > 0 && draw(fc.boolean)) {
    const parts = [drawMember(draw, member, scope, depth - 1), drawMember(draw, member, scope, depth - 1)];
    return (draw(fc.boolean) ? and : or)(...(parts as never[]));
  }
  switch (draw(fc.nat, { max: 7 })) {
    case 0:
    case 1:
    case 2:
      return call(member["user"], pick(draw, "eq", "eq", "neq"), me["id"]);
    case 3:
      return call(member["rank"], pick(draw, ...comparisons), pick(draw, ...numbers));
    case 4:
      return call(member["rank"], pick(draw, ...comparisons), row["stars"]);
    case 7:
      return call(member["rank"], pick(draw, ...comparisons), call(me, "claim", "level"));
    case 5:
      return call(me, "hasRole", pick(draw, "editor", "banned"));
    default:
      return call(member["user"], "eq", row["owner"]);
  }
}

export type Rows = ReadonlyMap<string, readonly StoredRow[]>;

export const idOf = (table: string, number: number): string =>
  `00000000-0000-7000-8000-${({ users: "1", teams: "2", memberships: "3", docs: "4" }[table] ?? "9").padEnd(11, "0")}${number}`;

const moment = "2026-11-25T18:00:00.000Z";
const managed = { created: moment, updated: moment, version: 1 };

/** A few rows of every table. */
export function drawRows(draw: Draw): Rows {
  const count = (most: number, least = 0): readonly number[] =>
    Array.from({ length: draw(fc.integer, { min: least, max: most }) }, (_, index) => index);
  const users = count(4, 1).map((index) => ({
    id: idOf("users", index),
    name: pick(draw, ...texts),
    level: pick(draw, null, ...numbers),
    ...managed,
  }));
  const some = (rows: readonly { readonly id: string }[]): string | null => (rows.length === 0 ? null : pick(draw, ...rows).id);
  const teams = count(2).map((index) => ({
    id: idOf("teams", index),
    name: pick(draw, ...texts),
    lead: draw(fc.boolean) ? some(users) : null,
    ...managed,
  }));
  const pairs = teams.flatMap((team) => users.map((user) => [team.id, user.id] as const));
  const memberships = (pairs.length === 0 ? [] : draw(fc.subarray<(typeof pairs)[number]>, pairs)).map(([team, user], index) => ({
    id: `00000000-0000-7000-8000-3${String(index).padStart(11, "0")}`,
    team,
    user,
    rank: pick(draw, ...numbers),
    ...managed,
  }));
  const docs = count(3, 1).map((index) => ({
    id: idOf("docs", index),
    owner: some(users),
    team: draw(fc.boolean) ? some(teams) : null,
    title: pick(draw, null, ...texts),
    stars: pick(draw, null, ...numbers),
    open: pick(draw, 0, 1),
    status: pick(draw, ...statuses),
    ...managed,
  }));
  return new Map<string, readonly StoredRow[]>(Object.entries({ users, teams, memberships, docs }));
}

/** Nobody, one of the users, or somebody who has no row. */
export function drawActor(draw: Draw, rows: Rows): ActorFacts {
  if (draw(fc.nat, { max: 3 }) === 0) return { signedIn: false, id: null, roles: [], claims: {} };
  return drawSignedIn(draw, pick(draw, ...(rows.get("users") ?? []).map((row) => row["id"] ?? null), idOf("users", 9)));
}

export function drawSignedIn(draw: Draw, id: ActorFacts["id"]): ActorFacts {
  return {
    signedIn: true,
    id,
    roles: draw(fc.subarray<string>, ["editor", "admin", "banned"]),
    claims: { org: pick(draw, null, ...texts), level: pick(draw, null, ...numbers) },
  };
}

export function relatedIn(rows: Rows): (relation: Relation, row: StoredRow) => readonly StoredRow[] {
  const equal = (name: string, column: string, value: unknown): readonly StoredRow[] =>
    value === null || value === undefined ? [] : (rows.get(name) ?? []).filter((row) => row[column] === value);
  return ({ target, column, targetColumn, junction }, row) =>
    junction === undefined
      ? equal(target, targetColumn, row[column])
      : equal(junction.table, junction.column, row[column]).flatMap((between) =>
          equal(target, targetColumn, between[junction.targetColumn]),
        );
}

/** A back end whose `docs` are read under that rule. */
export function backendWith(rule: (scope: LooseScope) => unknown): Backend {
  const rules = Object.fromEntries(
    [...schema.model.tables.keys()].map((name) => [
      name,
      (scope: LooseScope) => {
        const read = name === "docs" ? rule(scope) : scope.me["isSignedIn"];
        return { read, write: scope.me["isSignedIn"] };
      },
    ]),
  );
  return defineBackend(schema, { rules } as never);
}
