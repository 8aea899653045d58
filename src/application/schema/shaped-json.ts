import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type Kind, kinds, type Parsed } from "#contract";

/** The JSON kind for values of a shape that a Standard Schema describes. What is kept is what the schema gives back. */
export function shapedJson(shape: StandardSchemaV1): Kind {
  const check = (value: unknown): Parsed => {
    const result = shape["~standard"].validate(value);
    if (result instanceof Promise) throw new TypeError("The shape of a json() field must be checked at once, not by a promise.");
    if (result.issues === undefined) return kinds.json.fromJson(result.value, {});
    return { ok: false, message: result.issues.map(issueText).join("; ") || "has the wrong shape" };
  };
  return {
    ...kinds.json,
    fromJson: check,
    fromText: (text) => {
      const parsed = kinds.json.fromText(text, {});
      return parsed.ok ? check(JSON.parse(String(parsed.value))) : parsed;
    },
  };
}

/** `at 'tags.0': Expected string`. */
function issueText(issue: StandardSchemaV1.Issue): string {
  const path = (issue.path ?? []).map((step) => String(typeof step === "object" ? step.key : step)).join(".");
  return path === "" ? issue.message : `at '${path}': ${issue.message}`;
}
