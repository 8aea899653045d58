/**
 * Why a value is nothing that JSON can say, with the path to it; undefined where it can. What is undefined in an object is left
 * out, as JSON does it. A `Map` or a number without a value would go out as `{}` and `null`, and nobody would know.
 */
export function jsonProblem(value: unknown): string | undefined {
  return problemAt(value, "the result", new Set());
}

function problemAt(value: unknown, path: string, above: Set<object>): string | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return undefined;
    case "number":
      return Number.isFinite(value) ? undefined : `${path} is ${value}`;
    case "object":
      return value === null ? undefined : problemInside(value, path, above);
    default:
      return `${path} is a ${typeof value}`;
  }
}

function problemInside(value: object, path: string, above: Set<object>): string | undefined {
  if (above.has(value)) return `${path} is inside itself`;
  // Dates, say, have a form of their own.
  if ("toJSON" in value && typeof value.toJSON === "function") return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = Array.isArray(value) || prototype === null || prototype === Object.prototype;
  if (!isPlain) return `${path} is a ${value.constructor.name}`;
  above.add(value);
  const problem = firstProblem(Array.isArray(value) ? value.entries() : Object.entries(value), path, above);
  above.delete(value);
  return problem;
}

function firstProblem(parts: Iterable<[string | number, unknown]>, path: string, above: Set<object>): string | undefined {
  for (const [key, part] of parts) {
    const problem = problemAt(part, `${path}.${key}`, above);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
