import { text } from "node:stream/consumers";
import { Script, constants } from "node:vm";
import type { Readable, Writable } from "node:stream";
import { stateFolder } from "#config";
import { AppError } from "#contract";
import { readActor } from "../backend/actor-options.ts";
import { CommandError, UsageError } from "../command-line/command-error.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import { clip, printable } from "../command-line/printable.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { findServer, openWorkplace, type Workplace } from "../backend/workplace.ts";
import { describeAnyError } from "./describe-error.ts";
import type { Ground } from "./ground.ts";
import { openOwnGround } from "./own-ground.ts";
import { runPrompt } from "./prompt.ts";
import { asFunction, quietly, readTypeScript } from "./read-typescript.ts";
import { openReadingGround } from "./reading-ground.ts";
import { createScope, type Scope } from "./scope.ts";
import { showResult, writeJson } from "./show-result.ts";

export interface ReplOptions {
  readonly backend: string;
  /** Run alone, instead of what is typed. */
  readonly eval?: string;
  readonly as?: string;
  readonly role?: readonly string[];
  readonly claim?: readonly string[];
  readonly readOnly?: boolean;
  /** Default true. */
  readonly history?: boolean;
  readonly json?: boolean;
}

export interface ReplStreams {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: (Writable & { readonly isTTY?: boolean; readonly columns?: number }) | undefined;
  /** Where what was typed is kept; undefined is the user's own folder. */
  readonly stateFolder?: string;
}

/**
 * Gives whoever sits there the data at a prompt, or runs code that was given or piped and prints its result. Where no server has the database it
 * is opened whole; beside one it is read, and written through the server.
 */
export async function repl(
  options: ReplOptions,
  terminal: Terminal,
  { input, output, stateFolder: folder }: ReplStreams = { input: process.stdin, output: terminal.output },
): Promise<ExitCode> {
  const isLooked = output?.isTTY === true;
  const isPrompt = options.eval === undefined && input.isTTY === true && isLooked;
  if (isPrompt && options.json === true) throw new UsageError("--json goes with --eval, or with code that is piped.");
  if (options.as === undefined && (options.role !== undefined || options.claim !== undefined))
    throw new UsageError("Roles and claims are somebody's: say whose with --as.");
  // What is handed over waits for a server; whoever types here is no stranger to be counted.
  const workplace = await openWorkplace(options.backend, { jobs: "off", rateLimits: "off" });
  const { backend } = workplace;
  const { as: user, role = [], claim = [], readOnly = false } = options;
  const me = user === undefined ? undefined : readActor(backend.model, { user, role, claim });
  const code = isPrompt ? undefined : compile(options.eval ?? (await text(input)));
  const ground = await openGround(workplace, readOnly);
  try {
    const scope = createScope(ground, backend, me);
    if (code !== undefined) {
      await runCode(code, scope, { terminal, json: options.json === true, isLooked, width: output?.columns || 80 });
      return 0;
    }
    for (const line of ground.lines) terminal.report(line);
    terminal.report("`.help` says what is there.");
    const who = me === undefined ? (readOnly ? " (read-only)" : "") : ` (${printable(clip(me.id, 40))})`;
    await runPrompt({
      input,
      output: output as Writable,
      scope,
      backend,
      prompt: `chassis${who}> `,
      colors: terminal.style("bold", "x") !== "x",
      historyFolder: options.history === false ? undefined : (folder ?? stateFolder()),
    });
    return 0;
  } finally {
    await ground.close();
  }
}

async function openGround(workplace: Workplace, isReadOnly: boolean): Promise<Ground> {
  const server = findServer(workplace);
  return server === undefined && !isReadOnly ? openOwnGround(workplace) : openReadingGround(workplace, { server, isReadOnly });
}

/** @throws CommandError where it is none. */
function compile(given: string): string {
  try {
    const read = readTypeScript(given);
    if ("isUnfinished" in read) throw new SyntaxError(`The code ends too soon: ${read.cause.message}`);
    return asFunction(read.code);
  } catch (error) {
    throw new CommandError(`SyntaxError: ${(error as Error).message}`, { cause: error });
  }
}

interface Running {
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly isLooked: boolean;
  readonly width: number;
}

async function runCode(code: string, scope: Scope, { terminal, json, isLooked, width }: Running): Promise<void> {
  const names = Object.keys(scope);
  let result: unknown;
  try {
    const options = { filename: "code", importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER };
    const script = new Script(`(function (${names.join(", ")}) { return ${code}() })`, options);
    const run = script.runInThisContext() as (...values: readonly unknown[]) => Promise<unknown>;
    result = await quietly(() => untilNothingIsLeft(run(...Object.values(scope))));
  } catch (error) {
    // Those that have a code are told with it.
    if (error instanceof AppError && error.error !== "internal") throw error;
    throw new CommandError(describeAnyError(error), { cause: error });
  }
  if (json || (!isLooked && result !== undefined)) terminal.print(writeJson(result));
  else if (result !== undefined) terminal.print(showResult(result, { width, colors: terminal.style("bold", "x") !== "x" }));
}

/** A promise that nothing is left to settle would end the process as if it had broken, without a word of ours. */
async function untilNothingIsLeft<T>(result: Promise<T>): Promise<T> {
  const idle = Promise.withResolvers<never>();
  const onIdle = (): void => idle.reject(new CommandError("The code waits for a promise that nothing settles any more."));
  process.once("beforeExit", onIdle);
  try {
    return await Promise.race([result, idle.promise]);
  } finally {
    process.off("beforeExit", onIdle);
  }
}
