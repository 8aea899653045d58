import { spawnSync, spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkSite } from "./check-site.ts";
import { describeAll, describeList, shippedDocuments } from "./llms/describe-llms.ts";
import { sidebar, siteContent } from "./site-pages.ts";

/**
 * `npm run docs` shows the documents as a site, and follows what is written. `npm run docs -- build` makes docs/site/dist, a folder of files for any
 * web server, and checks its links; `npm run docs -- check` only that. What it is built with is installed where it is missing, in docs/site.
 */
const root = join(import.meta.dirname, "../..");
const site = join(root, "docs/site");
const generated = join(site, "src/content/docs");
const given = process.argv.slice(2);
// What begins with a hyphen is for Astro's server: npm run docs -- --port 5000
const [command = "dev", ...rest] = given[0]?.startsWith("-") === true ? ["dev", ...given] : given;

if (!["dev", "build", "check"].includes(command)) {
  console.error(
    `There is no '${command}': npm run docs shows the documents, npm run docs -- build makes the site, npm run docs -- check looks at its links.`,
  );
  process.exit(2);
}
if (command !== "check") install();
if (command !== "check") writePages();
if (command === "build") {
  astro("build");
  mendTables();
}
if (command !== "dev") report();
else serve();

function install(): void {
  const lock = readFileSync(join(site, "package-lock.json"), "utf8");
  const mark = join(site, "node_modules/.installed-lock.json");
  if (existsSync(mark) && readFileSync(mark, "utf8") === lock) return;
  console.log("Installing what the site is built with, into docs/site/node_modules...");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: site,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error("npm could not install it: see above. It needs the registry once.");
    process.exit(1);
  }
  writeFileSync(mark, lock);
}

/** Writes only what has changed, so that a page that is being looked at is loaded anew, and no other. */
function writePages(): void {
  // A page that is gone in docs/ must not stay in the site that is built.
  if (command === "build")
    for (const folder of [generated, join(site, "public/source"), join(site, "public/docs")])
      rmSync(folder, { recursive: true, force: true });
  const { pages, sources } = siteContent();
  for (const { slug, text } of pages) {
    put(join(generated, `${slug}.md`), text);
  }
  for (const [path, text] of sources) put(join(site, "public", path), text);
  const list = join(site, "src/sidebar.json");
  put(list, `${JSON.stringify(sidebar(pages), null, 2)}\n`);
  put(join(site, "public/llms.txt"), describeList());
  put(join(site, "public/llms-full.txt"), describeAll());
  for (const path of shippedDocuments()) put(join(site, "public", path), readFileSync(join(root, path), "utf8"));
}

function put(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function astro(...args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [join(site, "node_modules/astro/bin/astro.mjs"), ...args], {
    cwd: site,
    stdio: "inherit",
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: "1" },
  });
  if (status !== 0) process.exit(1);
}

/** A head cell that says nothing is no head: programs that read pages aloud would announce it. A table that is wider than a phone is moved by keys too. */
function mendTables(): void {
  for (const path of globSync("dist/**/*.html", { cwd: site })) {
    const file = join(site, path);
    writeFileSync(
      file,
      readFileSync(file, "utf8")
        .replaceAll("<th></th>", "<td></td>")
        .replaceAll("<table>", '<table tabindex="0">')
        .replaceAll(/<td>[^]*?<\/td>/g, markNames),
    );
  }
}

/** Names as code in a cell stay whole; long ones break after an underscore. */
function markNames(cell: string): string {
  return cell.replaceAll(
    /<code dir="auto">([\w.-]{1,60})<\/code>/g,
    (_, name: string) => `<code dir="auto" class="word">${name.length > 20 ? name.replaceAll("_", "_<wbr>") : name}</code>`,
  );
}

function report(): void {
  const { pages, problems } = checkSite(join(site, "dist"));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exit(1);
  console.log(`${pages} pages in docs/site/dist; every link leads somewhere, and nothing is asked of other sites.`);
}

function serve(): void {
  const child = spawn(process.execPath, [join(site, "node_modules/astro/bin/astro.mjs"), "dev", ...rest], {
    cwd: site,
    stdio: "inherit",
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: "1" },
  });
  let pending: NodeJS.Timeout | undefined;
  for (const folder of ["learn", "recipes", "reference", "decisions"]) {
    watch(join(root, "docs", folder), () => {
      clearTimeout(pending);
      pending = setTimeout(writePages, 50);
    });
  }
  child.on("exit", (code) => process.exit(code ?? 0));
}
