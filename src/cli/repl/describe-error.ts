import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { AppError } from "#contract";
import { ChassisError } from "#client";
import { CommandError } from "../command-line/command-error.ts";

/** What was wrong, with its details and what to do, where it is an error that the back end means; undefined for every other. */
export function describeOwnError(error: unknown): string | undefined {
  // What refused a request before it was sent.
  if (error instanceof ChassisError && error.cause instanceof CommandError) return error.cause.message;
  if (error instanceof CommandError) return error.message;
  const isMeant = error instanceof ChassisError || (error instanceof AppError && error.error !== "internal");
  if (!isMeant) return undefined;
  const { code, message, details, hint, fields = [] } = error;
  return [
    `${message} (${code})`,
    ...(fields.length > 0 ? fields.map(({ field, message }) => `  '${field}' ${message}`) : [details]),
    hint,
  ]
    .filter((line) => line !== null)
    .join("\n");
}

const ourFolder = fileURLToPath(new URL("../..", import.meta.url));

/** What was thrown at first, and where, without the frames of Node.js and of the back end. */
export function describeAnyError(thrown: unknown): string {
  const own = describeOwnError(thrown);
  if (own !== undefined) return own;
  const error = originOf(thrown);
  if (!(error instanceof Error)) return `Uncaught ${inspect(error)}`;
  const frames = (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !line.includes("node:") && !line.includes(ourFolder));
  // What called the code that was given is the command line.
  const outermost = frames.findLastIndex((line) => /\bcode:\d+:\d+\)?$/.test(line));
  const shown = outermost === -1 ? frames : frames.slice(0, outermost + 1);
  return [`Uncaught ${error.name}: ${error.message}`, ...shown].join("\n");
}

/** Who is at the prompt may know what callers are not told. */
function originOf(error: unknown): unknown {
  const cause = isHidden(error) ? error.cause : undefined;
  if (!(cause instanceof Error)) return error;
  return cause.cause ?? cause;
}

/** Something that failed, of which callers hear no more than that. */
export function isHidden(error: unknown): error is AppError {
  return error instanceof AppError && error.error === "internal";
}
