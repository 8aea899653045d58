import type { JsonStep, Path } from "#application";
import { overLimit, type RestLimits } from "../rest-limits.ts";
import type { Scanner } from "./scanner.ts";

const DASH = 45;
const GREATER = 62;
const none: readonly JsonStep[] = [];

/** `column`, `column->key->0->>key`. */
export function parsePath(scanner: Scanner, limits: RestLimits): Path {
  scanner.skipSpace();
  return parseSteps(scanner, scanner.name("a column"), limits);
}

/** The rest of a path whose column has been read. */
export function parseSteps(scanner: Scanner, column: string, limits: RestLimits): Path {
  if (scanner.peek() !== DASH) return { column, json: none };
  const json: JsonStep[] = [];
  while (scanner.take("->")) {
    if (json.length === limits.jsonSteps) throw overLimit(limits, "jsonSteps", "A path leads too deep into JSON");
    const asText = scanner.peek() === GREATER;
    if (asText) scanner.position += 1;
    json.push({ key: parseKey(scanner), asText });
  }
  return { column, json };
}

const INDEX = /(-?\d{1,9})(?=->|::|[.,)]|$)/y;

function parseKey(scanner: Scanner): string | number {
  INDEX.lastIndex = scanner.position;
  const index = INDEX.exec(scanner.text)?.[1];
  if (index === undefined) return scanner.jsonKey();
  scanner.position += index.length;
  return Number(index);
}
