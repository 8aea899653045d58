import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";

/** What a project can begin as: a folder of `templates/` of the package each, the first one where nobody says. `firstPage`: where there is something to look at. */
export const templates = [
  { name: "website", description: "pages with forms and sign-in, and a little style", firstPage: "" },
  { name: "api-only", description: "tables, rules, functions and sign-in for a front end elsewhere", firstPage: "/docs" },
  { name: "minimal", description: "one file with two tables", firstPage: "/docs" },
] as const;

export type TemplateName = (typeof templates)[number]["name"];

/** The files of a project by their paths in it, as text. */
export type ProjectFiles = ReadonlyMap<string, string>;

/** npm leaves files of these names out of packages, or takes them for its own. */
const namesInProject: Readonly<Record<string, string>> = { gitignore: ".gitignore" };

/** A template as it stands in the package, with what every project has; `title` is what the project calls itself. */
export function readTemplate(packageRoot: string, name: TemplateName, title: string): ProjectFiles {
  const files = new Map<string, string>();
  for (const folder of ["every", name]) {
    const root = join(packageRoot, "templates", folder);
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const place = path.slice(root.length + 1).replaceAll(sep, "/");
      const text = readFileSync(path, "utf8").replaceAll("{{title}}", title).replaceAll("My site", title);
      files.set(namesInProject[place] ?? place, text);
    }
  }
  return files;
}
