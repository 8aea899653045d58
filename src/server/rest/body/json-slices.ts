const QUOTE = 34;
const BACKSLASH = 92;

/** A field of an object of valid JSON, with its value exactly as it is written: numbers keep all their digits. */
export interface JsonField {
  readonly key: string;
  readonly text: string;
}

/** The fields of each object in valid JSON `[{...},{...}]`, in the order in which they stand. */
export function* sliceRows(json: string): Generator<readonly JsonField[]> {
  let at = skipTo(json, 0, "[") + 1;
  for (;;) {
    at = skipSpace(json, at);
    if (json[at] === ",") at = skipSpace(json, at + 1);
    if (json[at] !== "{") return;
    const fields: JsonField[] = [];
    at = skipSpace(json, at + 1);
    while (json[at] === '"') {
      const keyEnd = stringEnd(json, at);
      const key = JSON.parse(json.slice(at, keyEnd)) as string;
      const start = skipSpace(json, skipTo(json, keyEnd, ":") + 1);
      const end = valueEnd(json, start);
      fields.push({ key, text: json.slice(start, end) });
      at = skipSpace(json, end);
      if (json[at] === ",") at = skipSpace(json, at + 1);
    }
    at += 1;
    yield fields;
  }
}

function skipSpace(json: string, at: number): number {
  let next = at;
  while (json.charCodeAt(next) <= 32) next += 1;
  return next;
}

function skipTo(json: string, at: number, character: string): number {
  const found = json.indexOf(character, at);
  if (found === -1) throw new Error("The text is not a JSON array of objects.");
  return found;
}

function stringEnd(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at += 1;
  }
  throw new Error("The text is not valid JSON.");
}

function valueEnd(json: string, start: number): number {
  let depth = 0;
  for (let at = start; at < json.length; at++) {
    const character = json[at];
    if (character === '"') at = stringEnd(json, at) - 1;
    else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") {
      if (depth === 0) return trimEnd(json, start, at);
      depth -= 1;
    } else if (character === "," && depth === 0) return trimEnd(json, start, at);
  }
  throw new Error("The text is not valid JSON.");
}

function trimEnd(json: string, start: number, end: number): number {
  let last = end;
  while (last > start && json.charCodeAt(last - 1) <= 32) last -= 1;
  return last;
}
