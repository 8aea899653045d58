import { existsSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { didYouMean } from "#base";
import { CommandError, UsageError } from "../command-line/failure.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { isNewEnough, machineNode } from "./machine-node.ts";
import { isCopy, packageRoot } from "../backend/own-package.ts";
import { copyPackages, nodeOfCopy } from "./copy-packages.ts";
import { fileSource, packageSourceFor } from "./package-source.ts";
import { examineFolder, type ProjectFolder } from "./project-folder.ts";
import { nodeVersion, projectFiles } from "./project-files.ts";
import { packageNameOf, titleOf } from "./project-name.ts";
import { runTool } from "./run-tool.ts";
import { readTemplate, type TemplateName, templates } from "./templates.ts";
import { writeProject } from "./write-project.ts";

export interface CreateOptions {
  readonly folder?: string | undefined;
  readonly template?: string;
  /** The package's name; by default made from the folder's. */
  readonly name?: string;
  readonly yes?: boolean;
  readonly install?: boolean;
  readonly git?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** What was made. */
export interface Created {
  readonly folder: string;
  readonly name: string;
  readonly template: TemplateName;
  readonly files: readonly string[];
  readonly kept: readonly string[];
  readonly installed: boolean;
  readonly git: boolean;
  /** The commands that lead to a page in the browser. */
  readonly next: readonly string[];
}

/**
 * Makes a project from a template: files, a repository of git, its packages. Asks for what is not said where somebody can answer. Either the project is there with all of its files
 * or nothing is; where only its packages could not be installed, it stays and the command fails.
 */
export async function create(
  options: CreateOptions,
  terminal: Terminal,
  /** What the project depends on, from where it will lie. */
  sourceFor: typeof packageSourceFor = packageSourceFor,
): Promise<Created> {
  const { force = false, json = false } = options;
  const template = templateOf(options.template);
  const first = options.folder === undefined ? undefined : examineFolder(options.folder, force);
  if (first !== undefined || options.name !== undefined) packageNameOf(first?.path ?? "", options.name);

  const asks = terminal.ask !== undefined && options.yes !== true && !json;
  const chosen = asks
    ? await (await import("./ask-about-project.ts")).askAboutProject({
        ...options,
        template,
        force,
        mayUseGit: (folder) => !isInRepository(folder),
      })
    : byDefault(options, template);
  const folder = first ?? examineFolder(chosen.folder, force);
  const name = packageNameOf(folder.path, options.name);
  const report = (line: string): void => terminal.report(line);

  const node = await machineNode();
  const packageSource = await sourceFor(folder.path, report);
  const files = projectFiles(readTemplate(packageRoot, chosen.template, titleOf(name)), {
    name,
    packageSource,
    nodeSource: isNewEnough(node) ? undefined : nodeSourceFor(folder.path),
  });
  const written = undisturbed(() => writeProject(files, folder));
  const git = chosen.git && (await makeRepository(folder));
  if (!isNewEnough(node))
    report(
      `${node === undefined ? "There is no Node.js" : `Node.js ${node} is too old`} on this machine: the project gets ${nodeOfThisCopy() === undefined ? "one of its own, by the package `node`" : "that of this copy"}.`,
    );
  const failure = chosen.install ? await install(folder, report) : undefined;
  const created: Created = {
    folder: folder.path,
    name,
    template: chosen.template,
    ...written,
    installed: chosen.install && failure === undefined,
    git,
    next: [
      `cd ${shellWord(wayTo(folder.path))}`,
      ...(chosen.install && failure === undefined ? [] : ["npm install"]),
      "npm run dev",
    ],
  };
  if (json) terminal.print(JSON.stringify(created));
  else for (const line of describe(created, terminal)) terminal.print(line);
  if (failure !== undefined) throw new CommandError(`The project is there, but its packages could not be installed:\n${failure}`);
  return created;
}

function templateOf(given: string | undefined): TemplateName | undefined {
  const names = templates.map(({ name }) => name);
  const found = names.find((name) => name === given);
  if (given === undefined || found !== undefined) return found;
  throw new UsageError(`There is no template '${given}'${didYouMean(given, names) || "."} There are: ${names.join(", ")}.`);
}

/** Where nobody can answer, or wants to. */
function byDefault(
  { folder, install = true, git }: CreateOptions,
  template: TemplateName | undefined,
): {
  readonly folder: string;
  readonly template: TemplateName;
  readonly install: boolean;
  readonly git: boolean;
} {
  if (folder === undefined) throw new UsageError("Say which folder: chassis create my-site");
  return { folder, template: template ?? templates[0].name, install, git: git ?? !isInRepository(folder) };
}

/** In a repository already, another one inside it is not what anybody wants unasked. */
function isInRepository(folder: string): boolean {
  for (let at = examineFolder(folder, true).path; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (dirname(at) === at) return false;
  }
}

/** An interrupt waits for the end of the work, which takes it back where it fails; then it does what it does. */
function undisturbed<T>(work: () => T): T {
  const wait = (): void => {};
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, wait);
  try {
    return work();
  } finally {
    for (const signal of signals) process.off(signal, wait);
  }
}

async function makeRepository({ path }: ProjectFolder): Promise<boolean> {
  if (existsSync(join(path, ".git"))) return true;
  return (await runTool("git", ["init", "--quiet"], { folder: path })).ok;
}

/** A project of a copy uses the Node.js of the copy too: it does not come without it anyway. */
function nodeSourceFor(project: string): string {
  const found = nodeOfThisCopy();
  return found === undefined ? nodeVersion : fileSource(found, project);
}

function nodeOfThisCopy(): string | undefined {
  return isCopy ? nodeOfCopy(packageRoot) : undefined;
}

/** Gives what npm said where it failed. */
async function install({ path }: ProjectFolder, report: (line: string) => void): Promise<string | undefined> {
  if (isCopy && copyPackages({ copy: packageRoot, project: path })) return undefined;
  report("Installing its packages ...");
  const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  const { ok, output } = await runTool("npm", args, { folder: path });
  return ok ? undefined : output;
}

function describe({ folder, template, kept, next }: Created, terminal: Terminal): readonly string[] {
  return [
    "",
    `${terminal.style("bold", basename(folder))} is there, made from the template ${template}.`,
    ...(kept.length === 0 ? [] : [`Left as it was: ${kept.join(", ")}.`]),
    "",
    ...next.map((command) => `  ${terminal.style("cyan", command)}`),
    "",
    `Then open http://localhost:4000${templates.find(({ name }) => name === template)?.firstPage ?? ""}. README.md in the folder says what is what.`,
  ];
}

/** From where somebody is; whole, where that leads further up than next door. */
function wayTo(folder: string): string {
  const way = relative(process.cwd(), folder) || ".";
  return way.startsWith(join("..", "..")) ? folder : way;
}

/** As it is typed into a shell. */
function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
