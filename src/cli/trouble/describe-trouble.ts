import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { DefinitionError } from "#application";
import { didYouMean } from "#base";
import { UnloadableBackendError } from "../command-line/command-error.ts";
import { describeFailure } from "../command-line/failure.ts";
import { codeFrame, type SourcePlace } from "./code-frame.ts";
import { findPlace, type Source } from "./find-place.ts";

/**
 * Why a back end could not be loaded, with the file, line and column of each mistake that has them. `files` are those that were loaded: what lies below the
 * package itself is nobody's mistake.
 */
export async function describeTrouble(error: unknown, files: Iterable<string>): Promise<string> {
  return (await locateTrouble(error, files)) ?? describeFailure(error);
}

/** The same where a place in the back end's own files is known; else undefined. */
export async function locateTrouble(error: unknown, files: Iterable<string>): Promise<string | undefined> {
  if (error instanceof UnloadableBackendError) return (await locateTrouble(error.cause, files)) ?? error.message;
  if (!(error instanceof Error))
    return `The back end throws ${inspect(error)} while it is loaded, which does not say where: throw new Error("...") would.`;
  const own = [...files].filter((file) => !isOurs(file));
  if (error instanceof DefinitionError) return describeDefinition(error, own.flatMap(readSource));
  const syntax = syntaxPlace(error);
  if (syntax !== undefined) return describeAt(syntax, explainTypeScript(error) ?? (await explainImport(error, syntax.file)));
  const { code, message }: NodeJS.ErrnoException = error;
  if (code === "ERR_MODULE_NOT_FOUND") return describeMissing(message);
  // Where no package.json says what a file is, Node.js does not say which one it could not read.
  if (error instanceof SyntaxError && own.length > 0)
    return own.length === 1
      ? `${own.map(shown).join("")}: ${message}`
      : `${message}\nIt is in one of these: ${own.map(shown).join(", ")}`;
  const thrown = ownFrame(error, own);
  return thrown === undefined ? undefined : describeAt(thrown, `${error.name}: ${message}`);
}

function describeDefinition({ problems }: DefinitionError, sources: readonly Source[]): string {
  const count = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
  const lines = problems.map(({ place, message }) => {
    const found = findPlace(place, sources);
    return found === undefined ? `  ${place}: ${message}` : `  ${where(found)}\n      ${place}: ${message}`;
  });
  return `The definition has ${count}:\n${lines.join("\n")}`;
}

/** What `node` writes before the stack of a text that it cannot read: the file and the line, the text, and marks below it. */
function syntaxPlace(error: unknown): SourcePlace | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  const [, url = "", line = "", , spaces = ""] = /^(file:\/\/\S+):(\d+)\n((?:.*\n)+?)( *)\^+ *\n/.exec(error.stack ?? "") ?? [];
  return url === "" ? undefined : { file: fileURLToPath(url), line: Number(line), column: spaces.length + 1 };
}

/** What is TypeScript, and more than types: https://nodejs.org/api/typescript.html#typescript-features */
function explainTypeScript({ message }: Error): string | undefined {
  const [, what] = /^TypeScript (.*) is not supported in strip-only mode$/.exec(message) ?? [];
  if (what === undefined) return undefined;
  const instead = what === "enum" ? `, such as const Kind = { book: "book" } as const` : "";
  return `Node.js runs TypeScript by erasing its types, and a TypeScript ${what} is more than a type. Write JavaScript in its place${instead}.`;
}

/** A name that a module does not have, with what was meant perhaps. Nothing of anybody else's is run to know. */
async function explainImport({ message }: Error, importer: string): Promise<string> {
  const [, module = "", name = ""] = /^The requested module '(.*)' does not provide an export named '(.*)'$/.exec(message) ?? [];
  if (name === "") return message;
  const known =
    module === "chassis" ? Object.keys(await import(import.meta.resolve(module))) : exportsOf(join(dirname(importer), module));
  return `'${module}' exports no '${name}'${didYouMean(name, known) || "."}`;
}

function exportsOf(file: string): readonly string[] {
  const text = readSource(file)[0]?.text ?? "";
  return [...text.matchAll(/^export\s+(?:async\s+)?(?:const|let|function\*?|class)\s+([\w$]+)/gm)].map(([, name = ""]) => name);
}

/** An import that leads nowhere: where it stands, and what lies there. */
function describeMissing(message: string): string | undefined {
  const [, kind, wanted = "", importer = ""] = /^Cannot find (module|package) '(.*)' imported from (.*)$/.exec(message) ?? [];
  if (kind === undefined || !existsSync(importer)) return undefined;
  const text = readFileSync(importer, "utf8");
  for (const match of text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)(["'])([^"'\n]+)\1/g)) {
    const [whole, , specifier = ""] = match;
    const leads = specifier.startsWith(".") ? join(dirname(importer), specifier) : specifier;
    if (leads !== wanted && !leads.startsWith(`${wanted}/`)) continue;
    const index = match.index + whole.length - specifier.length - 1;
    const before = text.slice(0, index);
    const place = { file: importer, line: before.split("\n").length, column: index - before.lastIndexOf("\n") };
    return describeAt(place, kind === "package" ? describeMissingPackage(wanted) : describeMissingFile(specifier, wanted));
  }
  return undefined;
}

function describeMissingPackage(name: string): string {
  return `The package '${name}' is not installed: npm install ${name}`;
}

function describeMissingFile(specifier: string, path: string): string {
  const ending = [".ts", ".js", ".mts", ".mjs"].find((each) => existsSync(path + each));
  if (ending !== undefined) return `There is no '${specifier}'; imports name the file with its ending: '${specifier}${ending}'`;
  const typed = path.replace(/\.(m?)js$/, ".$1ts");
  if (typed !== path && existsSync(typed))
    return `There is no '${specifier}'; the file is '${specifier.replace(/\.(m?)js$/, ".$1ts")}'`;
  if (existsSync(join(path, "index.ts"))) return `'${specifier}' is a folder; imports name the file: '${specifier}/index.ts'`;
  const folder = dirname(path);
  const near = existsSync(folder) ? didYouMean(basename(path), readdirSync(folder)) : "";
  return `There is no file '${specifier}'${near || "."}`;
}

/** The place in the back end's own code that an error comes from. */
function ownFrame(error: unknown, own: readonly string[]): SourcePlace | undefined {
  if (!(error instanceof Error)) return undefined;
  for (const [, url = "", line = "", column = ""] of (error.stack ?? "").matchAll(/\(?(file:\/\/[^\s()]+):(\d+):(\d+)\)?$/gm)) {
    const file = fileURLToPath(url);
    if (own.includes(file)) return { file, line: Number(line), column: Number(column) };
  }
  return undefined;
}

function describeAt(place: SourcePlace, message: string): string {
  const [source] = readSource(place.file);
  return `${where(place)}: ${message}${source === undefined ? "" : `\n${codeFrame(source.text, place)}`}`;
}

function where({ file, line, column }: SourcePlace): string {
  return `${shown(file)}:${line}:${column}`;
}

/** As it can be clicked, from where the command was called. */
function shown(file: string): string {
  const way = relative(process.cwd(), file);
  return way.startsWith("..") ? file : way;
}

function readSource(file: string): readonly Source[] {
  try {
    return [{ file, text: readFileSync(file, "utf8") }];
  } catch {
    return [];
  }
}

/** Whether a file is of the package itself, in a copy of the repository as well. */
function isOurs(file: string): boolean {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  return file.startsWith(root);
}
