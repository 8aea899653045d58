import { existsSync, globSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { apiPages } from "./api/api-pages.ts";
import { groups, order } from "./sidebar.ts";

/** The pages of the site, made from the Markdown that git hosts show too: nothing is written twice. */
export interface SitePage {
  /** Where it is on the site, without slashes at its ends: `learn/jobs`. */
  readonly slug: string;
  /** What it is made from, from the root of the repository. */
  readonly source: string;
  readonly text: string;
}

const root = join(import.meta.dirname, "../..");
const top: readonly string[] = [
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "examples/pathways/README.md",
];

export interface SiteContent {
  readonly pages: readonly SitePage[];
  /** What pages link to of the code, as plain text: by its path on the site. No link leads away or nowhere. */
  readonly sources: ReadonlyMap<string, string>;
}

export function siteContent(): SiteContent {
  const documents = [
    ...globSync("docs/{learn,recipes,reference,decisions}/**/*.md", { cwd: root }).map((path) => path.replaceAll("\\", "/")),
    ...top.filter((path) => existsSync(join(root, path))),
  ].sort();
  const slugs = new Map(documents.map((path) => [path, slugOf(path)]));
  const sources = new Set<string>();
  const pages = documents.map((path) => documentPage(path, slugs, sources));
  const api = apiPages().map(
    ({ slug, title, text }): SitePage => ({
      slug,
      source: "src",
      text: page(title, { description: describe(text) }, `\n${siteLinks(text, "", slugs, sources)}\n`),
    }),
  );
  const texts = new Map([...sources].sort().map((path) => [`source/${path}.txt`, sourceText(path)]));
  return { pages: [...pages, ...api, decisionsPage(documents), notFoundPage()], sources: texts };
}

function slugOf(path: string): string {
  const name = path.replace(/^docs\//, "").replace(/\.md$/, "");
  if (!path.startsWith("docs/"))
    return `project/${name
      .replace(/\/README$/, "")
      .replaceAll("/", "-")
      .toLowerCase()}`;
  return name.replace(/\/README$/, "").toLowerCase();
}

function documentPage(path: string, slugs: ReadonlyMap<string, string>, sources: Set<string>): SitePage {
  const text = readFileSync(join(root, path), "utf8");
  const [, title = basename(path)] = /^# (.*)$/m.exec(text) ?? [];
  const body = siteLinks(text.replace(/^# .*\n/m, ""), dirname(path), slugs, sources);
  return { slug: slugs.get(path) ?? "", source: path, text: page(numbered(path, title), { description: describe(body) }, body) };
}

/** Decisions are named by their numbers, which stand in the names of their files. */
function numbered(path: string, title: string): string {
  const [, number] = /^docs\/decisions\/0*(\d+)-/.exec(path) ?? [];
  return number === undefined ? title : `${number}. ${title}`;
}

/** Links to files, from a folder, become links of the site. */
function siteLinks(text: string, folder: string, slugs: ReadonlyMap<string, string>, sources: Set<string>): string {
  return outsideCode(text, (prose) =>
    prose.replace(/\]\(([^)\s]+)\)/g, (whole: string, target: string) => {
      if (/^(?:[a-z]+:|[#/])/.test(target)) return whole;
      const [file = "", anchor] = target.split("#");
      const found = normalize(join(folder, decodeURI(file)))
        .replaceAll("\\", "/")
        .replace(/\/$/, "");
      if (found === "README.md" || found === ".") return "](/)";
      const slug = slugs.get(found) ?? slugs.get(`${found}/README.md`) ?? (found === "docs/decisions" ? "decisions" : undefined);
      if (slug !== undefined) return `](/${slug}/${anchor === undefined ? "" : `#${anchor}`})`;
      sources.add(found);
      return `](/source/${found}.txt)`;
    }),
  );
}

/** Changes what is not code. */
function outsideCode(text: string, change: (prose: string) => string): string {
  return text
    .split(/(^ *```[^]*?^ *```$)/m)
    .map((part, index) => (index % 2 === 1 ? part : change(part)))
    .join("");
}

/** The first sentence, for search engines and previews. */
function describe(body: string): string {
  const [first = ""] = body
    .replace(/^<!--[^]*?-->$/gm, "")
    .trim()
    .split(/\n\n/, 1);
  const plain = first
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[`*|]/g, "")
    .replace(/\s+/g, " ")
    .trim();
  return plain.length > 160 ? `${plain.slice(0, 157).replace(/\s\S*$/, "")}...` : plain;
}

function page(title: string, data: Readonly<Record<string, unknown>>, body: string): string {
  const lines = Object.entries({ title: title.replaceAll("`", ""), ...data }).map(
    ([key, value]) => `${key}: ${JSON.stringify(value)}`,
  );
  return `---\n${lines.join("\n")}\n---\n${body}`;
}

/** Files of the repository that pages link to, by their paths on the site: the text as it stands, or the names in a folder. */
function sourceText(path: string): string {
  const absolute = join(root, path);
  if (!statSync(absolute).isDirectory()) return readFileSync(absolute, "utf8");
  return readdirSync(absolute, { withFileTypes: true })
    .map((entry) => `${path}/${entry.name}${entry.isDirectory() ? "/" : ""}\n`)
    .join("");
}

function decisionsPage(documents: readonly string[]): SitePage {
  const items = documents
    .filter((path) => path.startsWith("docs/decisions/"))
    .map((path) => {
      const [, title = path] = /^# (.*)$/m.exec(readFileSync(join(root, path), "utf8")) ?? [];
      return `- [${numbered(path, title)}](/${slugOf(path)}/)`;
    });
  const body = `\nWhat was decided, why, and what would change our mind.\n\n${items.join("\n")}\n`;
  return { slug: "decisions", source: "docs/decisions", text: page("Decisions", {}, body) };
}

/** What an address that leads nowhere shows. Without it that page is empty. */
function notFoundPage(): SitePage {
  const body =
    "\nThere is no page at this address. Search above finds it by its words, and [the first page](/) leads to all of them.\n";
  return { slug: "404", source: "docs", text: page("Not found", { template: "splash", pagefind: false }, body) };
}

/** An item of Starlight's sidebar. */
export interface SidebarGroup {
  readonly label: string;
  readonly collapsed?: boolean;
  readonly items: readonly (SidebarGroup | { readonly label: string; readonly link: string })[];
}

/** The groups of `sidebar.ts`; a page that none of them names stands at the end of its folder's. */
export function sidebar(pages: readonly SitePage[]): readonly SidebarGroup[] {
  const titles = new Map(
    pages.map(({ slug, text }) => [slug, /^title: "(.*)"$/m.exec(text)?.[1]?.replaceAll('\\"', '"') ?? slug]),
  );
  const item = (slug: string): { label: string; link: string } => ({ label: titles.get(slug) ?? slug, link: `/${slug}/` });
  const named = new Set(order.flatMap(({ pages: names }) => names));
  const rest = (folder: string): readonly string[] =>
    [...titles.keys()].filter((slug) => slug.startsWith(`${folder}/`) && slug.split("/").length === 2 && !named.has(slug));
  return groups.map(({ label, folder, collapsed }) => {
    const parts = order.filter((part) => part.folder === folder);
    const inner = parts
      .map(({ label: name, pages: names }) => ({ label: name, items: names.filter((slug) => titles.has(slug)).map(item) }))
      .filter(({ items }) => items.length > 0);
    const others = rest(folder).map(item);
    const whole = titles.has(folder) ? [item(folder)] : [];
    const items =
      inner.length === 0
        ? [...whole, ...others]
        : [...whole, ...inner, ...(others.length === 0 ? [] : [{ label: "More", items: others }])];
    return { label, collapsed, items };
  });
}
