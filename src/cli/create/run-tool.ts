import { spawn } from "node:child_process";

export interface ToolOptions {
  readonly folder: string;
  /** Ends the tool. */
  readonly signal?: AbortSignal;
}

export interface ToolOutcome {
  readonly ok: boolean;
  /** Both of its streams, without what surrounds them. */
  readonly output: string;
}

/** Runs npm, git or Node.js with these very arguments, without a shell but for npm on Windows, whose program is a script of one. */
export function runTool(program: string, args: readonly string[], { folder, signal }: ToolOptions): Promise<ToolOutcome> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32" && program === "npm",
      ...(signal === undefined ? {} : { signal }),
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", (error) => resolve({ ok: false, output: error.message }));
    child.on("close", (code) => resolve({ ok: code === 0, output: output.trim() }));
  });
}
