import { didYouMean } from "#base";
import { type Actor, AppError, type FieldProblem, type KeyScope } from "#contract";
import type { Connection } from "#database";
import { type AuthParts, type AuthRequest, countAttempt, invalid, linkTo } from "../auth-parts.ts";
import { recentlyProved } from "../factors/recent-proof.ts";
import type { KeysDefinition } from "./build-keys.ts";
import { newKey } from "./key-format.ts";
import { countKeys, dropKey, insertKey, type KeyRow, listKeys } from "./key-table.ts";

/** What somebody may use at all, and so what a key of theirs can be for. */
export interface Reach {
  readonly tables: (me: Actor) => readonly string[];
  readonly functions: (me: Actor) => readonly string[];
}

/** What somebody wants a key to be, as it was typed. */
export interface NewKeyInput {
  readonly name: unknown;
  /** Days that it is good for. */
  readonly days?: unknown;
  /** `read`, where it is left out, or `write`. */
  readonly access?: unknown;
  /** Left out: all. */
  readonly tables?: unknown;
  readonly functions?: unknown;
  /** Left out: where neither tables nor functions are narrowed. */
  readonly routes?: unknown;
}

export interface MadeKey extends KeyRow {
  /** The key itself: shown this once. */
  readonly key: string;
}

/** The keys of whoever asks. There is no way to make one for somebody else, and none to make one by a key. */
export interface ApiKeys {
  /** Throws `signInRequired`, `proofRequired`, `validationFailed`; `limitExceeded` for who has as many as there may be. */
  make(me: Actor, input: NewKeyInput, request: AuthRequest): Promise<MadeKey>;
  list(me: Actor): Promise<readonly KeyRow[]>;
  /** Good no more from the next request on. Throws `notFound` where they have none of that id. */
  revoke(me: Actor, id: string): Promise<void>;
  /** What a key of theirs can be narrowed to. */
  readonly reach: Reach;
}

const DAY = 86_400_000;
const MOST_NAME = 60;
/** Names in a list of a scope. */
const MOST_NAMES = 200;

export function createApiKeys(parts: AuthParts, keys: KeysDefinition, reach: Reach): ApiKeys {
  const { database, clock, ids, send } = parts;
  return {
    reach,
    async make(me, input, request) {
      await countAttempt(parts, request);
      return database.transaction(async (connection) => {
        // Before what was typed is looked at: it tells what tables there are.
        const { account } = await recentlyProved(parts, connection, me);
        const { name, days, scope } = readInput(input, { keys, tables: reach.tables(me), functions: reach.functions(me) });
        const now = clock.now();
        await refuseMore(connection, me.id, { most: keys.most, now });
        const { text, hash: tokenHash, start } = newKey();
        const id = ids.uuid();
        const expires = now + days * DAY;
        const factor = me.session?.factorProved !== undefined;
        await insertKey(connection, { id, tokenHash, start, user: me.id, name, scope, factor, now, expires });
        if (account.address !== null)
          await send(connection, {
            to: account.address,
            language: request.language,
            message: { type: "keyMade", name, link: linkTo(parts, "reset") },
          });
        const moment = (time: number): string => new Date(time).toISOString();
        return { key: text, id, user: me.id, name, start, scope, created: moment(now), expires: moment(expires), used: null };
      });
    },

    list: ({ id }) => listKeys(database, { user: id, now: clock.now() }),

    async revoke({ id: user }, id) {
      if ((await database.transaction((connection) => dropKey(connection, id, user), { brief: true })) === undefined)
        throw new AppError("notFound", { message: "There is no such key." });
    },
  };
}

async function refuseMore(
  connection: Connection,
  user: string,
  { most, now }: { readonly most: number; readonly now: number },
): Promise<void> {
  if ((await countKeys(connection, user, now)) < most) return;
  throw new AppError("limitExceeded", {
    message: `Somebody may have ${most} keys (auth.keys.most).`,
    hint: "Revoke one that is not needed any more.",
  });
}

interface Known {
  readonly keys: KeysDefinition;
  readonly tables: readonly string[];
  readonly functions: readonly string[];
}

function readInput(
  { name: given, days, access = "read", routes, ...lists }: NewKeyInput,
  { keys, ...known }: Known,
): { readonly name: string; readonly days: number; readonly scope: KeyScope } {
  const problems: FieldProblem[] = [];
  const name = typeof given === "string" ? given.trim() : "";
  if (name === "" || /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(name)) problems.push({ field: "name", message: "must be filled in" });
  else if ([...name].length > MOST_NAME)
    problems.push({ field: "name", message: `must be at most ${MOST_NAME} characters long` });
  const long = days ?? keys.days;
  if (typeof long !== "number" || !Number.isInteger(long) || long < 1 || long > keys.maxDays)
    problems.push({ field: "days", message: `must be a whole number from 1 to ${keys.maxDays}` });
  if (access !== "read" && access !== "write") problems.push({ field: "access", message: 'must be "read" or "write"' });
  if (routes !== undefined && typeof routes !== "boolean") problems.push({ field: "routes", message: "must be true or false" });
  const tables = readNames("tables", lists.tables, known.tables, problems);
  const functions = readNames("functions", lists.functions, known.functions, problems);
  if (problems.length > 0) throw invalid(problems);
  return {
    name,
    days: Number(long),
    scope: {
      access: access === "write" ? "write" : "read",
      ...(tables === undefined ? {} : { tables }),
      ...(functions === undefined ? {} : { functions }),
      routes: typeof routes === "boolean" ? routes : tables === undefined && functions === undefined,
    },
  };
}

/** What somebody may not use is not there for them: they are told the same of it. */
function readNames(
  field: "tables" | "functions",
  given: unknown,
  known: readonly string[],
  problems: FieldProblem[],
): readonly string[] | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given) || given.length > MOST_NAMES || !given.every((each) => typeof each === "string")) {
    problems.push({ field, message: `must be a list of at most ${MOST_NAMES} names` });
    return undefined;
  }
  const names: readonly string[] = [...new Set(given)].toSorted();
  const unknown = names.find((each) => !known.includes(each));
  if (unknown !== undefined)
    problems.push({
      field,
      message: `has '${unknown.slice(0, 64)}', and there are no such ${field}${didYouMean(unknown, known)}`,
    });
  return names;
}
