import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { countryOf } from "../content/countries.ts";
import { decodeName } from "./decode-name.ts";

/** A school as the list of academic domains gives it. */
export interface ListedSchool {
  readonly domain: string;
  readonly name: string;
  /** Further names, in the list's order, without repetitions. */
  readonly otherNames: readonly string[];
  readonly country: string | null;
}

export interface SchoolList {
  readonly schools: readonly ListedSchool[];
  /** Text files that the package holds: schools, its own lists, and repetitions. */
  readonly files: number;
  /** Files at the top that list domains (abused ones, stopped ones, academic endings) and are no school. */
  readonly lists: number;
  /** Files whose domain is that of an earlier one but for the case of its letters. */
  readonly repetitions: number;
}

const nameLimit = 300;

/**
 * Reads `<top-level domain>/.../<name>.txt` under `directory`: the path is the domain, the first line of the text the name,
 * further lines further names. A file without a word in it is a school whose name is not known: its domain stands for it.
 * Only what ends in .txt counts, as for the package's own reader. Ordered by domain, so that every import gives the same.
 */
export function readSchools(directory: string): SchoolList {
  const schools = new Map<string, ListedSchool>();
  let files = 0;
  let lists = 0;
  let repetitions = 0;
  const paths = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".txt"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const path of paths) {
    files += 1;
    const labels = relative(directory, path).slice(0, -".txt".length).toLowerCase().split(sep);
    if (labels.length < 2) {
      lists += 1;
      continue;
    }
    const domain = labels.reverse().join(".");
    if (schools.has(domain)) {
      repetitions += 1;
      continue;
    }
    const [name = domain, ...others] = namesIn(readFileSync(path), domain);
    schools.set(domain, { domain, name, otherNames: others, country: countryOf(domain) });
  }
  return { schools: [...schools.values()].sort((a, b) => (a.domain < b.domain ? -1 : 1)), files, lists, repetitions };
}

function namesIn(bytes: Uint8Array, domain: string): readonly string[] {
  const lines = decodeName(bytes, domain)
    .split(/\r\n|[\r\n\u2028\u2029]/)
    .map(tidy)
    // A line such as .group is a mark for the list's own tools.
    .filter((line) => line !== "" && !/^\.\w+$/.test(line));
  return [...new Set(lines)];
}

/** One line of text: no control characters, no invisible ones, single spaces. */
function tidy(line: string): string {
  const clean = line
    .replace(/[\p{Cc}\s]+/gu, " ")
    .replace(/[\u200b\u200e\u200f\u2060\ufeff]/g, "")
    .trim()
    .normalize("NFC");
  return [...clean].slice(0, nameLimit).join("");
}
