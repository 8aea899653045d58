import { type AuthPageChanges, type AuthPageWords, authPageWordsIn } from "#application";

type Values = Readonly<Record<string, string | number>>;

/** What a page says, in the reader's language. */
export interface Speech {
  /** Its tag. */
  readonly language: string;
  /** A text of ours with what it names filled in. What is filled in is not looked at again. */
  readonly say: (name: keyof AuthPageWords, values?: Values) => string;
  /** A time from now, or ago where it is negative, in seconds: "in 3 minutes", "yesterday". */
  readonly when: (seconds: number) => string;
}

const units: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** `languages`: those that are wanted, the dearest first. */
export function createSpeech(
  languages: readonly string[],
  { site, changes }: { readonly site: string; readonly changes: AuthPageChanges },
): Speech {
  const { language, words } = authPageWordsIn(languages, changes);
  return {
    language,
    say: (name, values = {}) => fill(words[name], { site, ...values }),
    when(seconds) {
      const size = Math.abs(seconds);
      const [unit, length] = units.find(([, each]) => size >= each) ?? ["second", 1];
      // Whoever comes back when it says must not be too early.
      const amount = seconds > 0 ? Math.ceil(seconds / length) : Math.round(seconds / length);
      return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(amount, unit);
    },
  };
}

function fill(text: string, values: Values): string {
  return text.replaceAll(/\{(\w+)\}/g, (all, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : all));
}
