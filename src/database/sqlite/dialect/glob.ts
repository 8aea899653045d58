import { likeParts } from "../../expression/patterns.ts";

/** A LIKE pattern as a GLOB pattern, which SQLite matches by character and with case. */
export function globPattern(like: string): string {
  return likeParts(like)
    .map((part) =>
      part.type === "any"
        ? "*"
        : part.type === "one"
          ? "?"
          : /[*?[]/.test(part.character)
            ? `[${part.character}]`
            : part.character,
    )
    .join("");
}
