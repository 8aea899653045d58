import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from "smtp-server";
import { localCertificate } from "../support/smtp-server.ts";
import type { RunScope } from "./scope.ts";
import type { Taken } from "./sent-checker.ts";

/** What becomes of a message when it comes for the first time, by the domain of whom it is for: `ada@breaks.example.org`. Then it is taken. */
export const mailWays = ["fine", "greylisted", "full", "breaks", "breaks-after", "unknown"] as const;

/** How it meets who connects. `closed`: there is nobody. `silent`: it greets nobody. `slow`: a byte a second. `busy`: 421. */
export type Mode = "open" | "closed" | "silent" | "slow" | "busy";

export interface PostOffice {
  readonly port: number;
  /** By the local part of whom it was for, with its Message-ID: also what it took and could not say so any more. */
  readonly taken: readonly Taken[];
  /** Whoever connected meanwhile is cut. */
  turn(mode: Mode): Promise<void>;
}

export interface PostOfficeOptions {
  /** User and password, asked for over STARTTLS alone. */
  readonly login?: readonly [user: string, password: string];
}

interface Refusal {
  readonly code: number;
  readonly words: string;
}

const first: Readonly<Record<string, Refusal>> = {
  greylisted: { code: 451, words: "4.7.1 Come again" },
  full: { code: 452, words: "4.3.1 No room" },
};
const unknown: Refusal = { code: 550, words: "5.1.1 No such mailbox" };

/** An SMTP server on a port of loopback that stays the same whatever it does. */
export async function startPostOffice(scope: RunScope, { login }: PostOfficeOptions = {}): Promise<PostOffice> {
  const taken: Taken[] = [];
  const seen = new Set<string>();
  const sockets = new Set<Socket>();
  const cut = (session: SMTPServerSession): void => {
    for (const socket of sockets) if (socket.remotePort === session.remotePort) socket.destroy();
  };
  const refused = ({ code, words }: Refusal): Error => Object.assign(new Error(words), { responseCode: code });
  const options = (isBusy: boolean): SMTPServerOptions => ({
    ...localCertificate,
    authOptional: login === undefined,
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 10,
    onConnect: (_session, done) => done(isBusy ? refused({ code: 421, words: "4.3.2 Too busy" }) : null),
    onAuth({ username, password }, _session, done) {
      if (username === login?.[0] && password === login?.[1]) done(null, { user: username });
      else done(refused({ code: 535, words: "5.7.8 Wrong" }));
    },
    onRcptTo({ address }, _session, done) {
      const way = wayOf(address);
      if (way === "unknown") return done(refused(unknown));
      if (way === "greylisted" && !seen.has(address)) {
        seen.add(address);
        return done(refused(first["greylisted"] ?? unknown));
      }
      done();
    },
    onData(stream, session, done) {
      const address = session.envelope.rcptTo[0]?.address ?? "";
      const way = wayOf(address);
      const isFirst = !seen.has(address);
      seen.add(address);
      if (isFirst && way === "breaks") stream.once("data", () => cut(session));
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (isFirst && way === "breaks") return cut(session);
        const refusal = isFirst ? first[way] : undefined;
        if (refusal !== undefined) return done(refused(refusal));
        taken.push({ name: address.slice(0, address.indexOf("@")), id: messageId(Buffer.concat(chunks).toString("utf8")) });
        if (isFirst && way === "breaks-after") return cut(session);
        done();
      });
    },
  });
  let port = 0;
  let close = async (): Promise<void> => {};
  const listen = async (server: Server): Promise<void> => {
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  };
  const end = (server: Server): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  const turn = async (mode: Mode): Promise<void> => {
    await close();
    close = async () => {};
    if (mode === "closed") return;
    if (mode === "silent" || mode === "slow") {
      const server = createServer((socket) => {
        if (mode === "slow") drip(socket);
      });
      await listen(server);
      close = () => end(server);
      return;
    }
    const smtp = new SMTPServer(options(mode === "busy"));
    smtp.on("error", () => {});
    await listen(smtp.server);
    close = () => end(smtp.server);
  };
  scope.after(() => close());
  await turn("open");
  return { port, taken, turn };
}

function wayOf(address: string): string {
  return address.slice(address.indexOf("@") + 1).split(".", 1)[0] ?? "";
}

function messageId(raw: string): string {
  return /^Message-ID:\s*(<[^>]+>)/im.exec(raw)?.[1] ?? "none";
}

function drip(socket: Socket): void {
  const text = "220 a greeting that takes its time and never comes to an end, however long one listens";
  let at = 0;
  const timer = setInterval(() => socket.write(text.charAt(at++ % text.length)), 1000);
  socket.on("close", () => clearInterval(timer));
}
