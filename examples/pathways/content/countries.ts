/**
 * Countries as top-level domains name them: two letters, which are those of ISO 3166-1 but for `uk`. Two-letter domains that
 * are no country's stand in `others`.
 */
const others: ReadonlySet<string> = new Set(["eu", "su", "ac"]);
const american: ReadonlySet<string> = new Set(["edu", "gov", "mil"]);
const english: Intl.DisplayNames = new Intl.DisplayNames("en", { type: "region", fallback: "none" });

/** The country that a domain's last label tells, or null where it tells none. */
export function countryOf(domain: string): string | null {
  const last = domain.slice(domain.lastIndexOf(".") + 1);
  if (american.has(last)) return "us";
  return /^[a-z]{2}$/.test(last) && !others.has(last) && countryName(last) !== null ? last : null;
}

/** The English name of a country, or null where there is none of that code. */
export function countryName(code: string): string | null {
  return /^[a-z]{2}$/.test(code) ? (english.of(code.toUpperCase()) ?? null) : null;
}
