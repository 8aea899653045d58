import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

/**
 * Takes the one file of @scalar/api-reference that the page at /docs needs, and writes down what it is: `node tools/take-scalar.ts 1.76.0`. As a dependency the
 * package would bring two hundred others, and sixty megabytes, for a file of one.
 */
const [version] = process.argv.slice(2);
if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version))
  throw new Error("Give a version: node tools/take-scalar.ts 1.76.0");
const target = new URL("../src/server/openapi/reference/", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "scalar-"));
try {
  const packed = execFileSync("npm", ["pack", `@scalar/api-reference@${version}`, "--json", "--pack-destination", folder], {
    encoding: "utf8",
  });
  const [entry] = JSON.parse(packed) as readonly { readonly filename: string; readonly integrity: string }[];
  if (entry === undefined) throw new Error("npm gave no package.");
  execFileSync("tar", ["xzf", join(folder, entry.filename), "-C", folder, "package/dist/browser/standalone.js"]);
  const script = readFileSync(join(folder, "package/dist/browser/standalone.js"));
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: script.length };
  writeFileSync(new URL("scalar.js.br", target), brotliCompressSync(script, { params }));
  const written = readFileSync(new URL("scalar.ts", target), "utf8")
    .replace(/(?<=\bversion: )"[^"]*"/, JSON.stringify(version))
    .replace(/(?<=\bpackageIntegrity: )"[^"]*"/, JSON.stringify(entry.integrity))
    .replace(/(?<=\bintegrity: )"[^"]*"/, JSON.stringify(`sha256-${createHash("sha256").update(script).digest("base64")}`));
  writeFileSync(new URL("scalar.ts", target), written);
} finally {
  rmSync(folder, { recursive: true });
}
