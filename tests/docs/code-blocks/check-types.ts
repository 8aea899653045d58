import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "../named-tests.ts";
import type { Page } from "./read-page.ts";

/** The file that fragments speak of. */
interface Context {
  readonly name: string;
  readonly text: string;
}

const isCode = (name: string): boolean => /\.(?:ts|tsx|mts)$/.test(name);

/**
 * Writes every version of every file of the pages below `folder`, and the fragments beside the files that they speak of. Gives the folder
 * of what is written last of each page.
 */
export async function writeForTypes(folder: string, pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    let version = 0;
    const files = new Map<string, { readonly text: string; readonly line: number }>();
    let context: Context = { name: "", text: "" };
    let fresh = false;
    const save = async (): Promise<void> => {
      if (!fresh) return;
      fresh = false;
      version++;
      for (const [name, { text }] of files) await put(join(folder, page.path.replace(/\.md$/, ""), `${version}`, name), text);
    };
    for (const block of page.blocks) {
      const { title, source, language, text, line } = block;
      if (title !== undefined) {
        if (files.has(title)) await save();
        files.set(title, { text, line });
        fresh ||= isCode(title);
        if (isCode(title) && !/\.test\.tsx?$/.test(title)) context = { name: title, text };
        continue;
      }
      if (language !== "ts" && language !== "tsx") continue;
      if (source !== undefined && text.startsWith("import ") && !source.endsWith(".test.ts")) context = { name: source, text };
      if (source !== undefined || block.untested !== undefined || block.tested !== undefined) continue;
      await save();
      const name = `line-${line}.${language}`;
      const lines = fragment(context, block);
      await put(join(folder, page.path.replace(/\.md$/, ""), `${version}`, name), lines);
    }
    await save();
  }
  await put(join(folder, "package.json"), '{ "type": "module" }');
  const options = { jsx: "react-jsx", noUnusedLocals: false, noUnusedParameters: false, declaration: false, types: ["node"] };
  await put(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions: options, include: ["."] }),
  );
}

/** A fragment stands in a function, after all that the file before it says, so that it may use its names or have others of its own. */
function fragment(context: Context, { text, given, within }: Page["blocks"][number]): string {
  const imports = new Map<string, Set<string>>();
  const whole: string[] = [];
  const withoutImports = (code: string): string =>
    code.replace(/^import (?:\{([^}]*)\} from "([^"]*)"|[^;]*);$/gm, (all: string, names: string | undefined, from = "") => {
      // What it says itself is there already.
      if (from === `./${context.name}`) return "";
      if (names === undefined) whole.push(all);
      else {
        const known = imports.get(from) ?? new Set();
        for (const name of names.split(",").map((each) => each.trim())) if (name !== "") known.add(name);
        imports.set(from, known);
      }
      return "";
    });
  const before = withoutImports(context.text);
  const declared = withoutImports(given);
  const ambient = declared.match(/^declare [^]*?;$/gm) ?? [];
  const known = declared.replace(/^declare [^]*?;$/gm, "");
  const body = withoutImports(text);
  const inside = within === undefined ? body : `return ${within.replace("…", () => `\n${body}`)};`;
  const lines = [...imports].map(([from, names]) => `import { ${[...names].join(", ")} } from "${from}";`);
  return `${[...lines, ...new Set(whole)].join("\n")}\n${before}\n${ambient.join("\n")}\nexport async function fragment() {\n${known}\n${inside.replace(/^export (default )?/gm, (_, given: string | undefined) => (given === undefined ? "" : "void "))}\n}\n`;
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** What the compiler says of all of them, in one run. */
export function compile(folder: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, "node_modules/typescript/bin/tsc"), "--project", folder, "--noEmit", "--pretty", "false"],
      { cwd: folder, maxBuffer: 50_000_000 },
      (error, stdout, stderr) => resolve(error === null ? "" : `${stdout}${stderr}`),
    );
  });
}
