import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { runProgram } from "#cli";
import type { Backend } from "chassis";
import pathways from "../../examples/pathways/backend.ts";
import { password, startPeople } from "../support/live-people.ts";
import { requireCommand } from "../support/requirements.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const own = join(import.meta.dirname, "python");
const requirements = join(own, "requirements.txt");
const howToGet = "`apt-get install python3-venv` on Debian, and a connection to PyPI the first time";

/**
 * The programs of requirements.txt, installed once for as long as that file stays as it is: in a folder that nobody else looks into. Undefined where they cannot
 * be had; the test is skipped then.
 */
async function requirePython(t: TestContext): Promise<string | undefined> {
  const python = requireCommand(t, { names: ["python3"], howToGet });
  if (python === undefined) return undefined;
  const name = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 16);
  const folder = join(root, "node_modules/.cache/chassis", `openapi-python-${name}`);
  const programs = join(folder, "bin");
  if (existsSync(join(folder, "ready"))) return programs;
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await run(python, ["-m", "venv", folder]);
    await run(join(programs, "pip"), [
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "--only-binary",
      ":all:",
      "-r",
      requirements,
    ]);
    await writeFile(join(folder, "ready"), "");
    return programs;
  } catch (error) {
    if (process.env["CI"] !== undefined && process.env["CI"] !== "") throw error;
    t.skip(`This needs Python's packages, and they could not be installed. To get them: ${howToGet}`);
    return undefined;
  }
}

const schools = [
  ["Aalto University", "aalto.fi"],
  ["University of Helsinki", "helsinki.fi"],
  ["University of Oslo", "uio.no"],
] as const;

const site: Backend = {
  ...pathways,
  async seed({ records, system }) {
    const rows = schools.map(([name, domain]) => ({ name, sort_name: name.toLowerCase(), domain, country: domain.slice(-2) }));
    await records.write(
      { type: "insert", table: "schools", rows, rowForm: "json", missing: "default", values: [], form: "json" },
      system,
    );
  },
};

// docs/learn/openapi.md shows parts of it.
test("a client that openapi-python-client makes reads, writes, is refused with types, signs in and calls functions", async (t) => {
  const programs = await requirePython(t);
  if (programs === undefined) return;
  const folder = await temporaryFolder(t);
  const document = join(folder, "openapi.json");
  // What is generated in CI is generated from the command's document, which has what anybody may reach.
  assert.equal(await runProgram(["openapi", join(root, "examples/pathways"), "--out", document]), 0);
  const generated = join(folder, "pathways");
  const environment = { PATH: `${programs}:${process.env["PATH"] ?? ""}`, HOME: folder };
  const made = await run(
    join(programs, "openapi-python-client"),
    ["generate", "--path", document, "--output-path", generated, "--meta", "none"],
    { env: environment, cwd: folder },
  );
  // It has no form for CSV and NDJSON, says so, and goes on with JSON; of anything else that it leaves out it says so too.
  const complaints = (made.stdout + made.stderr)
    .split("\n")
    .filter((line) => /^(?:WARNING|ERROR)|^Unsupported|^Cannot|^Could not/.test(line));
  for (const line of complaints)
    assert.match(line, /^WARNING parsing POST|^Unsupported content type (?:text\/csv|application\/x-ndjson)$/);
  const validated = await run(join(programs, "openapi-spec-validator"), [document], { env: environment });
  assert.match(validated.stdout, /: OK/);

  const people = await startPeople(t, { backend: site });
  const email = "ann@example.org";
  await people.join(email, "Ann");
  const { stdout } = await run(join(programs, "python"), [join(own, "client.py")], {
    env: { ...environment, PYTHONPATH: folder, API_URL: people.url, EMAIL: email, PASSWORD: password },
  });
  assert.equal(stdout.trim(), "all done");
});
