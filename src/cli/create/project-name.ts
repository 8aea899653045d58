import { basename } from "node:path";
import { UsageError } from "../command-line/failure.ts";

/** https://docs.npmjs.com/cli/configuring-npm/package-json#name, for new packages. */
const VALID = /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;
const LONGEST = 214;
/** npm refuses what is called as something that it depends on, and these two. */
const TAKEN: ReadonlySet<string> = new Set(["chassis", "node", "typescript", "node_modules", "favicon.ico"]);

/** The name of the package: what was asked for, or made from its folder's. @throws CommandError where the former is none. */
export function packageNameOf(folder: string, asked: string | undefined): string {
  if (asked !== undefined) {
    if (VALID.test(asked) && asked.length <= LONGEST && !TAKEN.has(asked)) return asked;
    throw new UsageError(
      `'${asked}' cannot be a package's name. It has small letters, digits, '-', '_' and '.', begins with a letter or digit, and is not that of a package it needs: --name my-site`,
    );
  }
  const made = basename(folder)
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[\u0300-\u036f]/g, "")
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[-._]+/, "")
    .slice(0, LONGEST)
    .replace(/[-._]+$/, "");
  return made === "" || TAKEN.has(made) ? `my-${made === "" ? "site" : made.replaceAll(".", "-")}` : made;
}

/** "my-shop" is "My shop": letters, digits and spaces alone, for it comes into code and pages. */
export function titleOf(packageName: string): string {
  const words = packageName
    .replace(/^@[^/]*\//, "")
    .replaceAll(/[^a-z0-9]+/g, " ")
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
