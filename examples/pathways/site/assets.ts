import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** A file of the site that never changes under its address, because the address holds a hash of its content. */
export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** In their order: of two rules that weigh the same, the later one holds. */
const stylesheets = ["tokens", "base", "layout", "components", "guide", "schools", "forms", "tables"] as const;

export const stylesheet: Asset = asset(
  "site",
  "css",
  "text/css; charset=utf-8",
  stylesheets.map((name) => minify(read(`${name}.css`))).join(""),
);
/** For mails and the pages of sign-in, which are the platform's. It has a ground of its own: those are light or dark. */
export const logo: Asset = asset(
  "logo",
  "png",
  "image/png",
  new Uint8Array(readFileSync(new URL("../design/logo.png", import.meta.url))),
);
export const icon: Asset = asset("icon", "svg", "image/svg+xml", read("icon.svg"));

const assets: ReadonlyMap<string, Asset> = new Map([stylesheet, logo, icon].map((one) => [one.path, one]));

/** The answer for an address under /assets/, or undefined where there is no such file. */
export function assetResponse(path: string): Response | undefined {
  const found = assets.get(path);
  if (found === undefined) return undefined;
  return new Response(found.body, {
    headers: {
      "content-type": found.type,
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    },
  });
}

function asset(name: string, extension: string, type: string, body: Asset["body"]): Asset {
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 12);
  return { path: `/assets/${name}.${hash}.${extension}`, type, body };
}

function read(name: string): string {
  return readFileSync(new URL(`../design/${name}`, import.meta.url), "utf8");
}

/** Comments and layout alone: the site's own stylesheets hold no string in which either would matter. */
function minify(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};,]) ?/g, "$1")
    .replace(/: /g, ":")
    .replace(/;\}/g, "}");
}
