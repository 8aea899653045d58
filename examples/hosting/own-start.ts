/** What may follow `node examples/hosting/express.ts`: the port, 3000 by default, and the folder of the data, `.data` here by default. */
export function readArguments(): { readonly port: number; readonly dataDirectory: string | URL } {
  const [, , port = "3000", dataDirectory = new URL(".data", import.meta.url)] = process.argv;
  return { port: Number(port), dataDirectory };
}

/** Says where it answers, and ends by the first signal. Nobody new is served by then, and what is under way is answered. */
export function untilSignal(url: string, close: () => Promise<void>): void {
  process.stdout.write(`Notes, at ${url}: sign up at ${url}/api/auth/sign-up, and find the mail at ${url}/api/dev/mailbox\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());
}
