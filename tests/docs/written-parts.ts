import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./named-tests.ts";

/** A page as it stands, with the parts anew that the code knows: each between two marks that name it. */
export function withParts(path: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce(
    (page, [name, text]) => {
      const [begin, end] = [`<!-- ${name}, written by tests/docs/write-pages.ts -->`, `<!-- end of ${name} -->`];
      if (!page.includes(begin) || !page.includes(end)) throw new Error(`${path} has no ${begin} and ${end}`);
      return `${page.split(begin)[0]}${begin}\n\n${text}\n\n${end}${page.split(end)[1]}`;
    },
    readFileSync(join(root, path), "utf8"),
  );
}
