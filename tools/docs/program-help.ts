import { createProgram, ownName, walkCommands } from "#cli";

/** All commands, with nobody who would hear of them. */
export const program: ReturnType<typeof createProgram> = createProgram(
  { print() {}, report() {}, progress() {}, style: (_, text) => text },
  { exit() {}, onMistype() {} },
);

/** What the program says of one command: the commands and the options under it, as they are written. */
export interface CommandHelp {
  /** `webhooks list`; empty for the program itself. */
  readonly name: string;
  readonly usage: string;
  readonly description: string;
  readonly commands: readonly string[];
  readonly options: readonly string[];
}

/** Of the whole program, groups before what is in them. */
export function programHelp(): readonly CommandHelp[] {
  return [...walkCommands(program)].map((command) => ({
    name: ownName(command),
    usage: `chassis ${ownName(command)} ${command.usage()}`,
    description: command.description(),
    commands: command.commands.map((each) => each.name()),
    options: [...command.options.map(({ flags }) => flags), "-h, --help"],
  }));
}
