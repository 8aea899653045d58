import { linkFiles, linkTest } from "../named-tests.ts";
import { attackGroups } from "./attacks.ts";

/** docs/reference/attacks.md, which a test holds to this table. */
export function describeAttacks(): string {
  const attacks = attackGroups.flatMap((group) => group.attacks);
  const held = attacks.filter(({ missing }) => missing === undefined).length;
  const partly = attacks.filter(({ missing, tests }) => missing !== undefined && tests.length > 0).length;
  return [
    "# Attacks that must fail",
    "",
    "What has been done to back ends of others, most of it with an advisory to its name, and the tests in [tests/attacks](../../tests/attacks) that do it to this one. The tests carry the numbers. Some of them are about a whole class; whatever a caller may not see, [non-interference.test.ts](../../tests/attacks/non-interference.test.ts) compares two worlds that differ in it alone.",
    "",
    `Of ${attacks.length}, ${held} are held by a test, ${partly} in part, ${attacks.length - held - partly} not yet. A test holds this page to its table, and the table to the tests.`,
    "",
    ...attackGroups.flatMap((group) => [
      `## ${group.title}`,
      "",
      "| number | what is tried | held by |",
      "|---|---|---|",
      ...group.attacks.map(({ number, tried, tests, missing }) => {
        const cells = [
          ...tests.map(([file, title]) => linkTest(file, title)),
          ...(missing === undefined ? [] : [`**Not yet**: ${linkFiles(missing)}`]),
        ];
        return `| ${number} | ${tried} | ${cells.join("<br>")} |`;
      }),
      "",
    ]),
  ].join("\n");
}
