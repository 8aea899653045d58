import { isIP } from "node:net";

/** An SMTP server and how to reach it. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte, `starttls` or nothing at all, or `plain` to this machine alone. */
  readonly security: "tls" | "starttls" | "plain";
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** Where mails go, as the setting says it. */
export type MailServerSetting = MailServer | "mailbox";

/**
 * `smtps://user:password@host` (TLS, port 465), `smtp://…` (STARTTLS, port 587, refused where the server has none), `smtp+plain://localhost:25` for
 * a relay on this machine, or `mailbox`. Throws an error whose message says what was expected, and never what was given.
 */
export function parseMailServer(text: string): MailServerSetting {
  if (text === "mailbox") return "mailbox";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const security = url && securities[url.protocol];
  if (url === undefined || security === undefined || url.hostname === "")
    throw new Error(
      "must be smtp://user:password@host:587, smtps://user:password@host:465 or mailbox; characters such as @ or / of a password are percent-encoded",
    );
  if (!(url.pathname === "" || url.pathname === "/") || url.search !== "" || url.hash !== "")
    throw new Error("must have nothing after its host and port; a /, ? or # of a password is percent-encoded");
  if (!/^(?:\[[\da-f:.]+\]|[\w.-]+)$/i.test(url.hostname) || url.port === "0")
    throw new Error("must name the host as it is registered, in ASCII, and a port that there is");
  const host = url.hostname.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  if (security === "plain" && !isLoopback(host))
    throw new Error(
      "may say smtp+plain:// only of this machine (localhost): elsewhere others could read the mails; use smtp:// or smtps://",
    );
  const user = decode(url.username);
  const password = decode(url.password);
  if ((user === undefined) !== (password === undefined)) throw new Error("must have a user and a password, or neither");
  return { host, port: url.port === "" ? defaultPorts[security] : Number(url.port), security, user, password };
}

const securities: Readonly<Record<string, MailServer["security"]>> = {
  "smtps:": "tls",
  "smtp:": "starttls",
  "smtp+plain:": "plain",
};
const defaultPorts: Readonly<Record<MailServer["security"], number>> = { tls: 465, starttls: 587, plain: 25 };

function decode(text: string): string | undefined {
  if (text === "") return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error("must have a user and a password whose % is percent-encoded, as %25");
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
