import { parseArgs } from "node:util";

/** What a run measures and for how long. */
export interface RunOptions {
  readonly rounds: number;
  readonly milliseconds: number;
  /** Rows of the large table of the page subject. */
  readonly manyRows: number;
  /** Rows of the table that the migration subject changes, and MiB of the database that the backup subject copies. */
  readonly migratedRows: number;
  readonly backupMegabytes: number;
  readonly subjects: ReadonlySet<Subject>;
  readonly pocketBase: string | undefined;
  readonly withPeers: boolean;
  /** Where to put data and leave it; a temporary folder, deleted at the end, where undefined. */
  readonly folder: string | undefined;
  readonly writes: boolean;
}

/** Of the page subject, where a run is to take its time; its result has a file of its own. */
export const largeRows = 10_000_000;

export const subjects = ["read", "list", "rule", "pages", "inserts", "start", "memory"] as const;
/** Those that a run measures where it is not told to measure them: they take their time. */
export const writeSubjects = ["writers", "delays", "bulk", "kept", "feed", "migration", "backup"] as const;
export type Subject = (typeof subjects)[number] | (typeof writeSubjects)[number];

/** Names for several subjects. */
const groups: Readonly<Record<string, readonly Subject[]>> = { writes: ["inserts", ...writeSubjects] };

export const help = `node benchmarks/run.ts [subjects]

Subjects: ${subjects.join(", ")}; all of them where none is named.
By name only: ${writeSubjects.join(", ")}; "writes" is all of these and inserts.

  --rounds <n>         rounds that count (5)
  --seconds <n>        of each lane in a round (1)
  --small              a migration of 50,000 rows and a backup of 32 MB, not of 1 million and 1 GB: to see that they run
  --large              pages of 10 million rows, not of 1 million: minutes more, and 2 GB
  --pocketbase <path>  its binary, where pip is not to fetch it
  --no-peers           leave PocketBase out
  --data <folder>      where to put the data (a temporary folder)
  --no-write           print, and write no file to benchmarks/results
  --help`;

/** Throws for what it does not know. */
export function readOptions(args: readonly string[]): RunOptions | "help" {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "1" },
      small: { type: "boolean", default: false },
      large: { type: "boolean", default: false },
      pocketbase: { type: "string" },
      "no-peers": { type: "boolean", default: false },
      data: { type: "string" },
      "no-write": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const known: ReadonlySet<string> = new Set([...subjects, ...writeSubjects, ...Object.keys(groups)]);
  const unknown = positionals.find((name) => !known.has(name));
  if (unknown !== undefined) throw new Error(`There is no subject '${unknown}'. ${help}`);
  return {
    rounds: positive("--rounds", values.rounds),
    milliseconds: positive("--seconds", values.seconds) * 1000,
    manyRows: values.large ? largeRows : 1_000_000,
    migratedRows: values.small ? 50_000 : 1_000_000,
    backupMegabytes: values.small ? 32 : 1024,
    subjects: new Set(positionals.length === 0 ? subjects : positionals.flatMap((name) => groups[name] ?? (name as Subject))),
    pocketBase: values.pocketbase,
    withPeers: !values["no-peers"],
    folder: values.data,
    writes: !values["no-write"],
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${name} needs a number above 0, not '${text}'.`);
  return value;
}
