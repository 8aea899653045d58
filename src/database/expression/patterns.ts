import { AppError } from "#contract";
import { RE2JS, RE2JSException } from "re2js";
import { codePointLength } from "./text.ts";

/** Longer patterns are refused: a database has a limit of its own, at which it only says that the pattern is too complex. */
const maxPatternLength = 8_000;

/** A character of a LIKE pattern that stands for itself, any one character, or any text. */
export type LikePart =
  | { readonly type: "literal"; readonly character: string }
  | { readonly type: "one" }
  | { readonly type: "any" };

/** SQL's LIKE: `%`, `_`, and the backslash that takes the meaning from the character after it. */
export function likeParts(pattern: string): readonly LikePart[] {
  const parts: LikePart[] = [];
  let escaped = false;
  for (const character of pattern) {
    if (escaped || (character !== "\\" && character !== "%" && character !== "_")) {
      parts.push({ type: "literal", character });
      escaped = false;
    } else if (character === "\\") escaped = true;
    else parts.push(character === "_" ? { type: "one" } : { type: "any" });
  }
  if (escaped) parts.push({ type: "literal", character: "\\" });
  return parts;
}

/** Case matters. Goes back only to the last `%`, so its time is at most the product of the lengths. */
export function matchesLike(text: string, pattern: string): boolean {
  const characters = [...text];
  const parts = likeParts(pattern);
  let [at, part, lastAny, resume] = [0, 0, -1, 0];
  while (at < characters.length) {
    const wanted = parts[part];
    if (wanted?.type === "any") {
      lastAny = part++;
      resume = at;
    } else if (wanted !== undefined && (wanted.type === "one" || wanted.character === characters[at])) {
      part++;
      at++;
    } else if (lastAny >= 0) {
      part = lastAny + 1;
      at = ++resume;
    } else return false;
  }
  while (parts[part]?.type === "any") part++;
  return part === parts.length;
}

const compiled = new Map<string, RE2JS | null>();
const maxCompiled = 200;

function compile(pattern: string, ignoreCase: boolean): RE2JS | null {
  const key = (ignoreCase ? "i" : "c") + pattern;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const made = tryCompile(pattern, ignoreCase);
  const [oldest] = compiled.keys();
  if (compiled.size >= maxCompiled && oldest !== undefined) compiled.delete(oldest);
  compiled.set(key, made);
  return made;
}

const regularExpressionLimits = { length: 500, repetitions: 200 } as const;

function tryCompile(pattern: string, ignoreCase: boolean): RE2JS | null {
  if (pattern.length > maxPatternLength) return null;
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0));
  } catch (error) {
    if (error instanceof RE2JSException) return null;
    throw error;
  }
}

/**
 * Whether some part of the text matches, in time linear in the text (RE2's syntax: no back references, no look-around).
 * Null for a pattern that is none.
 */
export function matchesRegularExpression(text: string, pattern: string, ignoreCase: boolean): boolean | null {
  return compile(pattern, ignoreCase)?.test(text) ?? null;
}

/**
 * The pattern as it is; throws `invalidQuery` for one that is none, `limitExceeded` for one whose program would be large:
 * making it takes time before any text is looked at. Made here, so that no row has to wait for it.
 */
export function checkRegularExpression(pattern: string, ignoreCase: boolean): string {
  const repetitions = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].reduce(
    (sum, [, least, most]) => sum + Number(most || least),
    0,
  );
  if (pattern.length > regularExpressionLimits.length || repetitions > regularExpressionLimits.repetitions) {
    const { length, repetitions: most } = regularExpressionLimits;
    throw new AppError("limitExceeded", {
      message: `A regular expression may have at most ${length} characters, and counts such as {3} that add up to at most ${most}.`,
    });
  }
  if (compile(pattern, ignoreCase) !== null) return pattern;
  throw new AppError("invalidQuery", {
    message: "The regular expression is not valid.",
    hint: "The syntax is RE2's: no back references and no look-around.",
  });
}

export function checkPatternLength(pattern: string): void {
  if (pattern.length <= maxPatternLength) return;
  throw new AppError("limitExceeded", {
    message: `A pattern may have at most ${maxPatternLength} characters; this one has ${codePointLength(pattern)}.`,
  });
}
