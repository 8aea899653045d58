import { describeStep, stepSql } from "./describe-step.ts";
import type { Migration } from "./migration.ts";
import type { Plan } from "../plan/plan.ts";
import type { PlannedStep } from "../step.ts";

/** The text of a migration's file: TypeScript that a person can review and edit, with the SQL of each step beside it. */
export function renderMigration(
  migration: Migration,
  { plan }: { readonly plan?: Pick<Plan, "losses" | "compatibility"> } = {},
): string {
  const { name, from, to, steps, kinds } = migration;
  return [
    'import { migration } from "chassis";',
    "",
    ...header(name, plan),
    "export default migration({",
    `  name: ${print(name)},`,
    `  from: ${print(from)},`,
    `  to: ${print(to)},`,
    "  steps: [",
    ...steps.flatMap(renderStep),
    "  ],",
    `  kinds: ${indent(print(kinds), 2)},`,
    "});",
    "",
  ].join("\n");
}

function header(name: string, plan: Pick<Plan, "losses" | "compatibility"> | undefined): readonly string[] {
  const lines = [`${name.charAt(0).toUpperCase()}${name.slice(1)}.`];
  const losses = plan?.losses ?? [];
  if (losses.length > 0) lines.push("", "What gets lost, as it was allowed:", ...losses.map(({ text }) => `- ${text}`));
  if (plan !== undefined) {
    const { isCompatible, breaks, warnings } = plan.compatibility;
    lines.push(
      "",
      isCompatible ? "The version before goes on working beside this one." : "The version before does not work on this schema:",
    );
    lines.push(...breaks.map((text) => `- ${text}`), ...warnings.map((text) => `- (works, but) ${text}`));
  }
  lines.push("", "Steps run in this order; each says what undoes it. Try it with `chassis migrate rehearse` after every edit.");
  return ["/**", ...lines.map((line) => ` * ${line.split(lineEnd).join(" ").replaceAll("*/", "* /")}`.trimEnd()), " */"];
}

/** Everything that ends a comment in JavaScript. */
const lineEnd = /\r\n|[\n\r\u2028\u2029]/;

function renderStep(step: PlannedStep, index: number): readonly string[] {
  const sql = stepSql(step).flatMap((statement) => statement.split(lineEnd));
  const { undo, ...rest } = step;
  const data = undo.length === 0 && step.type !== "sql" ? { ...rest, undo } : step.type === "sql" ? rest : { ...rest, undo };
  return [
    `    // ${index + 1}. ${describeStep(step).split(lineEnd).join(" ")}`,
    // Objects are written out below as they are.
    ...("objects" in step ? [] : sql.map((line) => `    //    ${line}`)),
    `    ${indent(print(data), 4)},`,
  ];
}

function indent(text: string, spaces: number): string {
  // Lines inside a text must stay as they are: only those that the printer made are moved.
  return text.replaceAll("\u0000", `\n${" ".repeat(spaces)}`);
}

/** A value as TypeScript; line breaks of the layout are U+0000 until they are indented. */
function print(value: unknown): string {
  if (typeof value === "string") return printText(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    const flat = `[${value.map(print).join(", ")}]`;
    return flat.length <= 90 && !flat.includes("\u0000") && !flat.includes("\n")
      ? flat
      : `[${value.map((item) => `\u0000  ${nested(print(item))},`).join("")}\u0000]`;
  }
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    if (entries.length === 0) return "{}";
    const parts = entries.map(([key, item]) => `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${print(item)}`);
    const flat = `{ ${parts.join(", ")} }`;
    return flat.length <= 100 && !flat.includes("\u0000") && !flat.includes("\n")
      ? flat
      : `{${parts.map((part) => `\u0000  ${nested(part)},`).join("")}\u0000}`;
  }
  return String(value);
}

function nested(text: string): string {
  return text.replaceAll("\u0000", "\u0000  ");
}

function printText(text: string): string {
  if (!text.includes("\n")) return JSON.stringify(text);
  return `\`${text.replaceAll("\\", "\\\\").replaceAll("`", "\\`").replaceAll("${", "\\${").replaceAll("\r", "\\r").replaceAll("\u0000", "\\0")}\``;
}
