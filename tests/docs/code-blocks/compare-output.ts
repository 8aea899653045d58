import assert from "node:assert/strict";
import type { CodeBlock } from "./read-page.ts";

/**
 * Holds what a page shows to what came. JSON: the same value, in which the text `…` is anything. Everything else: each line stands in
 * the output, in that order; in a line `…` is anything.
 */
export function assertShown({ language, text }: Pick<CodeBlock, "language" | "text">, output: string): void {
  if (language === "json") {
    const value: unknown = JSON.parse(output);
    assert.deepEqual(value, fill(JSON.parse(text), value));
    return;
  }
  let from = 0;
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "" || line === "…") continue;
    const match = new RegExp(
      line
        .split("…")
        .map((part) => RegExp.escape(part))
        .join("[^\\n]*"),
      "i",
    ).exec(output.slice(from));
    assert.ok(match !== null, `${line}\n\nis not (or not there) in\n\n${output}`);
    from += match.index + match[0].length;
  }
}

/** What is shown, with what came in the place of each `…`. */
function fill(shown: unknown, came: unknown): unknown {
  if (shown === "…" && came !== undefined) return came;
  if (Array.isArray(shown)) return shown.map((item, index) => fill(item, Array.isArray(came) ? came[index] : undefined));
  if (typeof shown !== "object" || shown === null) return shown;
  const other = (typeof came === "object" && came !== null ? came : {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(shown).map(([key, value]) => [key, fill(value, other[key])]));
}
