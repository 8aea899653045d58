import type { SMTPPoolOptions, SMTPPoolSentMessageInfo, Transporter as AnyTransporter } from "nodemailer";
import { type Delivery, DeliveryError } from "./deliver.ts";
import type { MailServer } from "./mail-server.ts";
import { judgeSmtpFailure, type SmtpFailure } from "./smtp-answer.ts";

type Transporter = AnyTransporter<SMTPPoolSentMessageInfo, SMTPPoolOptions>;

/** Connections to the server at once. */
export const smtpConnections = 5;
/** Milliseconds until the server is there, until it greets, and without a byte in either direction. */
const CONNECT = 10_000;
const GREET = 10_000;
const SILENT = 60_000;

/**
 * Hands messages to an SMTP server, over connections that are kept for a while. TLS is verified always: its authorities are those of Node.js and of
 * NODE_EXTRA_CA_CERTS. nodemailer is loaded with the first message.
 */
export function createSmtpDelivery(server: MailServer): Delivery {
  const where = placeOf(server);
  let transporter: Promise<Transporter> | undefined;
  let closed = false;
  return {
    async deliver({ from, to, raw }, signal) {
      transporter ??= open(server);
      const opened = await transporter;
      signal.throwIfAborted();
      try {
        await opened.sendMail({ envelope: { from, to: [to] }, raw: Buffer.from(raw), signal });
      } catch (error) {
        // A server that is stopping is no fault of the mail's.
        if (signal.aborted) throw signal.reason;
        throw new DeliveryError(judgeSmtpFailure(withoutPassword(error as SmtpFailure, server), where));
      }
    },
    close() {
      if (closed) return;
      closed = true;
      void transporter?.then((opened) => opened.close({ force: true }));
    },
  };
}

/**
 * Connects, says hello and signs in, and sends nothing. Undefined where the server would take mails of ours; else what is wrong, in words.
 */
export async function tryMailServer(server: MailServer): Promise<string | undefined> {
  const transporter = await open(server);
  try {
    await transporter.verify();
    return undefined;
  } catch (error) {
    return judgeSmtpFailure(withoutPassword(error as SmtpFailure, server), placeOf(server), "cannot be used").message;
  } finally {
    transporter.close({ force: true });
  }
}

function placeOf({ host, port }: MailServer): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** A server may repeat what it was told; what it says is kept with the job and logged. */
function withoutPassword({ message, response, ...failure }: SmtpFailure, { user, password }: MailServer): SmtpFailure {
  if (user === undefined || password === undefined) return { ...failure, message, response };
  const told = [`\0${user}\0${password}`, password].map((text) => Buffer.from(text).toString("base64"));
  const hide = (text: unknown): unknown =>
    typeof text === "string" ? [...told, password].reduce((all, secret) => all.replaceAll(secret, "…"), text) : text;
  return { ...failure, message: hide(message), response: hide(response) };
}

async function open({ host, port, security, user, password }: MailServer): Promise<Transporter> {
  const { createTransport } = await import("nodemailer");
  return createTransport({
    pool: true,
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "plain",
    ...(user === undefined ? {} : { auth: { user, pass: password ?? "" } }),
    tls: { rejectUnauthorized: true, minVersion: "TLSv1.2" },
    maxConnections: smtpConnections,
    // What the server dropped between two messages goes out by another connection at once; all else is tried again by the job.
    maxRequeues: 1,
    connectionTimeout: CONNECT,
    dnsTimeout: CONNECT,
    greetingTimeout: GREET,
    socketTimeout: SILENT,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
