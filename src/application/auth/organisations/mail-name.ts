/** Characters of a name that stand in a mail at the most. */
const MOST = 40;

/**
 * What an organisation is called, as it may stand in a mail to somebody who asked for none: whoever makes an organisation chooses its name, and must not write
 * to strangers by it. No address, no number to call, no line of its own; cut short. Empty where nothing is left.
 */
export function nameForMail(name: string | null): string {
  const plain = (name ?? "")
    .normalize("NFKC")
    // A dot or colon within a word makes an address of it; what is no letter may draw one.
    .replaceAll(/[^\p{L}\p{M}\p{N} '’&,.()-]/gu, " ")
    .replaceAll(/[.](?=\S)/g, " ")
    .replaceAll(/(?<![\p{L}\p{N}])\p{N}[\p{N} '’.,()-]{4,}\p{N}(?![\p{L}\p{N}])/gu, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  const letters = [...plain];
  return letters.length <= MOST
    ? plain
    : `${letters
        .slice(0, MOST - 1)
        .join("")
        .trim()}…`;
}
