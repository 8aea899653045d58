/** One command of a block of shell: its words, and what its result is kept as. */
export interface CommandLine {
  readonly words: readonly string[];
  /** `NAME=$(command)`: the variable. */
  readonly variable: string | undefined;
  /** `command > file`. */
  readonly file: string | undefined;
  /** `NAME=value command`, and `export NAME=value`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly exported: boolean;
  readonly text: string;
}

/** The commands of a block, one a line; `\` at its end goes on in the next, and so does an open quote. */
export function commandTexts(block: string): readonly string[] {
  const texts: string[] = [];
  let text = "";
  for (const line of block.replaceAll("\\\n", " ").split("\n")) {
    text = text === "" ? line.trim() : `${text}\n${line}`;
    if (text.startsWith("#")) text = "";
    if (quoteIsOpen(text)) continue;
    if (text !== "") texts.push(text);
    text = "";
  }
  if (text !== "") throw new Error(`A quote is open: ${text}`);
  return texts;
}

function quoteIsOpen(text: string): boolean {
  let open = "";
  for (const sign of text) {
    if (open === "" && (sign === "'" || sign === '"')) open = sign;
    else if (sign === open) open = "";
  }
  return open !== "";
}

/** No shell: the words, quotes and variables of the commands that documents show, and nothing else. */
export function parseCommand(text: string, variables: ReadonlyMap<string, string>): CommandLine {
  const [, variable, inner] = /^([A-Z_]+)=\$\(([^]*)\)$/.exec(text) ?? [];
  let words = splitWords(inner ?? text, variables);
  const exported = words[0] === "export";
  if (exported) words = words.slice(1);
  const environment: Record<string, string> = {};
  while (/^[A-Z][A-Z0-9_]*=/.test(words[0] ?? "")) {
    const [name = "", ...value] = (words[0] ?? "").split("=");
    environment[name] = value.join("=");
    words = words.slice(1);
  }
  const redirect = words.indexOf(">");
  const file = redirect === -1 ? undefined : words[redirect + 1];
  if (redirect !== -1) words = words.slice(0, redirect);
  return { words, variable, file, environment, exported, text };
}

function splitWords(text: string, variables: ReadonlyMap<string, string>): string[] {
  const words: string[] = [];
  let word: string | undefined;
  const parts = text.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|(\s+)|(#.*$)|(\$?[^\s'"$]+|\$)/gm);
  for (const [, single, double, space, comment, bare] of parts) {
    if (space !== undefined || (comment !== undefined && word === undefined)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      const value = double?.replace(/\\(["\\$])/g, "$1") ?? bare ?? comment;
      word = (word ?? "") + (single ?? expand(value ?? "", variables));
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{?([A-Z_]+)\}?/g, (_, name: string) => {
    const value = variables.get(name);
    if (value === undefined) throw new Error(`$${name} is not set on this page.`);
    return value;
  });
}

export interface CurlRequest {
  readonly url: string;
  readonly init: RequestInit & { readonly headers: Headers };
  /** `-i`: the status and the headers are shown. */
  readonly showsHead: boolean;
  /** `-c file`: cookies are kept. `-b file`: and sent. */
  readonly keepsCookies: boolean;
  readonly sendsCookies: boolean;
}

/** Reads the words after `curl`. `read` gives a file that `@name` names. */
export function parseCurl(words: readonly string[], read: (file: string) => Uint8Array<ArrayBuffer>): CurlRequest {
  const headers = new Headers();
  let [url, method, showsHead, keepsCookies, sendsCookies]: [string, string | undefined, boolean, boolean, boolean] = [
    "",
    undefined,
    false,
    false,
    false,
  ];
  let body: string | Uint8Array<ArrayBuffer> | FormData | undefined;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    const next = (): string => words[++index] ?? "";
    if (word === "-H") headers.append(...(next().split(/: ?(.*)/, 2) as [string, string]));
    else if (word === "-X") method = next();
    else if (word === "-i" || word === "-si") showsHead = true;
    else if (word === "-s") continue;
    else if (word === "-c") [keepsCookies] = [next() !== ""];
    else if (word === "-b") [sendsCookies] = [next() !== ""];
    else if (word === "--json") {
      body = next();
      headers.set("content-type", "application/json");
    } else if (word === "-d") {
      const data = next();
      body = typeof body === "string" ? `${body}&${data}` : data;
      if (!headers.has("content-type")) headers.set("content-type", "application/x-www-form-urlencoded");
    } else if (word === "--data-binary") {
      const data = next();
      body = data.startsWith("@") ? read(data.slice(1)) : data;
    } else if (word === "-F") {
      const [name = "", value = ""] = next().split(/=(.*)/);
      if (!(body instanceof FormData)) body = new FormData();
      if (value.startsWith("@")) body.append(name, new Blob([read(value.slice(1))]), value.slice(1));
      else body.append(name, value);
    } else if (word.startsWith("-")) throw new Error(`curl ${word} is not understood here.`);
    else url = word;
  }
  method ??= body === undefined ? "GET" : "POST";
  return { url, init: { method, headers, ...(body === undefined ? {} : { body }) }, showsHead, keepsCookies, sendsCookies };
}
