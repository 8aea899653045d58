import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../named-tests.ts";

/** One fenced block of a page, with what its info string says: ```` ```ts title="backend.ts" ````. */
export interface CodeBlock {
  /** `docs/learn/jobs.md:6`: the line of the fence. */
  readonly place: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** The file that it is, in the folder of whoever follows the page. */
  readonly title: string | undefined;
  /** The file of the repository that it is shown from, and that is checked or run there. */
  readonly source: string | undefined;
  /** What stands around a fragment that is no statement; `…` is where. */
  readonly within: string | undefined;
  /** A command that the command line must know, and that is not run: it needs what the page has not made. */
  readonly parsed: boolean;
  /** The test that runs it in a way of its own. */
  readonly tested: string | undefined;
  /** Why nothing can run it. */
  readonly untested: string | undefined;
  /** What a fragment uses, from the comment `<!-- given ... -->` before it. */
  readonly given: string;
}

export interface Page {
  readonly path: string;
  readonly blocks: readonly CodeBlock[];
  /** The test that follows the whole page by itself: `<!-- followed by tests/... -->`. */
  readonly followedBy: string | undefined;
}

const known = new Set(["title", "source", "within", "parsed", "tested", "untested"]);

/** Throws where a block is not closed, or marked with what nobody knows. */
export function readPage(path: string): Page {
  return parsePage(path, readFileSync(join(root, path), "utf8"));
}

export function parsePage(path: string, text: string): Page {
  const lines = text.split("\n");
  const blocks: CodeBlock[] = [];
  let given = "";
  for (let index = 0; index < lines.length; index++) {
    if (lines[index] === "<!-- given") {
      const end = lines.indexOf("-->", index);
      if (end === -1) throw new Error(`${path}:${index + 1}: the comment has no end.`);
      given = lines.slice(index + 1, end).join("\n");
      index = end;
      continue;
    }
    const [, indent = "", fence = "", info = ""] = /^( *)(```+)(.*)$/.exec(lines[index] ?? "") ?? [];
    if (fence === "") continue;
    const start = index;
    do index++;
    while (index < lines.length && lines[index] !== indent + fence);
    if (index === lines.length) throw new Error(`${path}:${start + 1}: the block has no end.`);
    const code = lines.slice(start + 1, index).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    const [, language = "", rest = ""] = /^(\S*)(.*)$/.exec(info.trim()) ?? [];
    const place = `${path}:${start + 1}`;
    const marks = readMarks(rest, place);
    blocks.push({
      place,
      line: start + 1,
      language,
      text: code.map((line) => `${line}\n`).join(""),
      title: marks.get("title"),
      source: marks.get("source"),
      within: marks.get("within"),
      parsed: marks.has("parsed"),
      tested: marks.get("tested"),
      untested: marks.get("untested"),
      given,
    });
    given = "";
  }
  return { path, blocks, followedBy: /^<!-- followed by (\S+) -->$/m.exec(text)?.[1] };
}

function readMarks(info: string, place: string): ReadonlyMap<string, string> {
  const marks = new Map<string, string>();
  const left = info.replace(/(\w+)(?:="([^"]*)")?/g, (_, name: string, value: string | undefined) => {
    if (!known.has(name)) throw new Error(`${place}: nobody knows the mark '${name}'; there are ${[...known].join(", ")}.`);
    if ((name === "parsed") !== (value === undefined) || value === "")
      throw new Error(`${place}: the mark '${name}' ${name === "parsed" ? "has no value" : "needs a value"}.`);
    marks.set(name, value ?? "");
    return "";
  });
  if (left.trim() !== "") throw new Error(`${place}: '${left.trim()}' is no mark.`);
  return marks;
}
