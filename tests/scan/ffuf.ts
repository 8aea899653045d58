import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding, Place, Reading, Scanner, Trial } from "./scanner.ts";

const wordFile = (name: string): string => join(import.meta.dirname, "words", `${name}.txt`);

/** The words of a list: its lines, without comments and empty ones, as ffuf takes them with `-ic`. */
export function readWords(name: string): readonly string[] {
  return readFileSync(wordFile(name), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
}

interface Report {
  readonly results: readonly { readonly input: { readonly FUZZ: string }; readonly status: number; readonly length: number }[];
}

/**
 * What ffuf's report says: every answer that its matchers let through. `control` is a word of the list that must be among them, so
 * that a scanner that sees nothing is not taken for a site that shows nothing.
 */
export function readFfuf(report: string | undefined, { where, control }: { where: string; control?: string }): Reading {
  if (report === undefined) return { complete: false, findings: [] };
  const { results } = JSON.parse(report) as Report;
  const word = (text: string): string => text.trim();
  const findings: Finding[] = results
    .filter(({ input }) => word(input.FUZZ) !== control)
    .map(({ input, status, length }) => ({ what: `${status}, ${length} bytes`, where: where.replace("FUZZ", word(input.FUZZ)) }));
  const complete = control === undefined || results.some(({ input }) => word(input.FUZZ) === control);
  return { complete, findings };
}

interface Guess {
  readonly what: string;
  readonly words: string;
  /** With FUZZ where the words go. */
  readonly path: string;
  readonly method?: string;
  readonly host?: string;
  readonly control?: string;
  /** Requests that the site sees at least: all but a few by default. Some are refused before they are any. */
  readonly least?: number;
  /** ffuf's matchers and filters: which answers are findings. */
  readonly match: readonly string[];
}

const trial = ({ what, words, path, method, host, control, least, match }: Guess): Trial => ({
  what: `${what} (${readWords(words).length} words)`,
  seconds: 70,
  least: least ?? Math.floor(readWords(words).length * 0.95),
  args: ({ target, folder }: Place) => {
    const headers = Object.entries({ ...target.headers, ...(host === undefined ? {} : { Host: host }) });
    return [
      ["-w", wordFile(words), "-ic", "-u", target.origin + path, ...match],
      method === undefined ? [] : ["-X", method],
      headers.flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
      "-t 4 -timeout 10 -maxtime 60 -s -of json -o".split(" "),
      [join(folder, "report.json")],
    ].flat();
  },
  read: (_output, { folder }) => {
    const file = join(folder, "report.json");
    const where = `${method ?? "GET"} ${path}${host === undefined ? "" : ` Host: ${host}`}`;
    const options = control === undefined ? { where } : { where, control };
    return readFfuf(existsSync(file) ? readFileSync(file, "utf8") : undefined, options);
  },
});

/** Everything but a refusal. */
const anyButRefused = ["-mc", "all", "-fc", "400,404,405,421"];
const paths: Guess = {
  what: "files and folders that nobody should find",
  words: "paths",
  path: "/FUZZ",
  control: "schools",
  match: anyButRefused,
};

export const ffuf: Scanner = {
  name: "ffuf",
  versionArgs: ["-V"],
  version: /version: (\d[\w.]*)/,
  trials: [
    trial(paths),
    trial({ ...paths, what: "the same below a page", path: "/schools/FUZZ", control: "tudelft.nl" }),
    trial({ what: "ways out of the folder of assets", words: "traversal", path: "/assets/FUZZ", match: anyButRefused }),
    trial({
      what: "the same in the finder",
      words: "traversal",
      path: "/schools?q=FUZZ",
      match: ["-mc", "500-599", "-mr", "root:.*:0:0:"],
    }),
    trial({
      what: "tables of the database",
      words: "tables",
      path: "/rest/v1/FUZZ?limit=1",
      control: "schools",
      match: anyButRefused,
    }),
    trial({ what: "functions", words: "tables", path: "/rest/v1/rpc/FUZZ", method: "POST", match: anyButRefused }),
    trial({
      what: "parameters of the data API",
      words: "parameters",
      path: "/rest/v1/schools?FUZZ=1",
      control: "limit",
      match: anyButRefused,
    }),
    trial({ what: "parameters of a page", words: "parameters", path: "/schools?FUZZ=1", match: ["-mc", "500-599"] }),
    trial({
      what: "values of a filter",
      words: "values",
      path: "/rest/v1/schools?limit=1&name=eq.FUZZ",
      match: ["-mc", "500-599"],
    }),
    trial({ what: "values of a page", words: "values", path: "/schools?q=FUZZ", match: ["-mc", "500-599"] }),
    trial({
      what: "methods",
      words: "methods",
      path: "/rest/v1/schools?limit=1",
      method: "FUZZ",
      control: "GET",
      least: 15,
      match: ["-mc", "200-399,500-599"],
    }),
    trial({ what: "names of the host", words: "hosts", path: "/", host: "FUZZ", match: ["-mc", "all", "-fc", "400,421"] }),
  ],
  calibration: [{ trial: trial({ ...paths, what: "a folder that lists what is in it", control: "schools" }), finds: [/^200, /] }],
};
