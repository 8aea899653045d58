import type { Loss, Question } from "./plan.ts";
import type { PlannedStep, Step } from "../step.ts";

/**
 * The order in which steps run. What follows rows is taken off first, then names change, so that all after it speak of the new ones; what loosens before what changes values,
 * what tightens after it; what is dropped goes last.
 */
export const sections = [
  "dropSearch",
  "dropTrigger",
  "rename",
  "renameParts",
  "create",
  "loosen",
  "columns",
  "values",
  "tighten",
  "index",
  "search",
  "trigger",
  "hideColumns",
  "hideTables",
] as const;
export type Section = (typeof sections)[number];

interface Entry {
  readonly section: Section;
  readonly up: Step;
  readonly down: readonly Step[];
}

/** A plan in the making. */
export class Draft {
  readonly #entries: Entry[] = [];
  readonly questions: Question[] = [];
  readonly losses: Loss[] = [];

  add(section: Section, up: Step, ...down: readonly Step[]): void {
    this.#entries.push({ section, up, down });
  }

  /** One thing more that undoes what the first step of this kind for that table does; it runs last of all of them. */
  addUndo(first: (step: Step) => boolean, down: Step): void {
    const entry = this.#inOrder().find(({ up }) => first(up));
    if (entry !== undefined) this.#entries[this.#entries.indexOf(entry)] = { ...entry, down: [...entry.down, down] };
  }

  /** Takes the step back that was added last. */
  removeLast(): void {
    this.#entries.pop();
  }

  get steps(): readonly PlannedStep[] {
    return this.#inOrder().map(({ up, down }) => ({ ...up, undo: down }));
  }

  #inOrder(): readonly Entry[] {
    return sections.flatMap((section) => this.#entries.filter((entry) => entry.section === section));
  }
}
