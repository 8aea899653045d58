import type { Stored } from "#contract";

/** What tells one state of a row from every other. */
export interface RowTag {
  readonly version: number;
  /**
   * When the row last changed, in milliseconds since 1970: a row that was deleted and made again under its id starts at version 1 once
   * more. Undefined where it is not known.
   */
  readonly updated?: number;
}

/** The tag of a row whose `version` and `updated` are these; undefined where the caller may not see its version. */
export function rowTag(version: Stored | undefined, updated: Stored | undefined): RowTag | undefined {
  if (version === null || version === undefined) return undefined;
  return typeof updated === "string" ? { version: Number(version), updated: Date.parse(updated) } : { version: Number(version) };
}

/** What stands in the quotes of an entity tag: `3-lx1k2m3n`, or `3`. */
export function formatRowTag({ version, updated }: RowTag): string {
  return updated === undefined ? String(version) : `${version}-${updated.toString(36)}`;
}

const FORM = /^(\d{1,15})(?:-([0-9a-z]{1,11})?(?:-[A-Za-z0-9_-]*)?)?$/;

/** A row's tag from the text in quotes, whatever representation of the row it was given with. Undefined for what is none of ours. */
export function parseRowTag(text: string): RowTag | undefined {
  const [, version, updated] = FORM.exec(text) ?? [];
  if (version === undefined) return undefined;
  return updated === undefined
    ? { version: Number(version) }
    : { version: Number(version), updated: Number.parseInt(updated, 36) };
}

/** Whether a row that has the tag `current` is in the state that `wanted` names. */
export function isSameState(current: RowTag, wanted: RowTag): boolean {
  const { version, updated } = wanted;
  return current.version === version && (updated === undefined || current.updated === undefined || current.updated === updated);
}
