import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Node } from "typescript/unstable/ast";
import { isExportDeclaration, isExportSpecifier, isIdentifier, isTypeParameterDeclaration } from "typescript/unstable/ast/is";
import { API, type Checker, type Project, SymbolFlags, type Symbol as CompilerSymbol } from "typescript/unstable/sync";
import { declarationOf, typeNames } from "./declaration-text.ts";

/** What one import of the package gives: `chassis/client`. */
export interface EntryPoint {
  readonly name: string;
  /** Markdown: the comment at the beginning of its file. */
  readonly doc: string;
  readonly exports: readonly Declared[];
  /** Types that the declarations of these name and that cannot be imported: the options of a function, say. */
  readonly named: readonly Declared[];
}

export interface Declared {
  readonly name: string;
  readonly kind: "function" | "class" | "value" | "type";
  /** Its docstring, Markdown; empty where there is none. */
  readonly doc: string;
  /** As it is written, without bodies and without what is private. */
  readonly declaration: string;
  /** The file that has it, from the root of the repository. */
  readonly source: string;
  /** Other types that the declaration names, and the import under which each of them stands. */
  readonly names: readonly { readonly name: string; readonly entry: string }[];
}

const root = join(import.meta.dirname, "../../..");

/**
 * Everything that the package exports, from its sources. By the compiler's own program interface, which is marked unstable: this file and
 * `declaration-text.ts` are all that use it.
 */
export function readExports(): readonly EntryPoint[] {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, string>>;
  };
  const api = new API({ cwd: root });
  try {
    const config = join(import.meta.dirname, "tsconfig.json");
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
    if (project === undefined) throw new Error(`${config} could not be opened.`);
    const modules = Object.entries(exports)
      .filter(([, path]) => path.endsWith(".ts"))
      .map(([name, path]) => openModule(project, name.replace(".", "chassis"), join(root, path)));
    const everywhere = new Map(modules.toReversed().flatMap(({ exported }) => [...exported]));
    return modules.map(({ name, doc, exported }) => {
      const reader = new Reader(project, name, new Map([...everywhere, ...exported]));
      const own = [...exported.values()].map((each) => reader.read(each));
      return { name, doc, exports: own, named: reader.readNamed() };
    });
  } finally {
    api.close();
  }
}

/** Something that can be imported, and from where. */
interface Exported {
  readonly name: string;
  readonly entry: string;
  readonly symbol: CompilerSymbol;
  /** A class that is exported as a type can be met, and not made. */
  readonly typeOnly: boolean;
}

interface Module {
  readonly name: string;
  readonly doc: string;
  readonly exported: ReadonlyMap<number, Exported>;
}

function openModule(project: Project, name: string, file: string): Module {
  const { checker, program } = project;
  const source = program.getSourceFile(file);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} exports nothing.`);
  const [, doc = ""] = /^\/\*\*([^]*?)\*\//.exec(source?.text ?? "") ?? [];
  const exported = checker.getExportsOfModule(module).map((symbol): readonly [number, Exported] => {
    const own = origin(checker, symbol);
    const typeOnly = symbol.declarations.some((handle) => isTypeOnly(handle.resolve(project)));
    return [own.id, { name: symbol.name, entry: name, symbol: own, typeOnly }];
  });
  return { name, doc: withoutStars(doc), exported: new Map(exported) };
}

function isTypeOnly(node: Node | undefined): boolean {
  if (node === undefined || !isExportSpecifier(node)) return false;
  const whole = node.parent.parent;
  return node.isTypeOnly || (isExportDeclaration(whole) && whole.isTypeOnly);
}

function origin(checker: Checker, symbol: CompilerSymbol): CompilerSymbol {
  return (symbol.flags & SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
}

/** Types that say what people write or call. All others say how one type becomes another: six hundred, which nobody reads. */
const written = /(?:Input|Options|Settings|Builders|Field|Methods|Call|Db|Tables)$/;

class Reader {
  readonly #project: Project;
  readonly #entry: string;
  readonly #exported: ReadonlyMap<number, Exported>;
  readonly #named = new Map<number, CompilerSymbol>();

  constructor(project: Project, entry: string, exported: ReadonlyMap<number, Exported>) {
    this.#project = project;
    this.#entry = entry;
    this.#exported = exported;
  }

  read({ symbol, name, typeOnly }: Omit<Exported, "entry">): Declared {
    const { checker } = this.#project;
    const nodes = symbol.declarations.flatMap((handle) => handle.resolve(this.#project) ?? []);
    const [path] = symbol.declarations.map((handle) => handle.path);
    if (path === undefined || nodes.length === 0) throw new Error(`'${name}' is exported, and declared nowhere.`);
    const throws = symbol
      .getJsDocTags(checker)
      .filter((tag) => tag.name === "throws")
      .map(({ text }) => `Throws ${text}`);
    const { kind, text } = declarationOf(nodes);
    return {
      name,
      kind: typeOnly ? "type" : kind,
      doc: [symbol.getDocumentationComment(checker), ...throws].join("\n\n").trim(),
      declaration: text.replace(new RegExp(`\\b${symbol.name}\\b`), name),
      source: path.slice(root.length + 1).replaceAll("\\", "/"),
      names: this.#namesIn(nodes).filter((each) => each.name !== name),
    };
  }

  /** Those that were met and are not exported, and what they name in turn. */
  readNamed(): readonly Declared[] {
    const found: Declared[] = [];
    // What is read may name more, which a map that is walked gives too.
    for (const symbol of this.#named.values()) found.push(this.read({ symbol, name: symbol.name, typeOnly: true }));
    return found.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  #namesIn(nodes: readonly Node[]): Declared["names"] {
    const { checker } = this.#project;
    const identifiers = nodes.flatMap(typeNames).filter(isIdentifier);
    const names = new Map<string, Declared["names"][number]>();
    for (const symbol of checker.getSymbolAtLocation(identifiers)) {
      if (symbol === undefined) continue;
      const own = origin(checker, symbol);
      const declared = own.declarations[0]?.resolve(this.#project);
      if (declared === undefined || isTypeParameterDeclaration(declared)) continue;
      const exported = this.#exported.get(own.id);
      if (exported === undefined && !written.test(own.name)) continue;
      if (exported === undefined) this.#named.set(own.id, own);
      const { name, entry } = exported ?? { name: own.name, entry: this.#entry };
      names.set(name, { name, entry });
    }
    return [...names.values()];
  }
}

function withoutStars(comment: string): string {
  return comment
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .join("\n")
    .trim();
}
