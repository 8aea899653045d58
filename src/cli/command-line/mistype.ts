import { existsSync } from "node:fs";
import type { Command, CommanderError } from "commander";
import { didYouMean, suggest } from "#base";
import type { Failure } from "./failure-codes.ts";
import { fullName, leafCommands, optionName, ownName, rootOf, usageOf, walkCommands, writeArgument } from "./command-tree.ts";

/** What people type who know another tool, and what it is here. Names of commands that there are. */
const otherWords: Readonly<Record<string, readonly string[]>> = {
  build: ["check"],
  console: ["repl"],
  db: ["migrate"],
  deploy: ["start"],
  dump: ["export", "backup create"],
  hooks: ["webhooks"],
  init: ["create"],
  install: ["create"],
  keys: ["key"],
  lint: ["check"],
  load: ["import"],
  migration: ["migrate"],
  migrations: ["migrate"],
  new: ["create"],
  permissions: ["who", "explain"],
  queue: ["jobs"],
  run: ["dev", "start"],
  schema: ["check"],
  serve: ["dev", "start"],
  server: ["dev", "start"],
  shell: ["repl"],
  spec: ["openapi"],
  status: ["doctor", "migrate status"],
  swagger: ["openapi"],
  tokens: ["token"],
  up: ["start"],
  users: ["user"],
  validate: ["check"],
  verify: ["audit verify", "backup verify"],
  watch: ["dev"],
};

/** More would be a list that nobody reads. */
const SHOWN = 3;

/** A command line that was not understood, in words: what is wrong, what was meant perhaps, and where all is said. */
export function describeMistype(command: Command, error: Pick<CommanderError, "code" | "message">): Failure {
  return { code: "usage", message: describe(command, error), hint: helpOf(command) };
}

/** Where all is said that a command takes. */
export function helpOf(command: Command): string {
  return `\`npx ${fullName(command)} --help\` ${command.commands.length > 0 ? "lists the commands" : "tells more"}.`;
}

function describe(command: Command, { code, message }: Pick<CommanderError, "code" | "message">): string {
  const name = `\`${fullName(command)}\``;
  const quoted = /'(.*?)'/s.exec(message)?.[1] ?? "";
  switch (code) {
    case "commander.unknownCommand":
      return unknownCommand(command, quoted);
    case "commander.unknownOption":
      return unknownOption(command, quoted);
    case "commander.optionMissingArgument":
      return needsValue(quoted);
    case "commander.missingMandatoryOptionValue": {
      const option = command.options.find(({ flags }) => flags === quoted);
      return `${name} needs ${quoted}: ${option?.description ?? ""}.`;
    }
    case "commander.missingArgument": {
      const argument = command.registeredArguments.find((each) => each.name() === quoted);
      const what = argument?.description ? `, ${argument.description.replace(/;.*/, "")}` : "";
      return `${name} needs <${quoted}>${what}: npx ${fullName(command)} ${usageOf(command)}`;
    }
    case "commander.excessArguments": {
      const extra = command.args.slice(command.registeredArguments.length).map((each) => `'${each}'`);
      return `${extra.join(" and ")} ${extra.length === 1 ? "is" : "are"} too many: npx ${`${fullName(command)} ${usageOf(command)}`.trim()}`;
    }
    case "commander.invalidArgument":
      return invalidChoice(command, message);
    case "commander.conflictingOption":
      return `${message.replace(/^error: option /, "").replaceAll(/ option /g, " ")}.`;
    default:
      return message.replace(/^error: /, "");
  }
}

function unknownCommand(group: Command, word: string): string {
  const program = rootOf(group);
  const none = `There is no command '${[...ownName(group).split(" "), word].filter((part) => part !== "").join(" ")}'`;
  const others = group === program ? (otherWords[word] ?? []).filter((name) => exists(program, name)) : [];
  if (others.length > 0) return `${none}; did you mean ${others.map((name) => `'${name}'`).join(" or ")}?`;
  const near = suggest(
    word,
    group.commands.map((each) => each.name()),
  );
  if (near !== undefined) return `${none}; did you mean '${`${ownName(group)} ${near}`.trim()}'?`;
  const elsewhere = leafCommands(program).filter((each) => each.name() === word);
  if (elsewhere.length > 0) return `${none}; did you mean ${listed(elsewhere.map((each) => `'${ownName(each)}'`))}?`;
  const deeper = suggest(
    word,
    leafCommands(program).map((each) => each.name()),
  );
  const meant = leafCommands(program).find((each) => each.name() === deeper);
  if (meant !== undefined) return `${none}; did you mean '${ownName(meant)}'?`;
  if (group === program && existsSync(word)) return `${none}. To run the back end in ${word}: npx chassis dev ${word}`;
  return `${none}.`;
}

function exists(program: Command, name: string): boolean {
  return [...walkCommands(program)].some((each) => ownName(each) === name);
}

function unknownOption(command: Command, given: string): string {
  const flag = given.replace(/=.*/s, "");
  const program = rootOf(command);
  const own = command.options.flatMap(({ long }) => long ?? []);
  if (flag !== given && [...own, "--help"].includes(flag)) return `${flag} takes no value.`;
  const near = flag.startsWith("--") ? suggest(flag.slice(2), [...own.map((each) => each.slice(2)), "help"]) : undefined;
  const none = `\`${fullName(command)}\` has no option '${flag}'`;
  if (near !== undefined) return `${none}; did you mean '--${near}'?`;
  const having = leafCommands(program).filter(({ options }) =>
    options.some(({ long, short }) => long === flag || short === flag),
  );
  if (having.length === 0) return `${none}.`;
  if (command === program) {
    const named = having.find((each) => command.args.includes(ownName(each))) ?? having[0] ?? program;
    return `Options come after the command: npx chassis ${ownName(named)} ${flag}`;
  }
  return `${none}; ${listed(having.map((each) => `\`${fullName(each)}\``))} ${having.length === 1 ? "has" : "have"} it.`;
}

/** Of an option or an argument that takes one of a few words. */
function invalidChoice(command: Command, message: string): string {
  const [, flags, optionValue] = /option '(.*?)' argument '(.*?)' is invalid/s.exec(message) ?? [];
  const [, value, argument] = /value '(.*?)' is invalid for argument '(.*?)'/s.exec(message) ?? [];
  const option = command.options.find((each) => each.flags === flags);
  if (option !== undefined && isForgotten(command, optionValue)) return needsValue(option.flags);
  const taken = command.registeredArguments.find((each) => each.name() === argument);
  const choices = option?.argChoices ?? taken?.argChoices;
  if (choices === undefined) {
    const reason = /' is invalid\. (.*)$/s.exec(message)?.[1];
    return option === undefined || reason === undefined
      ? message.replace(/^error: /, "")
      : `${optionName(option)} ${reason}, not '${optionValue}'.`;
  }
  const name = option === undefined ? (taken === undefined ? "" : writeArgument(taken)) : optionName(option);
  const given = optionValue ?? value ?? "";
  return `${name} is ${listed(choices, choices.length)}, not '${given}'${didYouMean(given, choices) || "."}`;
}

/** Nothing at all, or the option after it. */
function isForgotten({ options }: Command, value: string | undefined): boolean {
  return value === "" || options.some(({ long }) => long === value);
}

/** Of "-p, --port <port>". */
function needsValue(flags: string): string {
  const long = flags.replace(/^-\w, /, "");
  return `${long.replace(/ .*/, "")} needs a value: ${long}.`;
}

/** "a, b or c". */
function listed(names: readonly string[], most = SHOWN): string {
  const shown = names.length > most ? [...names.slice(0, most), "others"] : names;
  return shown.length === 1 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}`;
}
