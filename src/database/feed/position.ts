import { AppError } from "#contract";

/** The position after an entry, as text: the same everywhere within one incarnation, and good only there. */
export function writePosition(incarnation: string, sequence: number): string {
  return `${incarnation}.${sequence}`;
}

/** @throws AppError `invalidValue` for a text that is no position. */
export function readPosition(text: string): { readonly incarnation: string; readonly sequence: number } {
  const [, incarnation, sequence] = /^([A-Za-z0-9_-]{1,64})\.(\d{1,15})$/.exec(text) ?? [];
  if (incarnation === undefined || sequence === undefined) {
    throw new AppError("invalidValue", { details: "This is not a position in the feed: give one as the feed gave it." });
  }
  return { incarnation, sequence: Number(sequence) };
}
