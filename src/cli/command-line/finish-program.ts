import { existsSync } from "node:fs";
import type { Command, Option } from "commander";
import { suggest } from "#base";
import { headingOf, placeOf } from "./command-groups.ts";
import { leafCommands, optionName, ownName, walkCommands, writeArgument } from "./command-tree.ts";
import { examples } from "./examples.ts";
import { listOption } from "./values.ts";
import { withoutJson } from "./without-json.ts";

/** Gives every command what all have: the form of its help, its examples, and one way for what was mistyped. */
export function finishProgram(program: Command, onMistype: (command: Command) => void): void {
  // Groups of the overview stand in the order of their first command.
  (program.commands as Command[]).sort((left, right) => placeOf(left.name()) - placeOf(right.name()));
  for (const command of walkCommands(program)) {
    command
      .exitOverride()
      .showSuggestionAfterError(false)
      .showHelpAfterError(false)
      .configureOutput({ ...program.configureOutput(), outputError: () => onMistype(command) })
      .configureHelp({ subcommandTerm: (inner) => inner.name() })
      .helpOption("-h, --help", "say what the command takes");
    if (command === program) continue;
    if (command.commands.length === 0 && !hasJson(command) && !(ownName(command) in withoutJson))
      command.option("--json", "print the result as JSON");
    if (command.parent === program) command.helpGroup(headingOf(command.name()) ?? "Others:");
    if (command.commands.length > 0) command.helpCommand(false).hook("preSubcommand", refuseMisspelling);
    const lines = examples[ownName(command)] ?? [];
    if (lines.length > 0) command.addHelpText("after", `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`);
  }
  for (const command of leafCommands(program)) refuseTwice(command);
  program.hook("preAction", (_, command) => {
    refuseOptionAsValue(command);
    refuseNothing(command);
  });
}

function hasJson(command: Command): boolean {
  return command.options.some(({ long }) => long === "--json");
}

/** The command that runs where none is named would take a misspelt name for its back end. */
function refuseMisspelling(command: Command): void {
  const [first = ""] = command.args;
  const names = command.commands.map((each) => each.name());
  if (first.startsWith("-") || names.includes(first) || existsSync(first)) return;
  if (suggest(first, names) !== undefined)
    command.error(`error: unknown command '${first}'`, { code: "commander.unknownCommand" });
}

/** `--port --host x`: the value was forgotten, and the next option would be taken for it. */
function refuseOptionAsValue(command: Command): void {
  const flags = new Set(command.options.flatMap(({ long }) => long ?? []));
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    const swallowed = values.find((each) => typeof each === "string" && flags.has(each));
    if (swallowed !== undefined)
      command.error(`error: option '${option.flags}' argument missing`, { code: "commander.optionMissingArgument" });
  }
}

/** Of two values that differ the last would win, and the first be forgotten without a word. */
function refuseTwice(command: Command): void {
  for (const option of command.options.filter(takesOneValue)) {
    let first: string | undefined;
    command.on(`option:${option.name()}`, (value: string) => {
      if (first !== undefined && first !== value)
        command.error(`error: ${optionName(option)} is given twice: '${first}' and '${value}'.`, { code: "chassis.twice" });
      first = value;
    });
  }
}

function takesOneValue({ required, optional, parseArg }: Option): boolean {
  return (required || optional) && parseArg !== listOption;
}

/** An empty text is a variable of a script that was not set: `chassis user sign-out-all "$FOLDER"` would be about the folder at hand. */
function refuseNothing(command: Command): void {
  // What scripts of shells ask: the word that is being typed may be empty.
  if (command.name().startsWith("__")) return;
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    if (value === "" || (Array.isArray(value) && value.includes("")))
      command.error(`error: option '${option.flags}' argument missing`, { code: "commander.optionMissingArgument" });
  }
  for (const [place, argument] of command.registeredArguments.entries()) {
    const given = argument.variadic ? command.args.slice(place) : command.args.slice(place, place + 1);
    if (given.includes("")) command.error(`error: ${writeArgument(argument)} is empty.`, { code: "chassis.empty" });
  }
}
