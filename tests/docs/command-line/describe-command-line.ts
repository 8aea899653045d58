import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commandGroups, exitCodes, failureCodes, leafCommands, ownName, verdicts } from "#cli";
import { root } from "../named-tests.ts";
import { program } from "../../../tools/docs/program-help.ts";

export const commandLinePage: string = join(root, "docs/reference/cli.md");

/** The page as it stands, with the parts anew that the program itself says: each between two marks. */
export function describeCommandLine(): string {
  const parts = { commands: overview(), "exit codes": endings(), failures: failures() };
  return Object.entries(parts).reduce(
    (page, [name, text]) => {
      const [begin, end] = [`<!-- ${name}, written by tests/docs/write-pages.ts -->`, `<!-- end of ${name} -->`];
      if (!page.includes(begin) || !page.includes(end)) throw new Error(`docs/reference/cli.md has no ${begin}`);
      return `${page.split(begin)[0]}${begin}\n\n${text}\n\n${end}${page.split(end)[1]}`;
    },
    readFileSync(commandLinePage, "utf8"),
  );
}

function overview(): string {
  const rows = commandGroups.flatMap(([heading, names]) => {
    const inGroup = leafCommands(program).filter((command) => names.includes(ownName(command).split(" ")[0] ?? ""));
    const commands = inGroup.map(
      (command) => `| [${ownName(command)}](#${ownName(command).replaceAll(" ", "-")}) | ${sentence(command.description())} |`,
    );
    return commands.length === 0 ? [] : [`| **${heading.replace(":", "")}** | |`, ...commands];
  });
  return ["| command | |", "|---|---|", ...rows].join("\n");
}

function endings(): string {
  const general = Object.entries(exitCodes).map(([code, meaning]) => `| ${code} | | ${meaning} |`);
  const special = Object.entries(verdicts).flatMap(([command, rows]) =>
    rows.map(([code, meaning]) => `| ${code} | \`${command}\` | ${meaning} |`),
  );
  return ["| ends with | | |", "|---|---|---|", ...general, ...special].join("\n");
}

function failures(): string {
  const rows = Object.entries(failureCodes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return ["| `code` | |", "|---|---|", ...rows].join("\n");
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
