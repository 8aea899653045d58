import type { GrammarFeature } from "./grammar-feature.ts";
import { grammarTable } from "./grammar-table.ts";

const words: Readonly<Record<GrammarFeature["support"], string>> = { yes: "yes", differs: "differs", no: "no", ours: "ours" };

/** The page of the reference that shows the table. */
export function renderGrammar(): string {
  const areas = grammarTable.map(({ title, features }) => [
    `## ${title}`,
    "",
    "| Feature | Written | Here | |",
    "|---|---|---|---|",
    ...features.map(
      (feature) =>
        `| ${[feature.feature, writtenAs(feature), words[feature.support], feature.note ?? ""].map(escapeCell).join(" | ")} |`,
    ),
    "",
  ]);
  return [
    "# The grammar of /rest/v1",
    "",
    "Tables, rows and functions are served in [PostgREST](https://postgrest.org)'s grammar, so that its clients work unchanged.",
    "This page lists every feature of it: `yes` works as PostgREST's documentation says, `differs` works with the difference that",
    "is named, `no` is refused with an error of its own, and `ours` is what PostgREST has not.",
    "",
    ...areas.flat(),
  ].join("\n");
}

function writtenAs({ search, accept, prefer, written }: GrammarFeature): string {
  if (search !== undefined) return `\`?${search}\``;
  if (accept !== undefined) return `\`Accept: ${accept}\``;
  return prefer === undefined ? (written ?? "") : `\`Prefer: ${prefer}\``;
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
