import { type Expression, provenThing } from "#database";
import { rewrite, someNode } from "../rewrite.ts";

/** A kind of caller that a rule is compared for. */
export interface CallerKind {
  readonly name: string;
  readonly signedIn: boolean;
  /** Undefined for whatever roles: any set of them. */
  readonly roles: readonly string[] | undefined;
}

/** Nobody, somebody without a role, somebody with each role alone, and somebody with any set of them where rules ask for more than one. */
export function callerKinds(roles: readonly string[]): readonly CallerKind[] {
  return [
    { name: "anonymous visitors", signedIn: false, roles: [] },
    { name: "people who are signed in", signedIn: true, roles: [] },
    ...roles.map((role) => ({ name: `people with the role ${role}`, signedIn: true, roles: [role] })),
    ...(roles.length > 1 ? [{ name: "people with several roles", signedIn: true, roles: undefined }] : []),
  ];
}

/** The roles that expressions ask for, without what a session has shown. */
export function rolesIn(expressions: readonly (Expression | undefined)[]): readonly string[] {
  const roles = new Set<string>();
  for (const expression of expressions)
    if (expression !== undefined)
      someNode(expression, (part) => {
        if (part.type === "role" && part.role !== undefined && provenThing(part.role) === undefined) roles.add(part.role);
        return false;
      });
  return [...roles].sort();
}

/** The expression for one kind of caller: what is known of them is put in, what differs among them stays open. */
export function boundTo(expression: Expression, { signedIn, roles }: CallerKind): Expression {
  return rewrite(expression, (part) => {
    if (part.type === "actor") return signedIn ? undefined : { type: "constant", value: null, valueType: part.valueType };
    if (part.type !== "role") return undefined;
    if (!signedIn) return truth(false);
    if (part.role === undefined) return truth(true);
    return roles === undefined || provenThing(part.role) !== undefined ? undefined : truth(roles.includes(part.role));
  });
}

function truth(value: boolean): Expression {
  return { type: "constant", value: value ? 1 : 0, valueType: { scalar: "bool" } };
}
