import type { StandardSchemaV1 } from "@standard-schema/spec";
import { AppError, type FieldProblem } from "#contract";

/** What the schema makes of the input. Without a schema there must be none; `needless` says so. Throws `validationFailed`. */
export async function validateInput(schema: StandardSchemaV1 | undefined, input: unknown, needless: string): Promise<unknown> {
  if (schema === undefined) {
    const isEmpty = input === undefined || input === null || (typeof input === "object" && Object.keys(input).length === 0);
    if (isEmpty) return undefined;
    throw new AppError("validationFailed", { details: needless });
  }
  const result = await schema["~standard"].validate(input);
  if (result.issues === undefined) return result.value;
  const shown = result.issues.slice(0, maxProblems);
  const hint = `${result.issues.length - shown.length} more problems are not listed.`;
  throw new AppError("validationFailed", {
    fields: shown.map(toProblem),
    ...(shown.length < result.issues.length ? { hint } : {}),
  });
}

/** A schema may complain of every value of a long list: nobody reads them all. */
const maxProblems = 100;

function toProblem({ message, path = [] }: StandardSchemaV1.Issue): FieldProblem {
  const field = path.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
  return { field, message };
}
