import type { Clock } from "#base";
import type { Model } from "../../model/model.ts";
import { formatVersion, readFormat } from "../bookkeeping.ts";
import { behindDamage, isSqliteFailure, resultCode } from "../errors.ts";
import { differences } from "../inspect.ts";
import { examineClock } from "./examine-clock.ts";
import { examineFiles } from "./examine-files.ts";
import { examineIndexes } from "./examine-indexes.ts";
import { examineForeignKeys, examinePages } from "./examine-pages.ts";
import { examineSearch } from "./examine-search.ts";
import { examineSize, examineStatistics } from "./examine-size.ts";
import { examineValues } from "./examine-values.ts";
import { ExaminedDatabase } from "./examined-database.ts";
import { type Finding, ok, problem, restoreAdvice } from "./finding.ts";

export interface ExaminationOptions {
  readonly path: string;
  readonly model: Model;
  readonly clock: Clock;
  /** Leaves out what reads every row. */
  readonly isQuick: boolean;
  /** A server, in another process, has the database open. */
  readonly isServed: boolean;
  /** Hears what is being examined. */
  readonly report?: (progress: string) => void;
}

/**
 * Everything that can be said of a database without changing it. Other processes go on reading and writing meanwhile. What one
 * examination cannot finish, because the file is damaged, is a finding too.
 */
export async function examineDatabase(options: ExaminationOptions): Promise<readonly Finding[]> {
  const { path, model, clock, isQuick, isServed, report = () => {} } = options;
  report("files");
  const files = examineFiles(path, isServed);
  if (files.some(({ message }) => message.includes("is no SQLite database"))) return files;
  let database: ExaminedDatabase;
  try {
    database = new ExaminedDatabase(path, isServed);
  } catch (error) {
    return [...files, unfinished("files", error)];
  }
  const examinations: readonly (readonly [name: string, examine: () => readonly Finding[] | Promise<readonly Finding[]>])[] = [
    ["integrity", () => examinePages(database, isQuick)],
    ["schema", () => examineSchema(database, model)],
    ["foreign keys", () => examineForeignKeys(database)],
    ...(isQuick
      ? []
      : ([
          ["values", () => examineValues(database, model)],
          ["search", () => examineSearch(database, model)],
        ] as const)),
    ["indexes", () => examineIndexes(database, model)],
    ["statistics", () => examineStatistics(database, model)],
    ["size", () => examineSize(database, path)],
    ["clock", () => examineClock(database, model, clock)],
  ];
  const findings: Finding[] = [...files];
  try {
    for (const [name, examine] of examinations) {
      report(name);
      try {
        findings.push(...(await examine()));
      } catch (error) {
        findings.push(unfinished(name, error));
      }
    }
    return findings;
  } finally {
    database.close();
  }
}

async function examineSchema(database: ExaminedDatabase, model: Model): Promise<readonly Finding[]> {
  const format = await readFormat(database.connection);
  if (format > formatVersion) {
    const message = `The database was made by a later version of Chassis: it has format ${format}, and this one knows ${formatVersion}.`;
    return [problem("schema", message, "Update the package.")];
  }
  const different = await differences(model, database.connection);
  if (different.length === 0) return [ok("schema", "The database has exactly the tables of the definition.")];
  return [
    problem("schema", `The database differs from the definition: ${different.join("; ")}.`, "`chassis migrate` says what to do."),
  ];
}

function unfinished(check: string, error: unknown): Finding {
  const cause = behindDamage(error);
  const message = cause instanceof Error ? cause.message : String(error);
  const isDamage =
    isSqliteFailure(cause) && [resultCode.corrupt, resultCode.notADatabase].some((code) => code === (cause.errcode & 0xff));
  return problem(
    check,
    `This examination could not be finished: ${message}.`,
    isDamage ? restoreAdvice : "Settle what is said above, then try again. If nothing is, may this user read the file?",
  );
}
