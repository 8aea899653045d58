import { type REPLServer, Recoverable, start } from "node:repl";
import type { Readable, Writable } from "node:stream";
import type { Backend } from "#application";
import { findTable } from "../permissions/access-question.ts";
import { completeCode } from "./complete-code.ts";
import { describeAnyError, describeOwnError, isHidden } from "./describe-error.ts";
import { keepHistory } from "./history.ts";
import { awaited, readTypeScript } from "./read-typescript.ts";
import { type Scope, words } from "./scope.ts";
import { showResult } from "./show-result.ts";

export interface PromptStreams {
  readonly input: Readable;
  readonly output: Writable & { readonly columns?: number };
}

export interface PromptOptions extends PromptStreams {
  readonly scope: Scope;
  readonly backend: Backend;
  readonly prompt: string;
  readonly colors: boolean;
  /** Undefined: nothing is kept. */
  readonly historyFolder: string | undefined;
}

/** Reads what somebody types, until they end it. */
export async function runPrompt(options: PromptOptions): Promise<void> {
  const { input, output, scope, backend, prompt, colors, historyFolder } = options;
  const look = () => ({ width: output.columns || 80, colors });
  // Newer than its types: a version that does not know it says "Uncaught:" before the same words.
  const handling = { handleError: (error: unknown) => handle(error) };
  const server = start({
    input,
    output,
    // Shown when all is there: what is typed before that waits.
    prompt: "",
    terminal: true,
    // Values of another context would be no instances of what the back end asks for.
    useGlobal: true,
    useColors: colors,
    breakEvalOnSigint: true,
    ignoreUndefined: true,
    // Nothing is run before it is entered.
    preview: false,
    writer: (value: unknown) => describeOwnError(value) ?? showResult(value, look()),
    ...handling,
  });
  server.pause();
  const ended = new Promise<void>((resolve) => server.once("exit", resolve));
  readTyped(server);
  completeTyped(server, backend);
  addCommands(server, { backend, print: (line) => void output.write(`${line}\n`), look });
  const restore = enter(scope);
  server.on("reset", () => void enter(scope));
  try {
    const problem = historyFolder === undefined ? undefined : await keepHistory(server, historyFolder);
    if (problem !== undefined) output.write(`${problem}\n`);
    server.setPrompt(prompt);
    server.displayPrompt();
    await ended;
  } finally {
    server.close();
    restore();
  }

  function handle(error: unknown): "ignore" | "print" {
    const isInterrupt = (error as NodeJS.ErrnoException | null)?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED";
    const text = isInterrupt ? "Interrupted." : isHidden(error) ? describeAnyError(error) : describeOwnError(error);
    if (text === undefined) return "print";
    output.write(`${text}\n`);
    server.clearBufferedCommand();
    server.displayPrompt(true);
    return "ignore";
  }
}

/** What is typed is TypeScript, and an expression is awaited. */
function readTyped(server: REPLServer): void {
  const { eval: run } = server;
  Object.assign(server, {
    eval(
      this: REPLServer,
      code: string,
      ...[context, file, done]: Parameters<typeof run> extends [unknown, ...infer R] ? R : never
    ) {
      let read: ReturnType<typeof readTypeScript>;
      try {
        read = readTypeScript(code);
      } catch (error) {
        return done(error as Error, undefined);
      }
      if ("isUnfinished" in read) return done(new Recoverable(read.cause), undefined);
      return run.call(this, awaited(read.code), context, file, done);
    },
  });
}

function completeTyped(server: REPLServer, backend: Backend): void {
  const usual = server.completer as (line: string, done: (error: Error | null, result: [string[], string]) => void) => void;
  Object.assign(server, {
    completer(line: string, done: Parameters<typeof usual>[1]) {
      const found = completeCode(backend, line);
      if (found === undefined) usual.call(server, line, done);
      else done(null, [[...found.words], found.typed]);
    },
  });
}

interface Commands {
  readonly backend: Backend;
  readonly print: (line: string) => void;
  readonly look: () => { readonly width: number; readonly colors: boolean };
}

function addCommands(server: REPLServer, { backend, print, look }: Commands): void {
  const define = (name: string, help: string, action: (given: string) => void): void =>
    server.defineCommand(name, {
      help,
      action(given) {
        server.clearBufferedCommand();
        try {
          action(given.trim());
        } catch (error) {
          print(describeOwnError(error) ?? String(error));
        }
        server.displayPrompt();
      },
    });
  define("tables", "List the tables", () =>
    print(
      showResult(
        [...backend.model.tables.values()].map(({ name, columns }) => ({ table: name, columns: [...columns.keys()].join(", ") })),
        look(),
      ),
    ),
  );
  define("columns", "List the columns of a table: .columns books", (name) => print(showResult(columnsOf(backend, name), look())));
  define("help", "Say what is there", () => {
    for (const [name, text] of Object.entries(words)) print(`${name.padEnd(9)} ${text}`);
    print("");
    for (const [name, command] of Object.entries(server.commands).toSorted(([left], [right]) => left.localeCompare(right)))
      print(`.${name.padEnd(8)} ${command?.help ?? ""}`);
    print("\nTab completes tables, calls and columns. Ctrl-C twice, Ctrl-D or .exit ends it.");
  });
}

function columnsOf(backend: Backend, name: string): readonly object[] {
  return [...findTable(backend, name).columns.values()].map(({ name: column, kind, nullable }) => ({
    column,
    kind: kind.name,
    optional: nullable ? "yes" : "",
  }));
}

/** Puts the names where what is typed finds them, and gives what takes them away again. */
function enter(scope: Scope): () => void {
  const before = Object.keys(words).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  for (const [name, value] of Object.entries(scope))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: true });
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  };
}
