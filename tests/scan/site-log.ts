import { PROBE_ADDRESS } from "./availability.ts";

/** What a site's own log says of a time: it is held against what the tools say. */
export interface Tally {
  /** Requests that were answered, but for our own probes. */
  readonly requests: number;
  /** How many, by status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Lines of the level error: what nobody foresaw. */
  readonly defects: readonly string[];
}

interface Line {
  readonly level?: string;
  readonly client?: string;
  readonly status?: number;
  readonly msg?: string;
  readonly path?: string;
  readonly err?: { readonly message?: string };
}

/** Reads the lines of a log in JSON, of the level debug, as they come. */
export class SiteLog {
  #rest = "";
  #statuses = new Map<number, number>();
  #defects: string[] = [];

  read(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("{")) this.#take(JSON.parse(line) as Line);
  }

  /** What came since the last time. */
  take(): Tally {
    const statuses = this.#statuses;
    const defects = this.#defects;
    this.#statuses = new Map();
    this.#defects = [];
    return { requests: [...statuses.values()].reduce((sum, count) => sum + count, 0), statuses, defects };
  }

  #take({ level, client, status, msg = "", path = "", err }: Line): void {
    if (level === "error" || level === "fatal") this.#defects.push([msg, path, err?.message].filter(Boolean).join(" "));
    if (status === undefined || client === PROBE_ADDRESS) return;
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }
}
