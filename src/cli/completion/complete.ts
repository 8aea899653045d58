import type { Argument, Command, Option } from "commander";
import { operationWords } from "../command-line/choices.ts";
import { listOption } from "../command-line/values.ts";
import { defaultOf, findCommand, optionName } from "../command-line/command-tree.ts";

/** What may stand where somebody asks: a word with what it is, or that a path may. */
export type Candidate = { readonly word: string; readonly description: string } | { readonly path: "file" | "folder" };

export interface CompletionSources {
  /** Names of tables of the back end in a folder; none where that cannot be told at once. */
  readonly tables: (backend: string) => Promise<readonly string[]>;
}

/** By what an argument or the value of an option is called. Others are free text. */
const paths: Readonly<Record<string, "file" | "folder">> = {
  backend: "folder",
  path: "folder",
  folder: "folder",
  directory: "folder",
  destination: "folder",
  file: "file",
  old: "file",
  backup: "file",
};

/** What can follow `words`, of which the last is being typed. Walks over the program: a command that is new is completed at once. */
export async function complete(
  program: Command,
  words: readonly string[],
  { tables }: CompletionSources,
): Promise<readonly Candidate[]> {
  const helpFirst = words[0] === "help" ? words.slice(1) : words;
  const typed = joinEquals(helpFirst);
  const current = typed.at(-1) ?? "";
  const before = typed.slice(0, -1);
  const { command: named, length } = findCommand(program, before);
  const command = defaultOf(named);
  const { operands, pending, given } = read(command, before.slice(length));
  const valuesOf = async (name: string, choices: readonly string[] | undefined): Promise<readonly Candidate[]> => {
    if (choices !== undefined) return plain(choices);
    if (name === "table" || name === "tables") return plain(await tables(backendIn(command, before.slice(length))));
    if (name === "operation") return plain(operationWords);
    const kind = paths[name];
    return kind === undefined ? [] : [{ path: kind }];
  };
  if (pending !== undefined) return matching(await valuesOf(valueName(pending), pending.argChoices), current);
  const equals = /^(--[\w-]+)=(.*)$/s.exec(current);
  if (equals !== null) {
    const option = command.options.find(({ long }) => long === equals[1]);
    if (option === undefined) return [];
    const values = matching(await valuesOf(valueName(option), option.argChoices), equals[2] ?? "");
    return values.flatMap((each) => ("word" in each ? { ...each, word: `${equals[1]}=${each.word}` } : each));
  }
  if (current.startsWith("-")) return matching(optionsOf(command, given), current);
  const inner =
    operands === 0
      ? named.commands
          .filter((each) => !each.name().startsWith("__"))
          .map((each) => ({ word: each.name(), description: each.summary() || each.description() }))
      : [];
  const helped = named === program && operands === 0 ? [{ word: "help", description: "say what a command takes" }] : [];
  const commands = matching([...inner, ...helped], current);
  // A group may be given a back end too, which nobody types who means one of its commands.
  if (commands.length > 0 || words[0] === "help") return commands;
  const argument = argumentAt(command, operands);
  const values = argument === undefined ? [] : await valuesOf(argument.name(), argument.argChoices);
  return matching(values, current);
}

/** Shells that break words at "=" give `--state`, `=`, `fa`. */
function joinEquals(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    if (word === "=" && last?.startsWith("--") === true) joined.push("");
    else if (last === "" && joined.at(-2)?.startsWith("--") === true && joined.length > 1) joined[joined.length - 1] = word;
    else joined.push(word);
  }
  return joined;
}

interface Read {
  /** How many arguments stand there. */
  readonly operands: number;
  /** An option whose value is being typed. */
  readonly pending: Option | undefined;
  readonly given: ReadonlySet<Option>;
}

function read(command: Command, words: readonly string[]): Read {
  let operands = 0;
  let pending: Option | undefined;
  const given = new Set<Option>();
  for (const word of words) {
    if (pending !== undefined) {
      pending = undefined;
      continue;
    }
    const option = command.options.find(({ long, short }) => word === long || word === short || word.startsWith(`${long}=`));
    if (option === undefined) {
      if (!word.startsWith("-")) operands += 1;
      continue;
    }
    given.add(option);
    if ((option.required || option.optional) && !word.includes("=")) pending = option;
  }
  return { operands, pending, given };
}

/** Whose tables are asked for: the folder that was given already, by name or in its place. */
function backendIn(command: Command, words: readonly string[]): string {
  const place = words.findIndex((word) => word === "-b" || word === "--backend");
  if (place !== -1) return words[place + 1] ?? ".";
  const index = command.registeredArguments.findIndex((argument) => argument.name() === "backend");
  return words.filter((word) => !word.startsWith("-"))[index] ?? ".";
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const last = command.registeredArguments.at(-1);
  return command.registeredArguments[index] ?? (last?.variadic === true ? last : undefined);
}

/** Those that are not there yet, and those that may be repeated. */
function optionsOf(command: Command, given: ReadonlySet<Option>): readonly Candidate[] {
  const options = command.options.filter((option) => !option.hidden && (!given.has(option) || option.parseArg === listOption));
  return [
    ...options.map((option) => ({ word: optionName(option), description: option.description })),
    { word: "--help", description: "say what the command takes" },
  ];
}

function valueName({ flags }: Option): string {
  return /[<[]([\w-]+)/.exec(flags)?.[1] ?? "";
}

function plain(words: readonly string[]): readonly Candidate[] {
  return words.map((word) => ({ word, description: "" }));
}

function matching(candidates: readonly Candidate[], current: string): readonly Candidate[] {
  return candidates.filter((each) => "path" in each || each.word.startsWith(current));
}
