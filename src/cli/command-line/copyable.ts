import type { Command } from "commander";
import { defaultOf, findCommand } from "./command-tree.ts";

/**
 * Makes the commands that a text names ready to be copied: with `npx`, and with the back end's folder where it was given. So nothing that
 * writes a hint, in whatever part it is, has to know how the command line was called.
 */
export function copyable(text: string, program: Command, folder: string): string {
  return text.replace(/(?<![\w@/.-]|npx )chassis((?: [a-z][a-z-]*){1,3})(?=(.?))/g, (whole, words: string, next: string) => {
    const names = words.trim().split(" ");
    const { command, length } = findCommand(program, names);
    if (length === 0) return whole;
    const name = names.slice(0, length).join(" ");
    const rest = names
      .slice(length)
      .map((word) => ` ${word}`)
      .join("");
    if (folder === "." || !takesFolder(defaultOf(command))) return `npx chassis ${name}${rest}`;
    // Where nothing else is given the folder can stand at the end, as people write it.
    const isAlone = rest === "" && next !== " " && defaultOf(command).registeredArguments.length === 1;
    return `npx chassis ${name} ${isAlone ? "" : "-b "}${quote(folder)}${rest}`;
  });
}

function takesFolder(command: Command): boolean {
  return command.registeredArguments.some((argument) => argument.name() === "backend");
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
