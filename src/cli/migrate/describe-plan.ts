import { describeStep, type Plan } from "#database";
import { count, type Terminal } from "../command-line/terminal.ts";

/** The steps of a plan, what was allowed to get lost, and what the version before makes of it. */
export function describePlan({ steps, losses, compatibility }: Plan, terminal: Pick<Terminal, "print" | "style">): void {
  terminal.print(terminal.style("bold", `${count(steps.length, "step")} to the definition:`));
  for (const step of steps) terminal.print(`  ${describeStep(step)}`);
  for (const { text, isAllowed } of losses) if (isAllowed) terminal.print(`  ${terminal.style("yellow", "allowed:")} ${text}`);
  if (compatibility.isCompatible) terminal.print("The version before goes on working beside it.");
  else {
    terminal.print(terminal.style("yellow", "The version before does not work on it: stop that one first."));
    for (const line of compatibility.breaks) terminal.print(`  ${line}`);
  }
  for (const line of compatibility.warnings) terminal.print(`  ${line}`);
}
