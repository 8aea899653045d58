import { Argument, type Command } from "commander";
import type { Terminal } from "../command-line/terminal.ts";
import { completeCommand, type Shell, scripts, shells } from "./scripts.ts";

/** `completion`, and what its scripts ask. */
export function addCompletionCommands(program: Command, terminal: Terminal): void {
  program
    .command("completion")
    .description("print what completes commands in bash, zsh or fish")
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .action((shell: Shell) => terminal.print(scripts[shell].trimEnd()));

  program
    .command(completeCommand, { hidden: true })
    .argument("[words...]")
    .action(async (words: readonly string[]) => {
      const [{ complete }, { tableNames }] = await Promise.all([import("./complete.ts"), import("./table-names.ts")]);
      for (const candidate of await complete(program, words, { tables: tableNames }))
        terminal.print("path" in candidate ? `:${candidate.path}` : `${candidate.word}\t${candidate.description}`);
    });
}
