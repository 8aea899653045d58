import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding, Reading, Scanner, Trial } from "./scanner.ts";

/** All but those that fetch lists from the internet (nikto, wapp), and those that guess passwords and names (ffuf has the names). */
const modules =
  "backup,blindsql,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,shellshock,sql,ssrf,xss,xxe";

/** Addresses that no page leads to. */
const starts: readonly string[] = [
  "/rest/v1/schools?select=id,name&domain=eq.tudelft.nl&order=sort_name.asc&limit=5",
  "/rest/v1/reviews?select=stars,schools(name)&or=(stars.eq.5,stars.eq.4)",
  "/compare?school=tudelft.nl&school=ethz.ch",
  "/schools?q=delft&country=nl&sort=rating&after=x",
  "/schools/tudelft.nl",
  "/auth/sign-in?to=/account",
  "/auth/confirm?token=abc",
];

interface Report {
  readonly vulnerabilities: Readonly<Record<string, readonly Entry[]>>;
  readonly anomalies: Readonly<Record<string, readonly Entry[]>>;
}

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly info: string;
  readonly parameter: string;
}

/** What wapiti's report says. It writes one only when it has come to its end. */
export function readWapiti(report: string | undefined): Reading {
  if (report === undefined) return { complete: false, findings: [] };
  const { vulnerabilities, anomalies } = JSON.parse(report) as Report;
  const findings: Finding[] = [];
  for (const [category, entries] of [...Object.entries(vulnerabilities), ...Object.entries(anomalies)]) {
    for (const { method, path, info, parameter } of entries) {
      findings.push({
        what: `${category}: ${info.trim()}`,
        where: `${method} ${path}${parameter === "" ? "" : ` (${parameter})`}`,
      });
    }
  }
  return { complete: true, findings };
}

function trial(what: string, from: readonly string[], { seconds, least }: { seconds: number; least: number }): Trial {
  return {
    what,
    // Crawling, then each module for as long as it may, and its report.
    seconds: seconds * 10,
    least,
    args: ({ target, folder, lure }) => {
      // By a token, which no form of the site ends: with a session it would sign itself out at the first page, and look on as a stranger.
      const proof = target.signedIn === undefined ? {} : { Authorization: `Bearer ${target.signedIn.token}` };
      const headers = Object.entries({ ...target.headers, ...proof });
      return [
        ["-u", `${target.origin}/`, "--scope", "folder"],
        from.flatMap((path) => ["-s", target.origin + path]),
        "-d 3 --max-files-per-dir 8 --max-links-per-page 40 -t 5".split(" "),
        ["--max-scan-time", String(seconds), "--max-attack-time", String(seconds / 2)],
        ["-m", modules, "--endpoint", lure],
        headers.flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
        ["-f", "json", "-o", join(folder, "report.json"), "--flush-session", "--no-bugreport", "-v", "1"],
        ["--store-session", join(folder, "session"), "--store-config", join(folder, "config")],
      ].flat();
    },
    read: (_output, { folder }) => {
      const file = join(folder, "report.json");
      return readWapiti(existsSync(file) ? readFileSync(file, "utf8") : undefined);
    },
  };
}

export const wapiti: Scanner = {
  name: "wapiti",
  versionArgs: ["--version"],
  version: /Wapiti (\d[\w.]*)/,
  trials: [trial("pages, forms and the data API, by somebody who has signed in", starts, { seconds: 40, least: 1000 })],
  calibration: [
    {
      trial: trial("a page that says what it was told, and one that breaks", ["/hello?name=a", "/search?word=a"], {
        seconds: 10,
        least: 50,
      }),
      finds: [/^Cross Site Scripting/, /^Internal Server Error/],
    },
  ],
};
