import { now, today } from "../rules/moments.ts";
import type { Argument, Call, PulledField, PulledSchema, PulledTable } from "./pulled-schema.ts";

export interface PrintOptions {
  /** What it was pulled from, for the first line. */
  readonly origin: string;
  /** What the schema imports from. */
  readonly library: string;
}

const WIDTH = 128;

/** The schema as TypeScript that a person would write, with what could not be taken over in comments. */
export function printSchema(pulled: PulledSchema, { origin, library }: PrintOptions): string {
  const names = new Set(["defineSchema", ...pulled.tables.flatMap(usedNames)]);
  return [
    `import { ${[...names].sort().join(", ")} } from ${JSON.stringify(library)};`,
    "",
    ...wrapped(
      `Pulled from ${oneLine(origin)}. A name in quotes is what a table or column is called there. Look at what says "guessed" and at what is not taken over, then change what you like.`,
      "// ",
    ),
    ...(pulled.leftOut.length === 0 ? [] : ["//", "// Not taken over:"]),
    ...pulled.leftOut.flatMap(({ what, reason }) => wrapped(`- ${what}: ${reason}`, "// ", "//   ")),
    "export const schema = defineSchema({",
    ...pulled.tables.flatMap(printTable),
    "});",
    "",
  ].join("\n");
}

function usedNames({ fields, unique, indexes, checks }: PulledTable): readonly string[] {
  const used = fields.flatMap(({ calls }) => [
    calls[0]?.name ?? "",
    ...calls.flatMap((call) => call.arguments.flatMap(momentName)),
  ]);
  return unique.length + indexes.length + checks.length > 0 ? [...used, "table"] : used;
}

function momentName(argument: Argument): readonly string[] {
  if (argument === now) return ["now"];
  return argument === today ? ["today"] : [];
}

function printTable(pulled: PulledTable): readonly string[] {
  const { name, source, unique, indexes, checks } = pulled;
  const title = `${source.name === name ? "" : `${JSON.stringify(source.name)}, `}${source.rows} row${source.rows === 1 ? "" : "s"}`;
  const comments = [title, ...pulled.comments].flatMap((text) => wrapped(text, "  // ", "  //   "));
  const hasOptions = unique.length + indexes.length + checks.length > 0;
  if (!hasOptions) return [...comments, `  ${name}: {`, ...pulled.fields.map((field) => printField(field, "    ")), "  },"];
  const sets = (list: readonly (readonly string[])[]): string =>
    `[${list.map((set) => `[${set.map((each) => JSON.stringify(each)).join(", ")}]`).join(", ")}]`;
  return [
    ...comments,
    `  ${name}: table(`,
    "    {",
    ...pulled.fields.map((field) => printField(field, "      ")),
    "    },",
    "    {",
    ...(unique.length === 0 ? [] : [`      unique: ${sets(unique)},`]),
    ...(indexes.length === 0 ? [] : [`      indexes: ${sets(indexes)},`]),
    ...(checks.length === 0
      ? []
      : [
          "      checks: (row) => ({",
          ...checks.map(({ name: check, left, operator, right }) => `        ${check}: row.${left}.${operator}(row.${right}),`),
          "      }),",
        ]),
    "    },",
    "  ),",
  ];
}

function printField({ name, calls, comment }: PulledField, indent: string): string {
  const line = `${indent}${name}: ${calls.map(printCall).join(".")},`;
  if (comment === undefined) return line;
  const beside = `${line} // ${oneLine(comment)}`;
  return beside.length <= WIDTH ? beside : [...wrapped(comment, `${indent}// `), line].join("\n");
}

function printCall({ name, arguments: values }: Call): string {
  return `${name}(${values.map(printArgument).join(", ")})`;
}

function printArgument(argument: Argument): string {
  const [moment] = momentName(argument);
  return moment ?? JSON.stringify(argument).replace(UNSEEN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** What ends a line for JavaScript and not for JSON, and what shows code in another order than it is run in (CVE-2021-42574). */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Names of any hand may hold anything: in a comment they must not end it, nor a terminal take them for orders. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
}

function wrapped(text: string, prefix: string, next = prefix): readonly string[] {
  const lines: string[] = [];
  let line = prefix;
  for (const word of oneLine(text).split(" ")) {
    if (line.length + word.length > WIDTH && line.trim() !== prefix.trim() && line.trim() !== next.trim()) {
      lines.push(line.trimEnd());
      line = next;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
