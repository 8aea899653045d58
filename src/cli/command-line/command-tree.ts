import type { Argument, Command, Option } from "commander";

/** All commands within one, itself first. */
export function* walkCommands(command: Command): Generator<Command> {
  yield command;
  for (const inner of command.commands) yield* walkCommands(inner);
}

/** All of its name: "chassis mail suppressions list". */
export function fullName(command: Command): string {
  const names: string[] = [];
  for (let each: Command | null = command; each !== null; each = each.parent) names.unshift(each.name());
  return names.join(" ");
}

/** The same without the program's. */
export function ownName(command: Command): string {
  return fullName(command).split(" ").slice(1).join(" ");
}

export function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

/** The commands that do something: all but groups, and what only scripts of shells ask. */
export function leafCommands(program: Command): readonly Command[] {
  return [...walkCommands(program)].filter(
    (command) => command.commands.length === 0 && command.parent !== null && !command.name().startsWith("__"),
  );
}

/** The command that words name, as far as they do, and how many of them. */
export function findCommand(program: Command, words: readonly string[]): { readonly command: Command; readonly length: number } {
  let command = program;
  let length = 0;
  for (const word of words) {
    const inner = command.commands.find((each) => each.name() === word);
    if (inner === undefined) break;
    command = inner;
    length += 1;
  }
  return { command, length };
}

/** The command that runs where a group is named alone. */
export function defaultOf(command: Command): Command {
  const { _defaultCommandName: name } = command as Command & { readonly _defaultCommandName?: string | null };
  const inner = command.commands.find((each) => each.name() === name);
  return inner === undefined ? command : defaultOf(inner);
}

/** "<table> <file> [backend]". */
export function usageOf(command: Command): string {
  return command.registeredArguments.map(writeArgument).join(" ");
}

export function writeArgument(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** "--port" of "-p, --port <port>". */
export function optionName({ long, short, flags }: Option): string {
  return long ?? short ?? flags;
}
