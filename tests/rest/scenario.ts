import type { Sent } from "../support/live-projects.ts";

/** A request and all of its answer. */
export interface Scenario extends Sent {
  readonly name: string;
  /** Rows of the table of the grammar, as `Area: Feature`. */
  readonly covers: readonly string[];
  readonly path: string;
  readonly status: number;
  /** The body as JSON, or as it is where it is a text. */
  readonly answer?: unknown;
  readonly matches?: RegExp;
  /** The code of an error. */
  readonly code?: string;
  /** Headers by name; null for one that must not be there. */
  readonly answered?: Readonly<Record<string, string | RegExp | null>>;
}

export const titles = (...names: readonly string[]): readonly { readonly title: string }[] => names.map((title) => ({ title }));

export const rollback: Readonly<Record<string, string>> = { prefer: "tx=rollback, return=representation" };
export const form: string = "application/x-www-form-urlencoded";

export const filter = (search: string, found: readonly string[], covers: string): Scenario => ({
  name: `?${search}`,
  covers: [`Filters: ${covers}`],
  path: `/tasks?select=title&order=title&${search}`,
  as: "ann",
  status: 200,
  answer: titles(...found),
});

export const get = (
  name: string,
  covers: readonly string[],
  path: string,
  answer: unknown,
  over: Partial<Scenario> = {},
): Scenario => ({
  name,
  covers,
  path,
  as: "ann",
  status: 200,
  answer,
  ...over,
});
