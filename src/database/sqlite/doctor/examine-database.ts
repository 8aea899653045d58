import type { Clock } from "#base";
import { verifyAudit } from "../../audit/verify-audit.ts";
import { readDefinitions, readStored } from "../../migrations/bookkeeping.ts";
import type { Model } from "../../model/model.ts";
import { formatVersion, readFormat } from "../bookkeeping.ts";
import { behindDamage, isSqliteFailure, resultCode } from "../errors.ts";
import { definitionOf, fingerprint, kindDifferences, readDatabaseDefinition } from "../definition/definition.ts";
import { compareSchemas } from "../definition/inspect.ts";
import { examineClock } from "./examine-clock.ts";
import { examineFiles } from "./examine-files.ts";
import { examineIndexes } from "./examine-indexes.ts";
import { examineForeignKeys, examinePages } from "./examine-pages.ts";
import { examineSearch } from "./examine-search.ts";
import { examineSize, examineStatistics } from "./examine-size.ts";
import { examineValues } from "./examine-values.ts";
import { ExaminedDatabase } from "./examined-database.ts";
import { advice, type Finding, ok, problem, restoreAdvice } from "./finding.ts";

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
          ["audit", () => examineAudit(database)],
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

async function examineSchema({ connection }: ExaminedDatabase, model: Model): Promise<readonly Finding[]> {
  const format = await readFormat(connection);
  if (format > formatVersion) {
    const message = `The database was made by a later version of Chassis: it has format ${format}, and this one knows ${formatVersion}.`;
    return [problem("schema", message, "Update the package.")];
  }
  const unfinished = (await readStored(connection)).find(
    ({ record: { state } }) => state === "applying" || state === "rollingBack",
  );
  if (unfinished !== undefined) {
    const { id, step, steps } = unfinished.record;
    const action = "`chassis migrate apply` goes on with it, `chassis migrate rollback` goes back.";
    return [problem("schema", `The migration '${id}' is not finished: ${step} of ${steps} steps are done.`, action)];
  }
  const [wanted, found] = [definitionOf(model), await readDatabaseDefinition(connection)];
  const different = [...compareSchemas(wanted.objects, found.objects), ...kindDifferences(wanted, found)];
  if (different.length === 0) return [ok("schema", "The database has exactly the tables of the definition.")];
  const known = (await readDefinitions(connection)).find((definition) => definition.fingerprint === fingerprint(wanted));
  if (known?.isCompatible === true) {
    const action = "Start the version that the database is made for when it is there; until then nothing has to be done.";
    return [advice("schema", "The database is that of another version, on which this definition works too.", action)];
  }
  return [
    problem("schema", `The database differs from the definition: ${different.join("; ")}.`, "`chassis migrate` says what to do."),
  ];
}

/** Each entry of the audit log against the one before it. That its end is missing only a noted head can tell. */
async function examineAudit(database: ExaminedDatabase): Promise<readonly Finding[]> {
  const { head, problem: broken } = await verifyAudit(database.connection);
  if (broken !== undefined) {
    const action =
      "Somebody changed it past Chassis, or the disk did. Keep the file as it is, and compare with a backup from before.";
    return [problem("audit", `The audit log is not whole: ${broken}`, action)];
  }
  return head.sequence === 0 ? [] : [ok("audit", `The ${head.sequence} entries of the audit log are one chain.`)];
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
