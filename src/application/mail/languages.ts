/** The subtag of a script in which people read from right to left (Unicode, bidirectional class R or AL). */
const rightToLeft: ReadonlySet<string> = new Set(["Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg", "Mand", "Samr"]);

/** A language tag as it is written by convention (`nl-BE`), or undefined where it is none (RFC 5646). */
export function readLanguage(tag: unknown): string | undefined {
  if (typeof tag !== "string" || tag.length > 100) return undefined;
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

export function directionOf(language: string): "ltr" | "rtl" {
  return rightToLeft.has(new Intl.Locale(language).maximize().script ?? "") ? "rtl" : "ltr";
}

/** The best of what there is for a wanted language: `nl-BE`, then `nl` (lookup, RFC 4647 section 3.4). Undefined where none fits. */
export function lookUpLanguage(wanted: string, available: Iterable<string>): string | undefined {
  const byName = new Map([...available].map((tag) => [tag.toLowerCase(), tag]));
  let range = wanted.toLowerCase();
  while (range !== "") {
    const found = byName.get(range);
    if (found !== undefined) return found;
    // A single letter only announces what follows it.
    range = range.replace(/(?:^|-)[^-]*$/, "").replace(/-[^-]$/, "");
  }
  return undefined;
}
