import { type Declared, type EntryPoint, readExports } from "./read-exports.ts";

/** A page of the API reference: one for each import of the package. */
export interface ApiPage {
  /** `reference/api/client`. */
  readonly slug: string;
  readonly title: string;
  /** Markdown, whose links are those of the repository's root. */
  readonly text: string;
}

/** The API reference, made from the declarations and their docstrings. It is in no repository and in no package: editors show the same. */
export function apiPages(entries: readonly EntryPoint[] = readExports()): readonly ApiPage[] {
  const pages = new Map(entries.map((entry) => [entry.name, { entry, sections: sectionsOf(entry) }]));
  const anchors = new Map(
    [...pages].map(([name, { sections }]) => [
      name,
      anchorsOf(sections.flatMap(({ heading, items }) => [heading, ...items.map(nameOf)])),
    ]),
  );
  const link = ({ name, entry }: Declared["names"][number]): string =>
    `[\`${name}\`](/${slugOf(entry)}/#${anchors.get(entry)?.get(name) ?? ""})`;
  return entries.map(({ name, doc }) => ({
    slug: slugOf(name),
    title: name,
    text: [
      prose(doc),
      ...(pages.get(name)?.sections ?? []).flatMap(({ heading, note, items }) => [
        `## ${heading}`,
        ...(note === undefined ? [] : [note]),
        ...items.flatMap((item) => describe(item, link)),
      ]),
    ].join("\n\n"),
  }));
}

function slugOf(entry: string): string {
  return `reference/api/${entry.replace("chassis/", "")}`;
}

function nameOf({ name }: Declared): string {
  return name;
}

interface Section {
  readonly heading: string;
  readonly note?: string;
  readonly items: readonly Declared[];
}

function sectionsOf({ exports, named }: EntryPoint): readonly Section[] {
  const of = (kind: Declared["kind"]): readonly Declared[] =>
    exports
      .filter((each) => each.kind === kind)
      .sort((one, other) => (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1));
  const sections: readonly Section[] = [
    { heading: "Functions", items: of("function") },
    { heading: "Values", items: of("value") },
    { heading: "Classes", items: of("class") },
    { heading: "Types", items: of("type") },
    {
      heading: "Options and calls",
      note: "Types that those above name. They are not exported: what is written inline has them.",
      items: named,
    },
  ];
  return sections.filter(({ items }) => items.length > 0);
}

function describe(item: Declared, link: (to: Declared["names"][number]) => string): readonly string[] {
  return [
    `### ${item.name}`,
    ...(item.doc === "" ? [] : [prose(item.doc)]),
    `\`\`\`ts wrap\n${item.declaration}\n\`\`\``,
    ...(item.names.length === 0 ? [] : [`See ${item.names.map(link).join(", ")}.`]),
  ];
}

/** The first of each name; those that differ in case alone are numbered, as Starlight does it. */
function anchorsOf(headings: readonly string[]): ReadonlyMap<string, string> {
  const seen = new Map<string, number>();
  const anchors = new Map<string, string>();
  for (const heading of headings) {
    const slug = heading.toLowerCase().replaceAll(" ", "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    anchors.set(heading, count === 0 ? slug : `${slug}-${count}`);
  }
  return anchors;
}

/** Text between code is text: a `<` in it begins no tag. */
function prose(markdown: string): string {
  return markdown
    .split(/(```[^]*?```|`[^`\n]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll("<", "&lt;")))
    .join("");
}
