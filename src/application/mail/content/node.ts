const made = new WeakSet();

/**
 * Marks what the functions of this folder made. Data of a mail comes as JSON, in which somebody may have written what looks like a link or
 * a button: without the mark it is none.
 */
export function makeNode<T extends object>(node: T): T {
  made.add(Object.freeze(node));
  return node;
}

export function isNode(value: unknown): boolean {
  return typeof value === "object" && value !== null && made.has(value);
}

/** @throws TypeError where a piece is neither text nor what these functions made: `undefined`, or an object of the data. */
export function checkContent<T>(content: readonly T[], place: string): readonly T[] {
  for (const piece of content) {
    if (typeof piece === "string" || typeof piece === "number" || isNode(piece)) continue;
    throw new TypeError(
      `${place}: its content must be text, or what strong, emphasis and link give, and not ${describe(piece)}.`,
    );
  }
  return content;
}

/** @throws TypeError where it is no text. */
export function checkText(text: unknown, place: string): string {
  if (typeof text === "string") return text;
  if (typeof text === "number") return String(text);
  throw new TypeError(`${place}: needs text, and not ${describe(text)}.`);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
