import type { Command } from "commander";
import type { Terminal } from "../command-line/terminal.ts";

/** `create`. */
export function addCreateCommand(program: Command, terminal: Terminal): void {
  program
    .command("create")
    .description("make a project from a template")
    .argument("[folder]", "where; it is made, or empty")
    .option("-t, --template <name>", "what it begins as: website (the default), api-only or minimal")
    .option("--name <name>", "the name of its package; by default made from the folder's")
    .option("-y, --yes", "ask nothing, and take what is not said by default")
    .option("--install", "install its packages (the default)")
    .option("--no-install", "leave that to you")
    .option("--git", "make a git repository of it (the default where it is in none)")
    .option("--no-git", "make none")
    .option("--force", "go into a folder that is not empty; files that are there stay as they are")
    .option("--json", "ask nothing, and print what was made as JSON")
    .action(async (folder: string | undefined, options) => {
      await (await import("./create.ts")).create({ ...options, folder }, terminal);
    });
}
