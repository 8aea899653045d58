import type { CommandHelp } from "../../../tools/docs/program-help.ts";

/** Why the command line would not take what is shown; undefined where it would. Only `npx chassis` is looked at, in pipes too. */
export function knownCommand(text: string, help: readonly CommandHelp[]): string | undefined {
  for (const [, rest = ""] of text.matchAll(/npx chassis ([^|>&#)]*)/g)) {
    const words = [...rest.matchAll(/"[^"]*"|'[^']*'|\S+/g)].map(([word]) => word);
    let command = help.find(({ name }) => name === "");
    let inner: CommandHelp | undefined = command;
    while (inner !== undefined) {
      command = inner;
      const name = `${command.name} ${words[0]}`.trim();
      inner = words.length === 0 ? undefined : help.find((each) => each.name === name);
      if (inner !== undefined) words.shift();
    }
    if (command === undefined || command.name === "") return `there is no command '${words[0]}'`;
    // A group by itself is the command of it that lists, or makes.
    const offered = [command, ...help.filter(({ name }) => name.startsWith(`${command.name} `))].flatMap(
      ({ options }) => options,
    );
    const names = new Set(offered.flatMap((option) => option.match(/--?[a-z-]+/g) ?? []));
    const unknown = words.find((word) => /^--?[a-z]/.test(word) && !names.has(word));
    if (unknown !== undefined) return `'chassis ${command.name}' has no ${unknown}`;
  }
  return undefined;
}
