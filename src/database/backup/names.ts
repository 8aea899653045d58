import type { LogPlace } from "./container/manifest.ts";

/** What the name of a file at a destination says. */
export interface NamedBackup {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly moment: number;
  readonly log: LogPlace | null;
}

export interface NamedPiece {
  readonly name: string;
  readonly series: string;
  readonly from: number;
  readonly to: number;
  /** Of its last step: milliseconds since 1970. */
  readonly time: number;
}

const stamp = /\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z/.source;
const backupName = new RegExp(`^(${stamp})(?:_([\\w-]+)_(\\d+)_(\\d+))?\\.chassis-backup$`);
const pieceName = new RegExp(`^log/([\\w-]+)/(\\d+)-(\\d+)_(${stamp})\\.chassis-log$`);

export const logFolder = "log/";

/** A time without colons, which Windows has no file names with. */
export function timeStamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replaceAll(":", "-");
}

function readStamp(text: string): number {
  return Date.parse(text.replace(/T(\d\d)-(\d\d)-/, "T$1:$2:"));
}

export function nameBackup(moment: number, log: LogPlace | null): string {
  return `${timeStamp(moment)}${log === null ? "" : `_${log.series}_${log.from}_${log.through}`}.chassis-backup`;
}

/** Undefined where the file is none of ours. */
export function readBackupName(name: string): NamedBackup | undefined {
  const [, time, series, from, through] = backupName.exec(name) ?? [];
  if (time === undefined) return undefined;
  return {
    name,
    moment: readStamp(time),
    log: series === undefined ? null : { series, from: Number(from), through: Number(through) },
  };
}

export function namePiece({ series, from, to, time }: Omit<NamedPiece, "name">): string {
  const [first, last] = [from, to].map((number) => String(number).padStart(12, "0"));
  return `${logFolder}${series}/${first}-${last}_${timeStamp(time)}.chassis-log`;
}

export function readPieceName(name: string): NamedPiece | undefined {
  const [, series, from, to, time] = pieceName.exec(name) ?? [];
  if (series === undefined || time === undefined) return undefined;
  return { name, series, from: Number(from), to: Number(to), time: readStamp(time) };
}
