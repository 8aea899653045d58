import type { AppError } from "#contract";

/** An error about what somebody gave, in one line: its fields where it has any, which the details say once more. */
export function describeProblem({ message, details, fields }: AppError): string {
  // Of a list the first part of a field's path is the place of the row, which its line says better.
  if (fields !== undefined && fields.length > 0)
    return `${fields.map(({ field, message }) => `'${field.replace(/^\d+\./, "")}' ${message}`).join("; ")}.`;
  return details === null ? message : `${message} ${details}`;
}
