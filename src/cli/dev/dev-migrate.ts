import { systemClock } from "#base";
import { type Applied, describeStep, migrationId, type NamedMigration, type Plan } from "#database";
import { confirm } from "../command-line/ask.ts";
import { describePlan } from "../migrate/describe-plan.ts";
import type { DevProcess } from "./dev-process.ts";
import { describeOpen, settle } from "../migrate/migrate-answers.ts";
import type { Terminal } from "../command-line/terminal.ts";

/** A change of the database that everybody concerned agrees to. */
export interface AgreedChange {
  readonly migration: NamedMigration;
  /** The version that serves cannot go on beside it. */
  readonly needsStop: boolean;
}

/**
 * What the new version needs of the database. What is safe is agreed to by itself; anything else is shown and asked about, and refused
 * where nobody is there to answer. Undefined where nothing has to change.
 *
 * @throws Error in words, where it was not agreed to.
 */
export async function agreeOnChange(version: DevProcess, terminal: Terminal): Promise<AgreedChange | undefined> {
  const first = (await version.ask({ type: "plan", answers: {} }, "planned")).plan;
  if (first === undefined || first.isEmpty) return undefined;
  if (first.isSafe) return agreed(first);
  const replan = async (answers: Parameters<Parameters<typeof settle>[0]>[0]): Promise<Plan> =>
    (await version.ask({ type: "plan", answers }, "planned")).plan ?? first;
  if (terminal.ask === undefined) throw new Error(describeDifference(first));
  terminal.report("\nThe database differs from the new definition.");
  const { plan } = await settle(replan, {}, terminal);
  if (!plan.isReady) throw new Error(describeDifference(plan));
  if (plan.isEmpty) return undefined;
  describePlan(plan, { ...terminal, print: (line = "") => terminal.report(line) });
  if (!(await confirm(terminal, "Change the database so?")))
    throw new Error("The database stays as it is, and so does what is served.");
  return agreed(plan);
}

function agreed({ from, to, steps, kinds, compatibility }: Plan): AgreedChange {
  // Only development has no file of it: what other databases need is planned against them.
  const id = migrationId(`dev ${to.slice(0, 6)}`, systemClock);
  return { migration: { id, migration: { name: "dev", from, to, steps, kinds } }, needsStop: !compatibility.isCompatible };
}

function describeDifference(plan: Plan): string {
  const { isReady, steps, compatibility } = plan;
  const open = describeOpen(plan);
  const lines = open.length > 0 ? open : [...steps.map(describeStep), ...compatibility.breaks];
  const apply = isReady && compatibility.isCompatible ? "" : "end this process, ";
  return (
    `The database differs from the new definition:\n${lines.map((line) => `  ${line}`).join("\n")}\n` +
    "At a terminal `chassis dev` asks, and then changes it. Elsewhere write the change by `chassis migrate plan`" +
    `${open.length > 0 ? " with these options" : ""}, ${apply}apply it by \`chassis migrate apply\`, and ${apply === "" ? "save again" : "start anew"}; ` +
    "or put the definition back as it was."
  );
}

export function describeChange({ steps, milliseconds }: Applied): string {
  return `The database was changed: ${steps.map(({ text }) => text).join(", ")} (${Math.round(milliseconds)} ms).`;
}
