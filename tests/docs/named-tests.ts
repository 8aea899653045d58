import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root: string = join(import.meta.dirname, "../..");

const read = new Map<string, string | undefined>();

function textOf(path: string): string | undefined {
  if (!read.has(path)) read.set(path, existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined);
  return read.get(path);
}

/** What is wrong with the name of a test that a page gives: it must stand in that file, to the letter, and run. */
export function wrongTest(file: string, title: string): string | undefined {
  const text = textOf(`${file}.test.ts`);
  if (text === undefined) return `${file}.test.ts is not there`;
  // A title is written between quotes, or between backticks where the test is one of many.
  const written = [JSON.stringify(title), `\`${title}\``];
  const place = written.map((each) => text.indexOf(`test(${each},`)).find((index) => index >= 0);
  if (place === undefined) return `${file}.test.ts has no test "${title}"`;
  const rest = text.slice(place + 5).split(/\n\s*test\(/)[0] ?? "";
  if (/^.{0,400}?,\s*\{[^}]*\b(?:skip|todo)\b/s.test(rest)) return `${file}.test.ts skips "${title}"`;
  if (/\b(?:describe|suite|test)\.(?:skip|todo|only)\(|\{ (?:skip|todo|only): /.test(text))
    return `${file}.test.ts skips some of its tests, or runs some alone`;
  return undefined;
}

/** `[attacks-names](../../tests/attacks/attacks-names.test.ts) "13: a sort key"`, from a page in docs/reference. */
export function linkTest(file: string, title: string): string {
  return `[${file.slice(file.lastIndexOf("/") + 1)}](../../${file}.test.ts): ${escapeCell(title)}`;
}

/** Text as it stands in a cell of a table. */
export function escapeCell(text: string): string {
  return text.replaceAll(/[|<]/g, String.raw`\$&`);
}

/** `{src/index.ts}` as a link from a page in docs/reference; of a page's part, `{SECURITY.md#reporting}`, the name of it. */
export function linkFiles(text: string): string {
  return text.replaceAll(/\{([\w./#-]+)\}/g, (_, target: string) => {
    const [path = "", anchor] = target.split("#");
    const name = path.replace(/\/$/, "").split("/").at(-1) ?? path;
    const shown = anchor === undefined ? name : `${name}, ${anchor.replaceAll("-", " ")}`;
    const from = path.startsWith("docs/reference/") ? path.slice("docs/reference/".length) : `../../${path}`;
    return `[${shown}](${anchor === undefined ? from : `${from}#${anchor}`})`;
  });
}

/** Files that a text names in `{...}` and that are not there. */
export function missingFiles(text: string): readonly string[] {
  return [...text.matchAll(/\{([\w./-]+)[^}]*\}/g)].map(([, path = ""]) => path).filter((path) => !existsSync(join(root, path)));
}
