import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { freePort } from "./free-port.ts";
import { requireCommand } from "./requirements.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export type ProxyName = "nginx" | "haproxy";

export const proxyNames: readonly ProxyName[] = ["nginx", "haproxy"];

const page = join(import.meta.dirname, "../../docs/learn/behind-a-proxy.md");

/** Starts a proxy in front of `port` as docs/learn/behind-a-proxy.md sets it up, and gives the port on which it listens. */
export async function startProxy(t: TestContext, name: ProxyName, port: number): Promise<number | undefined> {
  return runProxy(t, name, await documentedConfiguration(name, port));
}

/** The nginx that the same page has for port 80, which answers itself. */
export async function startRedirects(t: TestContext): Promise<number | undefined> {
  const [, block] = /```nginx.*\n((?:(?!```)[^])*?return 301[^]*?)```/.exec(await readFile(page, "utf8")) ?? [];
  if (block === undefined) throw new Error(`${page} has no configuration that sends pages on.`);
  return runProxy(t, "nginx", block);
}

async function runProxy(t: TestContext, name: ProxyName, documented: string): Promise<number | undefined> {
  const program = requireCommand(t, { names: [`/usr/sbin/${name}`, name], howToGet: `apt-get install ${name}` });
  if (program === undefined) return undefined;
  const own = await freePort();
  const folder = await temporaryFolder(t);
  const file = join(folder, "proxy.conf");
  await writeFile(file, configurations[name]({ documented, folder, own }));
  const args = name === "nginx" ? ["-c", file, "-p", folder, "-e", join(folder, "error.log")] : ["-db", "-f", file];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const exited = once(child, "exit");
  t.after(async () => {
    if (child.exitCode === null) child.kill("SIGTERM");
    await exited;
  });
  while (!(await listens(own))) if (child.exitCode !== null) throw new Error(`${name} did not start: ${said}`);
  return own;
}

async function documentedConfiguration(name: ProxyName, port: number): Promise<string> {
  const text = await readFile(page, "utf8");
  const [, block] = new RegExp(`\`\`\`${name}.*\n([^]*?)\`\`\``).exec(text) ?? [];
  if (block?.includes("127.0.0.1:4000") !== true) throw new Error(`${page} has no configuration of ${name}.`);
  return block.replace("127.0.0.1:4000", `127.0.0.1:${port}`);
}

interface Surroundings {
  readonly documented: string;
  readonly folder: string;
  readonly own: number;
}

const configurations: { readonly [Name in ProxyName]: (surroundings: Surroundings) => string } = {
  nginx: ({ documented, folder, own }) => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${own};
    ${documented}
  }
}
`,
  haproxy: ({ documented, own }) => `
defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
frontend site
  bind 127.0.0.1:${own}
  default_backend chassis
${documented}
`,
};

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
