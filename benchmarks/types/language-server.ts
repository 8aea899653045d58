import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Position {
  readonly line: number;
  readonly character: number;
}

/** TypeScript's own language server, as an editor starts it. */
export class LanguageServer implements AsyncDisposable {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #folder: string;
  #buffer = Buffer.alloc(0);
  #last = 0;
  #version = 1;

  private constructor(program: string, folder: string) {
    this.#folder = folder;
    this.#process = spawn(program, ["--lsp", "--stdio"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
    this.#process.stdout.on("data", (chunk: Buffer) => this.#receive(chunk));
  }

  static async start(program: string, folder: string): Promise<LanguageServer> {
    const server = new LanguageServer(program, folder);
    const capabilities = { textDocument: { completion: { completionItem: { snippetSupport: false } }, hover: {} } };
    await server.#ask("initialize", { processId: process.pid, rootUri: pathToFileURL(folder).href, capabilities });
    server.#tell("initialized", {});
    return server;
  }

  open(name: string, text: string): void {
    this.#tell("textDocument/didOpen", { textDocument: { uri: this.#uri(name), languageId: "typescript", version: 1, text } });
  }

  /** Types a text at a place, as somebody at the keyboard does. */
  type(name: string, at: Position, text: string): void {
    this.#change(name, { start: at, end: at }, text);
  }

  /** Takes back the one letter after a place. */
  erase(name: string, at: Position): void {
    this.#change(name, { start: at, end: { ...at, character: at.character + 1 } }, "");
  }

  /** The words that are offered there. */
  async complete(name: string, at: Position): Promise<readonly string[]> {
    const answer = (await this.#ask("textDocument/completion", {
      textDocument: { uri: this.#uri(name) },
      position: at,
      context: { triggerKind: 1 },
    })) as { readonly items?: readonly { readonly label: string }[] } | readonly { readonly label: string }[] | null;
    const items = answer === null ? [] : "items" in answer ? (answer.items ?? []) : (answer as readonly { label: string }[]);
    return items.map(({ label }) => label.replace(/\?$/, ""));
  }

  /** How many mistakes the file has. */
  async mistakes(name: string): Promise<number> {
    const answer = (await this.#ask("textDocument/diagnostic", { textDocument: { uri: this.#uri(name) } })) as {
      readonly items?: readonly unknown[];
    };
    return answer.items?.length ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill();
    await ended;
  }

  #change(name: string, range: { readonly start: Position; readonly end: Position }, text: string): void {
    this.#version += 1;
    this.#tell("textDocument/didChange", {
      textDocument: { uri: this.#uri(name), version: this.#version },
      contentChanges: [{ range, text }],
    });
  }

  #uri(name: string): string {
    return pathToFileURL(`${this.#folder}/${name}`).href;
  }

  #ask(method: string, params: unknown): Promise<unknown> {
    this.#last += 1;
    const id = this.#last;
    const answered = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result);
        else reject(new Error(`${method}: ${error.message}`));
      });
    });
    this.#write({ id, method, params });
    return answered;
  }

  #tell(method: string, params: unknown): void {
    this.#write({ method, params });
  }

  #write(message: object): void {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #receive(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#buffer.toString("latin1", 0, end))?.[1]);
      if (this.#buffer.length < end + 4 + length) return;
      const message = JSON.parse(this.#buffer.toString("utf8", end + 4, end + 4 + length)) as Message & { readonly id?: number };
      this.#buffer = this.#buffer.subarray(end + 4 + length);
      if (message.id === undefined) continue;
      // What the server asks of the editor (settings, say) has nothing in reply here.
      if (message.method !== undefined) this.#write({ id: message.id, result: null });
      else this.#waiting.get(message.id)?.(message);
    }
  }
}
