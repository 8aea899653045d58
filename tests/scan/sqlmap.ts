import { type Address, addresses, proofOf } from "./addresses.ts";
import type { Finding, Reading, Scanner, Trial } from "./scanner.ts";

/** Everything but what is asked of a database other than SQLite, and nothing that waits for an answer on its terminal. */
const always: readonly string[] =
  "--batch --flush-session --ignore-stdin --disable-coloring --skip-waf --ignore-code=* --level=3 --dbms=sqlite --time-sec=2 --timeout=10 --retries=0".split(
    " ",
  );

/** What sqlmap's output says. It ends well where it says that nothing can be injected, or what can. */
export function readSqlmap(output: string): Reading {
  const findings: Finding[] = [];
  for (const [, where = "", rest = ""] of output.matchAll(/^Parameter: (.+)\n((?: {4}.*\n|\n(?= {4}))+)/gm)) {
    for (const [, what = ""] of rest.matchAll(/^ {4}Title: (.+)$/gm)) findings.push({ what, where });
  }
  for (const [, where = "", what = ""] of output.matchAll(
    /heuristic \([^)]*\) test shows that (.+?) might be (injectable|vulnerable to .+)/g,
  ))
    findings.push({ what: `heuristic: ${what.trim()}`, where });
  const isClean = output.includes("all tested parameters do not appear to be injectable");
  return { complete: isClean || output.includes("sqlmap identified the following injection point"), findings };
}

/** The techniques are those of its option: B, E, U and S look at answers, T at how long they take. */
function trialOf(address: Address, techniques: string): Trial {
  const { what, path, method, body, type, risk = 3 } = address;
  return {
    what,
    seconds: 90,
    least: 40,
    args: ({ target, folder }) => {
      const all = {
        ...target.headers,
        ...proofOf(address, target),
        ...(type === undefined ? {} : { "Content-Type": type }),
      };
      return [
        "-u",
        target.origin + path,
        ...(method === undefined ? [] : ["--method", method]),
        ...(body === undefined ? [] : ["--data", body]),
        ...Object.entries(all).flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
        ...always,
        `--risk=${risk}`,
        `--technique=${techniques}`,
        `--output-dir=${folder}`,
      ];
    },
    read: readSqlmap,
  };
}

export const sqlmap: Scanner = {
  name: "sqlmap",
  versionArgs: ["--version"],
  version: /^(\d[\w.#]*)/m,
  trials: addresses.map((address) => trialOf(address, "BEUST")),
  calibration: [
    {
      trial: trialOf({ what: "a query put together from text", path: "/search?word=a*" }, "BEU"),
      finds: [/boolean-based blind/, /UNION query/],
    },
  ],
};
