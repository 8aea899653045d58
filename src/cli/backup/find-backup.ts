import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { didYouMean } from "#base";
import { type BackupStore, listKept, type RestoreSource } from "#database";
import { CommandError } from "../command-line/command-error.ts";

/** A backup as people name it: a file, a name at the destination, or `latest`. */
export async function findBackup(
  name: string,
  destination: () => Promise<{ readonly store: BackupStore }>,
): Promise<Exclude<RestoreSource, { readonly type: "moment" }>> {
  refuseFolder(name);
  if (name !== "latest" && existsSync(name)) return { type: "file", path: resolve(name) };
  if (name.includes("/") && name !== "latest") throw new CommandError(`There is no file ${name}.`);
  const { store } = await destination();
  const { backups } = await listKept(store);
  const newest = backups.toSorted((left, right) => right.moment - left.moment)[0];
  if (newest === undefined) throw new CommandError(`There is no backup in ${store.description}.`);
  if (name === "latest") return { type: "stored", store, name: newest.name };
  const names = backups.map((backup) => backup.name);
  const found = names.filter((each) => each.startsWith(name));
  if (found.length > 1) throw new CommandError(`More than one backup begins with '${name}': ${found.slice(0, 5).join(", ")}.`);
  const [only] = found;
  if (only === undefined)
    throw new CommandError(
      `There is no backup '${name}' in ${store.description}${didYouMean(name, names) || "."} \`chassis backup list\` shows them.`,
    );
  return { type: "stored", store, name: only };
}

/** The back end, given where a backup's name belongs, is what people type first. */
export function refuseFolder(name: string): void {
  if (name !== "latest" && statSync(name, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new CommandError(
      `${name} is a folder, and no backup. Where it is the back end: --backend ${name}. Where backups are in it: --from ${name}.`,
    );
}
