import { type KindName, kinds, type Kind, type KindOptions, type Parsed, type Stored } from "#contract";

/** How the values of a column are to be read, where their form alone does not say it. */
export interface Reading {
  /** Numbers in a column of moments or days. */
  readonly numbers?: "seconds" | "milliseconds" | "julian days";
  /** An empty text stands for no value. */
  readonly emptyIsNull?: boolean;
}

export interface Target {
  readonly kind: Kind;
  readonly options: KindOptions;
}

const no = (message: string): Parsed => ({ ok: false, message });

/** A value of a database of any hand as its kind stores it. What is no such value is told in words that follow the column's name. */
export function convertValue(raw: Stored, { kind, options }: Target, reading: Reading = {}): Parsed {
  if (raw === null || (raw === "" && reading.emptyIsNull === true)) return { ok: true, value: null };
  if (raw instanceof Uint8Array) return fromBytes(raw, { kind, options });
  const convert = conversions[kind.name] ?? asText;
  return convert(raw, { kind, options }, reading);
}

type Raw = string | number | bigint;
type Conversion = (raw: Raw, target: Target, reading: Reading) => Parsed;

const asText: Conversion = (raw, { kind, options }) => kind.fromText(String(raw), options);

function fromBytes(raw: Uint8Array, target: Target): Parsed {
  if (target.kind.name === "bytes") return { ok: true, value: raw };
  if (target.kind.name === "uuid" && raw.length === 16) return target.kind.fromText(dashed(Buffer.from(raw).toString("hex")), {});
  return no(`holds bytes, which are no ${target.kind.name}`);
}

const conversions: { readonly [K in KindName]?: Conversion } = {
  bool: (raw, { kind, options }) => {
    const text = String(raw).trim();
    if (/^(?:yes|y|on)$/i.test(text)) return { ok: true, value: 1 };
    if (/^(?:no|n|off)$/i.test(text)) return { ok: true, value: 0 };
    return kind.fromText(text, options);
  },
  integer: (raw, { kind, options }) => {
    if (typeof raw === "number") return kind.fromJson(raw, options);
    return kind.fromText(String(raw).trim(), options);
  },
  real: (raw, { kind, options }) => {
    if (typeof raw === "number") return kind.fromJson(raw, options);
    return kind.fromText(String(raw).trim(), options);
  },
  decimal: (raw, { kind, options }) =>
    typeof raw === "number" ? fromFloat(raw, { kind, options }) : kind.fromText(String(raw).trim(), options),
  timestamp: (raw, target, reading) => {
    if (typeof raw !== "string") return fromNumber(raw, target, reading);
    return target.kind.fromText(zoned(raw.trim()), target.options);
  },
  date: (raw, target, reading) => {
    if (typeof raw !== "string") return fromNumber(raw, target, reading);
    // A day that was kept as its midnight.
    return target.kind.fromText(raw.trim().replace(/[T ]00:00(?::00(?:\.0+)?)?(?:Z|\+00(?::?00)?)?$/i, ""), target.options);
  },
  json: (raw, { kind, options }) => (typeof raw === "string" ? kind.fromText(raw, options) : kind.fromJson(Number(raw), options)),
  bytes: (raw) => ({ ok: true, value: Uint8Array.from(Buffer.from(String(raw))) }),
  uuid: (raw, { kind, options }) => {
    const text = String(raw).replace(/^\{(.*)\}$/, "$1");
    return kind.fromText(/^[0-9a-f]{32}$/i.test(text) ? dashed(text) : text, options);
  },
};

/** Money that was kept as a floating-point number is what it prints as, not what its last bit is. */
function fromFloat(raw: number, { kind, options }: Target): Parsed {
  const { scale = 2 } = options;
  const exact = kind.fromText(String(raw), options);
  if (exact.ok || !Number.isFinite(raw)) return exact;
  const rounded = raw.toFixed(scale);
  const isNoise = Math.abs(Number(rounded) - raw) <= Math.abs(raw) * 1e-12;
  return isNoise ? kind.fromText(rounded, options) : exact;
}

const JULIAN_1970 = 2_440_587.5;
const DAY = 86_400_000;

function fromNumber(raw: number | bigint, { kind, options }: Target, { numbers }: Reading): Parsed {
  const value = Number(raw);
  const milliseconds =
    numbers === "julian days"
      ? (value - JULIAN_1970) * DAY
      : numbers === "seconds" || (numbers === undefined && Math.abs(value) < 1e11)
        ? value * 1000
        : value;
  const moment = new Date(Math.round(milliseconds));
  if (Number.isNaN(moment.getTime())) return no(`is ${raw}, which is no moment`);
  const text = moment.toISOString();
  return kind.fromText(kind.name === "date" ? text.slice(0, 10) : text, options);
}

/** What has no time zone is taken for UTC: SQLite's own functions mean that by it, and so do the frameworks. */
function zoned(text: string): string {
  const clean = text.replace(/ ?UTC$/i, "Z").replace(/ (?=[+-]\d\d)/, (space, at: number) => (at > 10 ? "" : space));
  if (/^\d{4}-\d{2}-\d{2}$/.test(clean)) return `${clean}T00:00:00Z`;
  return /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/.test(clean)
    ? `${clean.replace(/(\.\d{9})\d+$/, "$1")}Z`
    : clean;
}

function dashed(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The target of a kind alone, for guesses. */
export function targetOf(name: KindName, options: KindOptions = {}): Target {
  return { kind: kinds[name], options };
}
