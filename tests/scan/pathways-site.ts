import { createHash } from "node:crypto";
import { request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type ChildServer, spawnProgram } from "../support/child-server.ts";
import { freePort } from "../support/free-port.ts";
import { type Scope, temporaryFolder } from "../support/temporary-folder.ts";
import { addresses, plainRequest, proofOf } from "./addresses.ts";
import { PROBE_ADDRESS } from "./availability.ts";
import type { Target } from "./scanner.ts";
import { SiteLog } from "./site-log.ts";

const password = "correct horse battery";
const backend = fileURLToPath(new URL("../../examples/pathways", import.meta.url));

/** A site to be scanned, with what its own log says. */
export interface Site {
  readonly target: Target;
  readonly log: SiteLog;
  /** A path that everybody is answered 200 for, by the database. */
  readonly probe: string;
  /** Differs when somebody has changed what the scanning user may not. */
  readonly fingerprint: () => Promise<string>;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A request of our own, which the tally leaves out. */
function ask(url: string, { method = "GET", headers = {}, body }: Asked = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, localAddress: PROBE_ADDRESS, agent: false }, (answer) => {
      let text = "";
      answer
        .setEncoding("utf8")
        .on("data", (chunk: string) => (text += chunk))
        .on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
        .on("error", reject);
    });
    sent.on("error", reject).end(body);
  });
}

/**
 * Pathways as `chassis start` runs it, on loopback, with a database of its own, as if behind a proxy that has TLS: cookies and
 * headers are those of a real site. It ends with the scope. Two people are there: ada, who scans, and ben, whose data she may not
 * change.
 */
export async function startPathways(t: Scope, { limited }: { readonly limited: boolean }): Promise<Site> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const environment = {
    PORT: String(port),
    CHASSIS_DATA: await temporaryFolder(t),
    CHASSIS_BASE_URL: `https://127.0.0.1:${port}`,
    CHASSIS_TRUSTED_PROXIES: "loopback",
    CHASSIS_LOG_LEVEL: "debug",
    CHASSIS_LOG_FORMAT: "json",
    // A quarter of the default, so that a scan need not wait for minutes to see slow readers go.
    CHASSIS_LIMIT_IDLE_TIMEOUT: "30000",
    ...(limited ? {} : { CHASSIS_RATE_LIMITS: "off" }),
  };
  const server = spawnProgram(t, ["start", backend], environment);
  const log = new SiteLog();
  server.process.stdout?.on("data", (text: string) => log.read(text));
  server.process.stderr?.on("data", (text: string) => log.read(text));
  await written(server, /"msg":"Listening/);

  const headers = { "X-Forwarded-Proto": "https", "Sec-Fetch-Site": "same-origin" };
  const signIn = async (user: string, name: string): Promise<{ cookie: string; token: string }> => {
    const made = spawnProgram(t, ["token", "create", backend, "--user", user], environment);
    const token = await written(made, /^\S{40,}$/m);
    const api = { ...headers, "content-type": "application/json" };
    const sent = async (path: string, body: object, more: Asked["headers"] = {}): Promise<Reply> => {
      const reply = await ask(origin + path, { method: "POST", headers: { ...api, ...more }, body: JSON.stringify(body) });
      if (reply.status >= 300) throw new Error(`${path} of ${user}: ${reply.status} ${reply.text.slice(0, 200)}`);
      return reply;
    };
    // An id that addresses can name: the row is made first, and gets an account then.
    await sent("/rest/v1/users", { id: user, name }, { authorization: `Bearer ${token}` });
    const email = `${user}@example.org`;
    const account = spawnProgram(t, ["user", "create", email, "--user", user, "-b", backend], environment);
    const link = await written(account, /\/auth\/reset\?token=[\w-]{43}/);
    await sent("/auth/v1/password/reset", { token: link.slice(-43), password });
    const signedIn = await sent("/auth/v1/sign-in", { email, password });
    const cookie = [signedIn.headers["set-cookie"]].flat()[0]?.split(";")[0] ?? "";
    return { cookie, token };
  };
  const ben = await signIn("ben", "Ben");
  const review = {
    method: "POST",
    headers: { ...headers, cookie: ben.cookie, "content-type": "application/x-www-form-urlencoded" },
  };
  await ask(`${origin}/schools/tudelft.nl/review`, { ...review, body: "stars=5&body=Mine" });
  const target: Target = { origin, headers, signedIn: await signIn("ada", "Ada") };

  const asBen = { headers: { ...headers, authorization: `Bearer ${ben.token}` } };
  const fingerprint = async (): Promise<string> => {
    const hash = createHash("sha256");
    const paths = ["/rest/v1/users?id=eq.ben", "/rest/v1/reviews?author=eq.ben", "/rest/v1/saved_schools"];
    for (const path of paths) hash.update((await ask(origin + path, asBen)).text);
    for (let offset = 0; ; offset += 1000) {
      const page = await ask(
        `${origin}/rest/v1/schools?select=id,name,sort_name,domain,featured,version&order=id&offset=${offset}`,
        asBen,
      );
      if (page.status !== 200) throw new Error(`The schools cannot be read: ${page.status} ${page.text.slice(0, 200)}`);
      if (page.text === "[]") return hash.digest("hex");
      hash.update(page.text);
    }
  };
  await checkAddresses(target);
  return { target, log, probe: "/rest/v1/schools?domain=eq.tudelft.nl", fingerprint };
}

/** What a program wrote that matches. The import of all schools is part of the first start, and takes its time on a busy machine. */
async function written(program: ChildServer, pattern: RegExp): Promise<string> {
  for (const end = Date.now() + 180_000; Date.now() < end; await wait(100)) {
    const found = pattern.exec(program.text());
    if (found !== null) return found[0];
    if ((program.process.exitCode ?? 0) !== 0) break;
  }
  throw new Error(`Nothing matches ${pattern} in:\n${program.text()}`);
}

/** Asks each address once, so that none is attacked that is not there. */
async function checkAddresses(target: Target): Promise<void> {
  const wrong: string[] = [];
  for (const address of addresses) {
    const { path, ...plain } = plainRequest(address);
    const asked = { ...plain, headers: { ...target.headers, ...proofOf(address, target), ...plain.headers } };
    let reply = await ask(target.origin + path, asked);
    // On a machine that is busy with something else a query can take too long.
    for (let retry = 0; reply.status === 503 && retry < 10; retry++) {
      await wait(1000);
      reply = await ask(target.origin + path, asked);
    }
    const { status = 200 } = address;
    if (reply.status !== status)
      wrong.push(`${address.what} is answered with ${reply.status}, not ${status}: ${reply.text.slice(0, 200)}`);
  }
  if (wrong.length > 0) throw new Error(`addresses.ts is not right: ${wrong.join("\n")}`);
}
