import * as module from "node:module";
import { Script } from "node:vm";

/** What the language lacks of what was typed: more may follow. */
const UNFINISHED = /^Unexpected eof|got '<eof>'|^Unterminated template|^Unterminated block comment/;

export type Read = { readonly code: string } | { readonly isUnfinished: true; readonly cause: Error };

/** Without its types. What is no TypeScript is left as it is: whoever runs it says what is wrong. */
export function readTypeScript(code: string): Read {
  // An object as people type one is a block to the language.
  const forms = /^\s*\{/.test(code) ? [`(${code.replace(/[;\s]+$/, "")}\n)`, code] : [code];
  let first: Error | undefined;
  for (const form of forms) {
    try {
      return { code: stripTypes(form) };
    } catch (error) {
      first = error as Error;
    }
  }
  if (first !== undefined && UNFINISHED.test(first.message)) return { isUnfinished: true, cause: first };
  if (first !== undefined && "code" in first && first.code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX")
    throw new SyntaxError(first.message);
  return { code };
}

/** `db.books.list()` has a promise, and whoever types it wants the books: an expression is awaited. */
export function awaited(code: string): string {
  const body = code.trim().replace(/(?:;\s*)+$/, "");
  // What is declared at the prompt stays declared.
  const isDeclaration = /^(?:async\s+)?(?:function|class)\b/.test(body);
  return body === "" || isDeclaration || !parses(`(async () => (${body}\n))`) ? code : `await (${body}\n)\n`;
}

/** The code as a function that gives what its last expression gives. Throws `SyntaxError` for what is no program. */
export function asFunction(code: string): string {
  const body = code.trimEnd().replace(/(?:;\s*)+$/, "");
  for (const place of [...ends(body), -1]) {
    const tail = body.slice(place + 1).trim();
    // After a line break these would go on with what stands before it.
    if (tail === "" || (place !== -1 && body[place] !== ";" && /^[([`+\-/]/.test(tail))) continue;
    const whole = `(async () => {${body.slice(0, place + 1)}return (${tail}\n)})`;
    if (parses(whole) && parses(`(async () => (${tail}\n))`)) return whole;
  }
  const statements = `(async () => {${code}\n})`;
  // Throws, of what is wrong with the code.
  void new Script(statements, { filename: "code" });
  return statements;
}

/** Where the last statement could begin, the latest first. */
function* ends(code: string): Generator<number> {
  let tried = 0;
  for (let place = code.length - 1; place >= 0 && tried < 500; place--) {
    const character = code[place];
    if (character !== ";" && character !== "\n" && character !== "}") continue;
    tried += 1;
    yield place;
  }
}

function parses(code: string): boolean {
  try {
    void new Script(code);
    return true;
  } catch {
    return false;
  }
}

function stripTypes(code: string): string {
  const { stripTypeScriptTypes } = module as { readonly stripTypeScriptTypes?: (code: string) => string };
  // Not every runtime has it: then it is JavaScript that is typed.
  if (stripTypeScriptTypes === undefined) return code;
  return quietly(() => stripTypeScriptTypes(code));
}

/** Without the warnings of what calls itself experimental: nobody at a prompt can do anything about them. Until a promise has its value. */
export function quietly<T>(work: () => T): T {
  const usual = Object.getOwnPropertyDescriptor(process, "emitWarning") ?? {};
  const restore = (): void => void Object.defineProperty(process, "emitWarning", usual);
  const emitWarning = (...given: readonly unknown[]): void => {
    if (given[1] !== "ExperimentalWarning") Reflect.apply(usual.value as () => void, process, given);
  };
  Object.defineProperty(process, "emitWarning", { ...usual, value: emitWarning });
  try {
    const result = work();
    if (result instanceof Promise) return result.finally(restore) as T;
    restore();
    return result;
  } catch (error) {
    restore();
    throw error;
  }
}
