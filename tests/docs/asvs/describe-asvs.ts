import { linkFiles, linkTest } from "../named-tests.ts";
import { chapters } from "./chapters.ts";
import type { Requirement, RequirementState } from "./requirement.ts";
import { requirementLevels } from "./requirement-levels.ts";

const words: Readonly<Record<RequirementState, string>> = {
  met: "met",
  partly: "partly",
  "not yet": "not yet",
  app: "the app's",
};

/** docs/reference/asvs.md, which a test holds to this table. */
export function describeAsvs(): string {
  const rows = chapters.flatMap(({ requirements }) => requirements);
  const count = (state: RequirementState, level?: number): number =>
    rows.filter((row) => row.state === state && (level === undefined || requirementLevels.get(row.number) === level)).length;
  const counts = (Object.keys(words) as RequirementState[]).map(
    (state) => `| ${words[state]} | ${count(state)} | ${count(state, 1)} | ${count(state, 2)} |`,
  );
  return [
    "# OWASP ASVS 5.0",
    "",
    `How Chassis stands to the [OWASP Application Security Verification Standard](https://owasp.org/www-project-application-security-verification-standard/), version 5.0: the ${requirementLevels.size} requirements of level 1 and 2 that a back end can meet, or help to meet. Those that are an organisation's alone are left out.`,
    "",
    "What a requirement asks is said in a few words of our own; the standard's text counts. **met**: by what is linked, held by the tests that are named. **partly** and **not yet** say what is missing. **the app's**: no back end can do it for what is built upon it.",
    "A requirement about documents is held by the test that every link here leads to a page and a heading that are there. A test holds this page to its table, and the table to the tests: each of them is there and runs.",
    "",
    "| | all | level 1 | level 2 |",
    "|---|---|---|---|",
    ...counts,
    "",
    ...chapters.flatMap(({ title, requirements }) => [
      `## ${title}`,
      "",
      "| number | level | asks | | by | held by |",
      "|---|---|---|---|---|---|",
      ...requirements.map(describeRequirement),
      "",
    ]),
  ].join("\n");
}

function describeRequirement({ number, asks, state, by, tests, missing }: Requirement): string {
  const prefix = { met: "", partly: "Missing: ", "not yet": "", app: "The app " }[state];
  const said = [by, missing === undefined ? "" : `${prefix}${missing}`].filter((each) => each !== "").join(" ");
  const held = tests.map(([file, title]) => linkTest(file, title)).join("<br>");
  return `| ${number} | ${requirementLevels.get(number) ?? ""} | ${asks} | ${words[state]} | ${linkFiles(said)} | ${held} |`;
}
