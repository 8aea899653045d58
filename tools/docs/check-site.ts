import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

export interface SiteReport {
  readonly pages: number;
  /** Links that lead nowhere, and what a browser would ask other sites for. */
  readonly problems: readonly string[];
}

/** Looks at every link and everything loaded by the files of a built site. */
export function checkSite(dist: string): SiteReport {
  const files = globSync("**/*.html", { cwd: dist }).map((path) => path.replaceAll("\\", "/"));
  const texts = new Map(files.map((path) => [path, readFileSync(join(dist, path), "utf8")]));
  const ids = new Map(
    [...texts].map(([path, text]) => [path, new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id = ""]) => id))]),
  );
  const problems: string[] = [];
  if (files.length === 0) problems.push(`There is no site in ${dist}: npm run docs -- build makes it.`);
  for (const [path, text] of texts) {
    for (const [, tag = "", attributes = ""] of text.matchAll(/<(a|link|script|img|source|iframe)\b([^>]*)>/g)) {
      const [, address = ""] = /(?:href|src)="([^"]*)"/.exec(attributes) ?? [];
      const outside = /^(?:[a-z]+:)?\/\//i.test(address);
      if (outside && tag !== "a" && !/rel="(?:canonical|sitemap)"/.test(attributes)) problems.push(`${path}: asks ${address}`);
      if (outside || /^(?:mailto|data|https?):/.test(address) || address === "") continue;
      const url = new URL(address.replaceAll("&amp;", "&"), `http://site.invalid/${path.replace(/index\.html$/, "")}`);
      const target = fileOf(dist, decodeURI(url.pathname));
      if (target === undefined) problems.push(`${path}: ${address} leads nowhere`);
      else if (url.hash !== "" && ids.get(target)?.has(decodeURIComponent(url.hash.slice(1))) === false)
        problems.push(`${path}: ${address} has no such heading`);
    }
  }
  for (const path of globSync("**/*.css", { cwd: dist })) {
    for (const [, address = ""] of readFileSync(join(dist, path), "utf8").matchAll(/url\(["']?(https?:[^)"']*)/g))
      problems.push(`${path}: asks ${address}`);
  }
  return { pages: files.length, problems };
}

function fileOf(dist: string, path: string): string | undefined {
  const name = path.replace(/^\//, "");
  const found = [name, `${name}index.html`, `${name}/index.html`].find(
    (each) => existsSync(join(dist, each)) && statSync(join(dist, each)).isFile(),
  );
  return found;
}
