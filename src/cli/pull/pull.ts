import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { buildPulledModel, type PulledSchema, printSchema, type PullOptions, pullSchema } from "#application";
import { openSource, type SourceDatabase } from "#database";
import type { ExitCode } from "../command-line/exit-code.ts";
import { CommandError, UsageError } from "../command-line/command-error.ts";
import { findBackend, loadBackend } from "../backend/load-backend.ts";
import { fillDirectory } from "./pull-rows.ts";
import { count, printResult, type Terminal } from "../command-line/terminal.ts";

export interface PullCommand {
  /** The database to take over. */
  readonly file: string;
  readonly out?: string;
  readonly into?: string;
  readonly backend?: string;
  readonly only?: readonly string[];
  readonly exclude?: readonly string[];
  readonly sample?: number;
  readonly onError: "stop" | "skip";
  readonly force?: boolean;
}

/**
 * Takes over a SQLite database of any hand: its schema as TypeScript, and with `into` its rows as a database of ours. The file itself
 * is only read. Ends with 1 where a row was refused.
 */
export async function pull(command: PullCommand, terminal: Terminal): Promise<ExitCode> {
  if (command.backend !== undefined && command.into === undefined)
    throw new UsageError("--backend says which definition the rows must fit: it needs --into <data directory>.");
  const out = command.out === undefined ? undefined : resolve(command.out);
  if (out !== undefined && existsSync(out) && command.force !== true)
    throw new CommandError(`There is a file ${out} already. Give another name, or --force to replace it.`);
  const source = openSource(resolve(command.file));
  try {
    const pulled = pullSchema(source, optionsOf(command, source));
    if (pulled.tables.length === 0) throw new CommandError(`There is no table to take over in ${command.file}.`);
    if (out !== undefined) writeSchema(pulled, out, command, terminal);
    else if (command.into === undefined) {
      const schema = print(pulled, command.file).trimEnd();
      printResult(terminal, { schema, leftOut: pulled.leftOut.map(({ what }) => what) }, schema);
    }
    if (command.into === undefined) return 0;
    const model =
      command.backend === undefined ? buildPulledModel(pulled) : (await loadBackend(findBackend(command.backend))).model;
    return await fillDirectory({ source, pulled, model, directory: resolve(command.into), onError: command.onError }, terminal);
  } finally {
    source.close();
  }
}

function print(pulled: PulledSchema, file: string): string {
  return printSchema(pulled, { origin: basename(file), library: "chassis" });
}

function writeSchema(pulled: PulledSchema, out: string, { file }: PullCommand, terminal: Terminal): void {
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, print(pulled, file));
  if (terminal.json === true)
    printResult(terminal, { file: out, tables: pulled.tables.length, leftOut: pulled.leftOut.map(({ what }) => what) });
  terminal.report(`${count(pulled.tables.length, "table")} written to ${out}. What could not be taken over is in its comments.`);
  if (pulled.leftOut.length > 0) terminal.report(`Left out: ${pulled.leftOut.map(({ what }) => what).join(", ")}.`);
  terminal.report(
    "Next: write the rules in a backend.ts beside it (export default defineBackend(schema, { rules })), then `chassis check`.",
  );
}

function optionsOf({ only, exclude, sample }: PullCommand, source: SourceDatabase): PullOptions {
  const names = source.schema.tables.map(({ name }) => name);
  for (const name of [...(only ?? []), ...(exclude ?? [])]) {
    if (!names.some((each) => each.toLowerCase() === name.toLowerCase()))
      throw new CommandError(
        `There is no table "${name}" in it. It has ${names.slice(0, 20).join(", ")}${names.length > 20 ? " and more" : ""}.`,
      );
  }
  return {
    ...(only === undefined ? {} : { only }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(sample === undefined ? {} : { sample }),
  };
}
