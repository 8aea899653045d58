import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = join(import.meta.dirname, "../..");

test("the client has no dependency, and at most 8,192 bytes compressed", async (t) => {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(root, "src/client/index.ts")],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    metafile: true,
    logLevel: "error",
  });
  const [file] = outputFiles;
  assert.ok(file !== undefined);
  const [gzip, brotli] = [gzipSync(file.contents, { level: 9 }).length, brotliCompressSync(file.contents).length];
  t.diagnostic(`${file.contents.length} bytes, ${gzip} with gzip, ${brotli} with brotli`);
  // Nothing outside src/client: of the rest of the package there are types alone.
  assert.deepEqual(
    Object.keys(metafile.inputs).filter((input) => !/(^|\/)src\/client\//.test(input)),
    [],
  );
  assert.doesNotMatch(file.text, /\bnode:|process\.|Buffer/);
  assert.ok(gzip <= 8192, `${gzip} bytes with gzip`);
});

test("what React needs besides imports nothing but the client", async (t) => {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(root, "src/react/index.ts")],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: ["#client-calls"],
    write: false,
    metafile: true,
    logLevel: "error",
  });
  const [file] = outputFiles;
  assert.ok(file !== undefined);
  const gzip = gzipSync(file.contents, { level: 9 }).length;
  t.diagnostic(`${file.contents.length} bytes, ${gzip} with gzip, beside the client`);
  assert.deepEqual(
    Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path)),
    ["#client-calls", "#client-calls"],
  );
  assert.deepEqual(
    Object.keys(metafile.inputs).filter((input) => !/(^|\/)src\/react\//.test(input)),
    [],
  );
  assert.ok(gzip <= 2048, `${gzip} bytes with gzip`);
});
