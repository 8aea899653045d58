import type { SourceTable } from "#database";
import type { Reading } from "./convert-value.ts";
import type { Profile } from "./profile-column.ts";

/** What becomes the `id` of a table. */
export interface SourceKey {
  readonly kind: "uuid" | "integer" | "text";
  /** Undefined where the rows get new ids. */
  readonly column: string | undefined;
  readonly reading: Reading;
  readonly why: string | undefined;
}

/** Keys of one column are kept as they are; what else is in a key stays a field, and the rows get new ids. */
export function readKey(table: SourceTable, profiles: ReadonlyMap<string, Profile>): SourceKey {
  const [column, ...others] = table.primaryKey;
  const fresh = (why: string): SourceKey => ({ kind: "uuid", column: undefined, reading: {}, why });
  if (column === undefined) return fresh("it has no primary key: each row gets a new id");
  if (others.length > 0)
    return fresh(`its primary key is (${table.primaryKey.join(", ")}): that becomes a unique set, and each row gets a new id`);
  const found = (kind: SourceKey["kind"], why?: string): SourceKey => ({ kind, column, reading: {}, why });
  if (column === table.rowNumber) return found("integer");
  const profile = profiles.get(column);
  const type = table.columns.find(({ name }) => name === column)?.type.toUpperCase() ?? "";
  const isEmpty = profile === undefined || profile.values === 0;
  if (isEmpty) {
    if (/INT/.test(type)) return found("integer");
    return /UUID/.test(type)
      ? found("uuid")
      : /CHAR|TEXT|CLOB/.test(type)
        ? found("text")
        : fresh(`its key "${column}" is of no kind that an id can be`);
  }
  if (profile.integers === profile.values) return found("integer");
  if (profile.sixteen && profile.blobs === profile.values) return found("uuid", "its keys of 16 bytes are taken for UUIDs");
  if (profile.all.has("uuid")) return found("uuid");
  if (profile.all.has("hex uuid")) return found("uuid", "its keys of 32 digits are UUIDs without their hyphens");
  if (profile.texts + profile.integers === profile.values && profile.texts > 0) return found("text");
  return fresh(`its key "${column}" is of no kind that an id can be: it stays a unique field, and each row gets a new id`);
}
