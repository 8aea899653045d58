import { didYouMean, parseDuration } from "#base";
import { kinds } from "#contract";
import { createScopes, type Expression, expressions, provenRole } from "#database";
import { proofNames } from "../auth/session-table.ts";
import { inDoubt } from "../schema/definition-error.ts";
import type { DraftModel } from "../schema/doubts.ts";
import { type RowSource, rowSource } from "./build-row.ts";
import { broken, isProbe, valueOf } from "./build-value.ts";
import { membership } from "./membership.ts";
import type { Built } from "./value.ts";

const timestamp = { scalar: "timestamp" } as const;

function provedWithin(time: unknown): unknown {
  let milliseconds: number;
  try {
    milliseconds = parseDuration(String(time));
  } catch (error) {
    return broken([`me.provedWithin("${String(time)}"): the time ${(error as Error).message}`]);
  }
  const seconds: Expression = { type: "constant", value: -milliseconds / 1000, valueType: { scalar: "integer" } };
  const since = expressions.call("addSeconds", expressions.call("now"), seconds);
  const proved: Expression = { type: "actor", fact: { type: "proved" }, valueType: timestamp };
  return valueOf({ expression: expressions.call("gte", proved, since), type: { scalar: "bool" }, problems: [] });
}

/** `me`, as rules speak of who is asking. `source`: what the rows beside it are built from. */
export function actorValue<T>(model: DraftModel, source: RowSource = rowSource(model, createScopes("m"))): T {
  const { roles, claims, actorId, doubts } = model;
  const role = (name: string | undefined): unknown =>
    valueOf({ expression: { type: "role", role: name }, type: { scalar: "bool" }, problems: [] });
  const id: unknown = doubts?.ofField("users", "id")
    ? broken([inDoubt])
    : valueOf({
        expression: { type: "actor", fact: { type: "id" }, valueType: actorId },
        type: actorId,
        problems: [],
      });
  const members: Readonly<Record<string, unknown>> = {
    id,
    belongsTo: (organisation: unknown) =>
      membership(model, source, { organisation, roles: undefined, spelling: "me.belongsTo()", me: id }),
    hasRoleIn: (organisation: unknown, ...wanted: readonly unknown[]) =>
      membership(model, source, { organisation, roles: wanted, spelling: "me.hasRoleIn()", me: id }),
    isSignedIn: role(undefined),
    isVerified: role(provenRole("verified")),
    isAnonymous: role(provenRole("anonymous")),
    hasProved: (proof: unknown) => {
      if (proofNames.some((name) => name === proof)) return role(provenRole(String(proof)));
      return broken([
        `me.hasProved("${String(proof)}"): it is one of ${proofNames.join(", ")}${didYouMean(String(proof), proofNames)}`,
      ]);
    },
    provedWithin,
    hasRole: (name: unknown) => {
      if (typeof name === "string" && roles.includes(name)) return role(name);
      if (doubts?.ofRoles()) return broken([inDoubt]);
      return broken([
        `me.hasRole("${String(name)}"): the schema has no role '${String(name)}'${didYouMean(String(name), roles) || `: give defineSchema roles: [${[...roles, String(name)].map((each) => JSON.stringify(each)).join(", ")}]`}`,
      ]);
    },
    claim: (name: unknown) => {
      if (doubts?.ofClaim(String(name))) return broken([inDoubt]);
      const valueType = claims.get(String(name));
      if (valueType === undefined) {
        return broken([
          `me.claim("${String(name)}"): the schema has no claim '${String(name)}'${didYouMean(String(name), claims.keys())}`,
        ]);
      }
      const built: Built = {
        expression: { type: "actor", fact: { type: "claim", name: String(name) }, valueType },
        type: valueType,
        problems: [],
      };
      return valueOf(built, {
        kind: kinds[valueType.scalar],
        options: valueType.scale === undefined ? {} : { scale: valueType.scale },
      });
    },
  };
  return new Proxy(members, {
    get: (target, key) => {
      if (typeof key !== "string" || isProbe(key)) return undefined;
      return Object.hasOwn(target, key) ? target[key] : broken([`me has no '${key}'${didYouMean(key, Object.keys(target))}`]);
    },
  }) as T;
}
