import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { errorGroups } from "#contract";
import { settings, type Setting } from "#settings";
import { type CommandHelp, programHelp } from "../program-help.ts";
import { groups, order } from "../sidebar.ts";
import { plain, take, under } from "./markdown.ts";
import { parts } from "./parts.ts";

const root = join(import.meta.dirname, "../../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** Pages that are for auditors of this project, not for those who use it. */
const others: ReadonlySet<string> = new Set([
  "reference/asvs",
  "reference/attacks",
  "reference/benchmarks",
  "reference/cryptography",
  "reference/logs",
]);

/** The documents that go along in the package, by their paths in the repository. */
export function shippedDocuments(): readonly string[] {
  return globSync("docs/{learn,recipes,reference}/*.md", { cwd: root })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => !others.has(path.slice("docs/".length, -".md".length)))
    .sort();
}

/** The list of pages in the form of llmstxt.org: `llms.txt`. Its links lead somewhere in the package, in the repository and on the site. */
export function describeList(): string {
  const shipped = shippedDocuments();
  const named = order.flatMap(({ pages }) => pages);
  const line = (path: string): string => {
    const [, title = path] = /^# (.*)$/m.exec(read(path)) ?? [];
    const [first = ""] = plain(read(path).replace(/^# .*\n/m, "")).split("\n\n", 1);
    const sentence = /^[^]*?[.](?=\s|$)/.exec(first.replace(/\s+/g, " "))?.[0] ?? "";
    return `- [${title}](${path})${sentence === "" || sentence.startsWith("|") || sentence.startsWith("`") ? "" : `: ${sentence}`}`;
  };
  const lists = groups
    .filter(({ folder }) => ["learn", "recipes", "reference"].includes(folder))
    .map(({ label, folder }) => {
      const inOrder = named
        .map((slug) => `docs/${slug}.md`)
        .filter((path) => path.startsWith(`docs/${folder}/`) && shipped.includes(path));
      const rest = shipped.filter(
        (path) => path.startsWith(`docs/${folder}/`) && !inOrder.includes(path) && !path.endsWith("README.md"),
      );
      return `## ${label}\n\n${[...inOrder, ...rest].map(line).join("\n")}`;
    });
  return `# Chassis

> The whole back end of a website in one TypeScript package: server, application and database, from one typed definition of tables, rules and functions.

Nothing of a table can be reached until a rule opens it. A rule is an expression joined by \`.and()\`, \`.or()\` and \`.not()\`, never by \`&&\` and \`||\`. Node.js runs the TypeScript as it stands. After each change: \`npx chassis check\`.

- [Compact reference](llms-full.txt): what it takes to write a back end, in one text: read this first.

${lists.join("\n\n")}
`;
}

/** What somebody writes a back end from who knows nothing else: `llms-full.txt`. */
export function describeAll(): string {
  const pages = parts
    .filter(({ page }) => existsSync(join(root, `docs/${page}.md`)))
    .map((part) =>
      under(plain(take(read(`docs/${part.page}.md`), part)).replace(/^(?!# )/, () => `# ${titleOf(part.page)}\n\n`)),
    );
  const made = [describeGrammar(), describeSignIn(), describeErrors(), describeSettings(), describeCommands(programHelp())];
  return `${read("tools/docs/llms/preface.md").trim()}\n\n${[...pages, ...made].join("\n\n")}\n`;
}

function titleOf(page: string): string {
  return /^# (.*)$/m.exec(read(`docs/${page}.md`))?.[1] ?? page;
}

/** Of the grammar what is there, by an example each. */
function describeGrammar(): string {
  const rows = [
    ...read("docs/reference/rest-grammar.md").matchAll(/^\| (.*?) \| (`.*`.*?) \| (yes|differs|ours) \| (.*?) ?\|$/gm),
  ];
  const list = rows.map(
    ([, feature, example, , note = ""]) => `- ${feature}: ${example}${note === "" ? "" : `. ${plain(note)}`}`,
  );
  return `## The data over HTTP\n\nAt \`/rest/v1/<table>\`, by \`authorization: Bearer <token>\` or the cookie of a session; \`t\` is a table, \`a\` a column.\n\n${list.join("\n")}`;
}

/** The options, the requests and the pages; how each is kept safe is for the reference. */
function describeSignIn(): string {
  const own = /^\| `(?:POST|GET) \/auth\/v1\/(?:sign-(?:up|in|out)|session|password|link|code)[/`]/;
  const text = take(read("docs/reference/auth.md"), { page: "reference/auth", only: ["", "Requests"] });
  const tables = plain(text)
    .split("\n\n")
    .filter((block) => /^(?:\||```|## )/.test(block));
  const tests = plain(take(read("docs/learn/sign-in.md"), { page: "learn/sign-in", only: ["Tests"] }));
  return `## Sign-in\n\n\`auth: true\`, or the options, in \`defineBackend\`. The pages are at /auth/sign-up, /auth/sign-in and /auth/account. A form posts to /auth/sign-out.\n\n${under(
    [...tables, tests].join("\n\n"),
  )
    .split("\n")
    .filter((line) => !line.includes("/auth/v1/") || own.test(line))
    .join("\n")}`;
}

/** Those that an author throws or meets: not what apps are told that sign people in here, nor what is about the form of a request. */
function describeErrors(): string {
  const rows = errorGroups
    .filter(({ heading }) => heading !== "What other apps are told")
    .flatMap(({ rows: own }) => Object.entries(own))
    .filter(([, { code }]) => !code.startsWith("PGRST1"))
    .map(([name, { status, code, message }]) => `- \`${name}\` ${status} \`${code}\`: ${message}`);
  return `## Errors\n\n\`throw new AppError("notFound", { message, details, hint })\`. The body is \`{ code, message, details, hint }\`, with \`fields: [{ field, message }]\` where fields are not valid. Codes that begin with PGRST1 are about the form of a request.\n\n${rows.join("\n")}`;
}

function describeSettings(): string {
  const all = Object.values(settings as Readonly<Record<string, Setting<unknown>>>);
  const counted = /^CHASSIS_(?:RATE|LIMIT|FEED|BACKUP_S3|BACKUP_LOG|JOBS_KEEP)_/;
  const rows = all
    .filter(({ variable }) => !counted.test(variable))
    .map(({ variable, description }) => {
      const [first = ""] = description.split(/(?<=\.) /, 1);
      return `- \`${variable}\`: ${first}`;
    });
  return `## Settings\n\nEnvironment variables, read at the start; an unknown \`CHASSIS_\` one is refused.\n\n${rows.join("\n")}\n\nLimits and the like: ${all.flatMap(({ variable }) => (counted.test(variable) ? [`\`${variable}\``] : [])).join(", ")}.`;
}

/** Commands of whoever runs a back end: they are named, and `--help` says the rest. */
const operators = /^(?:audit|backup|client|doctor|jobs|key|mail|restore|secret|user|webhooks|completion)\b/;

function describeCommands(help: readonly CommandHelp[]): string {
  const all = help.filter(({ name, commands }) => name !== "" && commands.length === 0 && !name.startsWith("_"));
  const rows = all
    .filter(({ name }) => !operators.test(name))
    .map(({ name, description, options }) => {
      const own = options
        .map((option) => option.replace(/^-\w, /, ""))
        .filter((option) => !/^--(?:help|backend|json)\b/.test(option));
      return `- \`chassis ${name}\`: ${description.split(/[;:]/, 1)[0]}${own.length === 0 ? "" : `. \`${own.join("`, `")}\``}`;
    });
  const others = all.filter(({ name }) => operators.test(name)).map(({ name }) => `\`${name}\``);
  return `## Commands\n\nThe back end is the last argument or \`--backend\`, by default the folder at hand. By \`npx chassis\`.\n\n${rows.join("\n")}\n\nFor whoever runs it, each with \`--help\`: ${others.join(", ")}.`;
}
