import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const others = "docs/decisions/0075-what-a-user-writes";

export const tasks = ["define", "guard", "query", "function", "test"] as const;
export type Task = (typeof tasks)[number];

/** Where the code of each lies: all files of the folder. */
export const peers = [
  { name: "Chassis", folder: "examples/comparison" },
  { name: "PocketBase", folder: `${others}/pocketbase` },
  { name: "Supabase", folder: `${others}/supabase` },
  { name: "Payload", folder: `${others}/payload` },
  { name: "Django REST", folder: `${others}/django` },
] as const;

export interface Size {
  readonly lines: number;
  /** Without white space, which depends on the formatter. */
  readonly characters: number;
}

export type Sizes = Readonly<Record<Task, Size>>;

/** What stands under each `task:` mark of a folder's files, without comments and empty lines. */
export function countCode(folder: string): Sizes {
  const sizes = Object.fromEntries(tasks.map((task) => [task, { lines: 0, characters: 0 }])) as Record<Task, Size>;
  const files = globSync("**/*.{ts,js,sql,py}", { cwd: join(root, folder) }).filter((file) => !file.endsWith("stand-in.sql"));
  for (const file of files) {
    let current: Task | undefined;
    for (const line of readFileSync(join(root, folder, file), "utf8").split("\n")) {
      const text = line.trim();
      const [, mark] = /^(?:\/\/|--|#) task: (\w+)$/.exec(text) ?? [];
      if (mark !== undefined) current = tasks.find((task) => task === mark);
      else if (current !== undefined && text !== "" && !/^(\/\/|--|#) /.test(text)) {
        const { lines, characters } = sizes[current];
        sizes[current] = { lines: lines + 1, characters: characters + text.replaceAll(/\s/g, "").length };
      }
    }
  }
  return sizes;
}

/** The table of the page: lines, and characters in brackets. */
export function renderComparison(): string {
  const counted = peers.map(({ folder }) => countCode(folder));
  const row = (name: string, cells: readonly Size[]): string =>
    `| ${name} | ${cells.map(({ lines, characters }) => `${lines} (${characters})`).join(" | ")} |`;
  const sum = (sizes: Sizes): Size =>
    tasks.reduce((all, task) => ({ lines: all.lines + sizes[task].lines, characters: all.characters + sizes[task].characters }), {
      lines: 0,
      characters: 0,
    });
  return [
    `| | ${peers.map(({ name }) => name).join(" | ")} |`,
    `|---|${peers.map(() => "---|").join("")}`,
    ...tasks.map((task) =>
      row(
        task,
        counted.map((sizes) => sizes[task]),
      ),
    ),
    row("all", counted.map(sum)),
  ].join("\n");
}
