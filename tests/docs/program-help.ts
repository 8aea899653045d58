import assert from "node:assert/strict";
import { runProgram } from "#cli";

/** What `--help` says of one command: the commands and the options under it, as they are written. */
export interface CommandHelp {
  /** `webhooks list`; empty for the program itself. */
  readonly name: string;
  readonly usage: string;
  readonly description: string;
  readonly commands: readonly string[];
  readonly options: readonly string[];
}

async function help(name: string): Promise<CommandHelp> {
  const lines: string[] = [];
  const add = (line = ""): void => void lines.push(line);
  const terminal = { print: add, report: add, progress: add, style: (_: string, text: string) => text };
  assert.equal(await runProgram([...name.split(" ").filter(Boolean), "--help"], terminal), 0);
  const text = lines.join("\n");
  const entries = (heading: string, entry: RegExp): readonly string[] => {
    const [, list = ""] = text.split(`\n${heading}:\n`);
    return [...(list.split("\n\n")[0] ?? "").matchAll(entry)].map(([, found = ""]) => found);
  };
  return {
    name,
    usage: /^Usage: (.*)$/m.exec(text)?.[1] ?? "",
    description: (text.split("\n\n")[1] ?? "").replace(/\s+/g, " ").trim(),
    commands: entries("Commands", /^ {2}([a-z][a-z-]*)/gm).filter((each) => each !== "help"),
    options: entries("Options", /^ {2}(-.*?)(?: {2,}|$)/gm),
  };
}

/** Of the whole program, groups before what is in them. */
export async function programHelp(name = ""): Promise<readonly CommandHelp[]> {
  const own = await help(name);
  const inner: CommandHelp[] = [];
  for (const each of own.commands) inner.push(...(await programHelp(`${name} ${each}`.trim())));
  return [own, ...inner];
}
