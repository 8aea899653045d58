import type { ReferenceCircle } from "#application";
import type { Terminal } from "../command-line/terminal.ts";

/** A line for each: what needs what, and what to do. */
export function describeCircles(circles: readonly ReferenceCircle[], terminal: Terminal): readonly string[] {
  return circles.map((circle) => `${terminal.style("yellow", "No first row can be written:")} ${describeCircle(circle)}`);
}

function describeCircle(circle: ReferenceCircle): string {
  const needs = circle.map(
    ({ table, column }, index) => `${table}.${column} needs a row of ${circle[index + 1]?.table ?? circle[0]?.table}`,
  );
  const fields = circle.map(({ table, column }) => `${table}.${column}`).join(" or ");
  return `${needs.join(", and ")}. Add .optional() to ${fields}, and set it once the rows are there; as it is, only \`chassis import\` fills these tables.`;
}
