import type { Command } from "commander";
import type { Terminal } from "./terminal.ts";
import { harmless } from "./printable.ts";
import { copyable } from "./copyable.ts";

/** The terminal of one command line: it knows the command that runs, once it does. */
export interface Session extends Terminal {
  readonly running: Command | undefined;
  begin(command: Command): void;
}

/** Nobody is asked where `--json` is given: whoever reads it is a program. */
export function createSession(terminal: Terminal, program: () => Command): Session {
  let running: Command | undefined;
  const isJson = (): boolean => running?.opts<{ readonly json?: boolean }>().json === true;
  const ready = (text: string): string => copyable(text, program(), folderOf(running));
  return {
    get running() {
      return running;
    },
    begin: (command) => void (running = command),
    print: (line) => terminal.print(line),
    ...(terminal.output === undefined ? {} : { output: terminal.output }),
    report: (line) => terminal.report(harmless(ready(line))),
    progress: (line) => terminal.progress(line),
    style: (style, text) => terminal.style(style, text),
    copyable: ready,
    get json() {
      return isJson();
    },
    get ask() {
      return isJson() ? undefined : terminal.ask;
    },
  };
}

/** The back end as it was given: the last argument where the command takes one, or `--backend`. */
function folderOf(command: Command | undefined): string {
  if (command === undefined) return ".";
  const { backend } = command.opts<{ readonly backend?: string }>();
  const place = command.registeredArguments.findIndex((argument) => argument.name() === "backend");
  const given: unknown = place === -1 ? undefined : command.processedArgs[place];
  return typeof given === "string" ? given : (backend ?? ".");
}
