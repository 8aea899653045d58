import { didYouMean } from "#base";
import { tableOf } from "#database";
import { inDoubt } from "../schema/definition-error.ts";
import type { DraftModel } from "../schema/doubts.ts";
import { type RowSource, placeOf, relatedRows } from "./build-row.ts";
import { broken, isHolder } from "./build-value.ts";

interface Members {
  some(condition: (row: Readonly<Record<string, Comparable>>) => unknown): unknown;
}

interface Comparable {
  eq(other: unknown): { and(...others: readonly unknown[]): unknown };
  in(values: readonly unknown[]): unknown;
}

/**
 * Whether the caller has a membership of that organisation, with one of these roles where some are given: a look at the table of the memberships, as
 * anybody would write it with `.some()`.
 */
export function membership(
  model: DraftModel,
  source: RowSource,
  { organisation, roles, spelling, me }: MembershipQuestion,
): unknown {
  const { organisations, doubts } = model;
  if (isHolder(organisation)) {
    const { problems } = organisation["~built"];
    if (problems.length > 0) return broken(problems);
  }
  if (organisations === undefined) {
    if (doubts?.ofOrganisations() === true) return broken([inDoubt]);
    return broken([`${spelling} needs to know who belongs where: give defineSchema organisations: true`]);
  }
  const place = placeOf(organisation);
  if (place?.table !== organisations.table) {
    const given = place === undefined ? "something else" : `one of '${place.table}'`;
    return broken([`${spelling} is asked of a row of '${organisations.table}', or of a reference to one, not of ${given}`]);
  }
  const unknown = roles?.map(String).find((role) => !organisations.roles.includes(role));
  if (unknown !== undefined)
    return broken([
      `${spelling}: members of '${organisations.table}' have no role '${unknown}'${didYouMean(unknown, organisations.roles)}`,
    ]);
  if (roles?.length === 0) return broken([`${spelling} needs a role: me.hasRoleIn(row, "${organisations.roles[0]}")`]);
  const relation = tableOf(model, organisations.table).relations.find(
    ({ cardinality, target, foreignColumn, junction }) =>
      cardinality === "many" &&
      target === organisations.members &&
      foreignColumn === organisations.organisation &&
      junction === undefined,
  );
  if (relation === undefined) return broken([inDoubt]);
  return relatedRows<Members>(source, relation, place.row).some((row) => {
    const isMe = (row[organisations.user] as Comparable).eq(me);
    return roles === undefined ? isMe : isMe.and((row[organisations.role] as Comparable).in(roles));
  });
}

export interface MembershipQuestion {
  /** As the rule gave it. */
  readonly organisation: unknown;
  /** Undefined for any. */
  readonly roles: readonly unknown[] | undefined;
  /** How it is written in a rule, for what is wrong with it. */
  readonly spelling: string;
  /** `me.id` of the rule. */
  readonly me: unknown;
}
