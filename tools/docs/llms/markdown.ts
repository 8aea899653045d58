import type { Part } from "./parts.ts";

/** Sections of a page by their headings; what stands before the first has the name "". Headings inside of code are none. */
function sections(text: string): readonly { readonly rank: number; readonly name: string; readonly text: string }[] {
  const found: { rank: number; name: string; text: string }[] = [{ rank: 1, name: "", text: "" }];
  let fenced = false;
  for (const line of text.split("\n")) {
    if (/^ *```/.test(line)) fenced = !fenced;
    const [, marks = "", name = ""] = fenced ? [] : (/^(##+) (.*)$/.exec(line) ?? []);
    if (marks === "") {
      const last = found.at(-1);
      if (last !== undefined) last.text += `${line}\n`;
    } else found.push({ rank: marks.length, name, text: `${line}\n` });
  }
  return found;
}

/** Those of a part, in their order. A heading or a file that the page has not is a mistake of the list. */
export function take(whole: string, { page, only, tablesOf = [], without = [], withoutFiles = [] }: Part): string {
  const text = withoutFiles.reduce((rest, file) => withoutFile(rest, page, file), whole);
  const all = sections(text);
  for (const name of [...(only ?? []), ...tablesOf, ...without])
    if (!all.some((section) => section.name === name)) throw new Error(`docs/${page}.md has no heading '${name}'.`);
  let out = "";
  let leftOut = 0;
  for (const { rank, name, text: own } of all) {
    if (leftOut > 0 && rank > leftOut) continue;
    leftOut = 0;
    const wanted = (only === undefined || only.includes(name)) && !without.includes(name);
    if (wanted) out += own;
    else if (tablesOf.includes(name)) out += `${own.split("\n\n", 1)[0]}\n\n${own.match(/(?:^\|.*\n)+/gm)?.join("\n") ?? ""}\n`;
    else if (only === undefined) leftOut = rank;
  }
  return out;
}

function withoutFile(text: string, page: string, file: string): string {
  const blocks = [...text.matchAll(/^```[^\n]*\n[^]*?^```\n+/gm)].map(([block]) => block);
  const found = blocks.find((block) => block.split("\n", 1)[0]?.includes(`title="${file}"`));
  if (found === undefined) throw new Error(`docs/${page}.md shows no ${file}.`);
  return text.replace(found, () => "");
}

/** Markdown without what is for eyes and tests: comments, marks of blocks, where links lead. */
export function plain(text: string): string {
  return text
    .replace(/^<!--[^]*?-->\n+/gm, "")
    .split(/(^ *```[^]*?^ *```$)/m)
    .map((part, index) => (index % 2 === 1 ? code(part) : part.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")))
    .join("")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function code(block: string): string {
  return block.replace(/^( *```\S*)(.*)$/m, (_, fence: string, marks: string) => {
    const [, title] = /title="([^"]*)"/.exec(marks) ?? [];
    return title === undefined ? fence : `${fence} ${title}`;
  });
}

/** A page under a heading of rank 2: its own go down by one. */
export function under(text: string): string {
  let fenced = false;
  return text
    .split("\n")
    .map((line) => {
      if (/^ *```/.test(line)) fenced = !fenced;
      return !fenced && /^#+ /.test(line) ? `#${line}` : line;
    })
    .join("\n");
}
