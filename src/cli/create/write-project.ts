import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { CommandError } from "../command-line/failure.ts";
import type { ProjectFolder } from "./project-folder.ts";
import type { ProjectFiles } from "./templates.ts";

export interface Written {
  readonly files: readonly string[];
  /** What was there already and stays as it was. */
  readonly kept: readonly string[];
}

/**
 * Writes all files or none. They are first written beside the folder, and moved to their places when all are there. Nothing that exists is replaced;
 * a `.gitignore` gets the lines that keep the database out of the repository, unless it is a link, which may lead to any file. Never waits, so no signal comes in between.
 *
 * @throws CommandError where the disk or the permissions do not let it; then all is as it was.
 */
export function writeProject(files: ProjectFiles, { path, exists }: ProjectFolder): Written {
  const undo: (() => void)[] = [];
  try {
    makeFolder(dirname(path), undo);
    const draft = join(dirname(path), `.${basename(path)}-${randomBytes(4).toString("hex")}`);
    mkdirSync(draft);
    undo.push(() => rmSync(draft, { recursive: true, force: true }));
    for (const [name, text] of files) {
      mkdirSync(dirname(join(draft, name)), { recursive: true });
      writeFileSync(join(draft, name), text, { flush: true });
    }
    if (!exists) {
      renameSync(draft, path);
      undo.pop();
      return { files: [...files.keys()], kept: [] };
    }
    const kept = [...files.keys()].filter((name) => isThere(join(path, name)));
    const written = [...files.keys()].filter((name) => !kept.includes(name));
    for (const name of written) {
      makeFolder(dirname(join(path, name)), undo);
      renameSync(join(draft, name), join(path, name));
      undo.push(() => rmSync(join(path, name), { force: true }));
    }
    if (kept.includes(".gitignore") && lstatSync(join(path, ".gitignore")).isFile())
      addLines(join(path, ".gitignore"), files.get(".gitignore") ?? "");
    rmSync(draft, { recursive: true, force: true });
    return { files: written, kept };
  } catch (error) {
    for (const back of undo.reverse()) tryTo(back);
    throw new CommandError(`Nothing was made in ${path}: ${reasonOf(error)}`);
  }
}

/** Those folders on the way that are not there. */
function makeFolder(path: string, undo: (() => void)[]): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path), undo);
  mkdirSync(path);
  undo.push(() => rmdirSync(path));
}

/** A link that leads nowhere is there too. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function addLines(path: string, wanted: string): void {
  const present = new Set(
    readFileSync(path, "utf8")
      .split(/\r?\n/)
      .map((line) => line.trim().replace(/\/$/, "")),
  );
  const missing = wanted
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#") && !present.has(line.replace(/\/$/, "")));
  if (missing.length > 0) appendFileSync(path, `\n# What Chassis keeps here\n${missing.join("\n")}\n`);
}

function tryTo(step: () => void): void {
  try {
    step();
  } catch {
    // What cannot be taken back must not hide why it had to be.
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return "the disk is full.";
    case "EACCES":
    case "EPERM":
      return "you may not write there. Choose a folder of your own.";
    case "EROFS":
      return "the disk can only be read there. Choose another folder.";
    case "ENAMETOOLONG":
      return "the folder's name is too long. Choose a shorter one.";
    default:
      return message;
  }
}
