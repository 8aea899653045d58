import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** For localhost and 127.0.0.1, signed by itself, until 2126. */
export const localCertificate: { readonly key: string; readonly cert: string } = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5+XYFTWMaCiMjN/a
gnu0xiW7/cmbLHYWO1WspmpyAXihRANCAASsC+W85zTcIcUMlYE1Q3o9yXNUjxXH
/z3YQ7Wg/agQysGDtqXIpnV6yQionNLCH8nPCC/T1SoDdS8xdQfDUBtB
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUPUySTDY+HzSim32SjEzmua8mB1IwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjA4MDcyNVoYDzIxMjYxMTAy
MDgwNzI1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASsC+W85zTcIcUMlYE1Q3o9yXNUjxXH/z3YQ7Wg/agQysGDtqXIpnV6
yQionNLCH8nPCC/T1SoDdS8xdQfDUBtBo28wbTAdBgNVHQ4EFgQUa8H87G4h1BYk
NQ5OrULLtnsRPKUwHwYDVR0jBBgwFoAUa8H87G4h1BYkNQ5OrULLtnsRPKUwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgOVXe2SpFqTG/vezTxlG7FOMckb/LA7RH5nWrAQLxpzECIQDj
tBx/Q64U+thD6ldnsUgqlivLWANhlcHLEXyqgwbDNw==
-----END CERTIFICATE-----
`,
};

/** For mail.example, signed by itself, until 2126. */
export const otherCertificate: { readonly key: string; readonly cert: string } = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg6cVTESHAAXMBssgV
CrVU6xcy1Dxnhg47T3UUmUb4KcOhRANCAASYWVqmoxzeU+C8+deahm+UD4Esorwg
d4wUv7iLzK3qHM6HyiJGc+bOlXfUxfhHbeEMNUymsDsPlGYlUdUYt0B/
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBnzCCAUSgAwIBAgIUYj8+I8wVEYi6m5NEept6HwWW53kwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMbWFpbC5leGFtcGxlMCAXDTI2MTEyNjA4MDg0NloYDzIxMjYx
MTAyMDgwODQ2WjAXMRUwEwYDVQQDDAxtYWlsLmV4YW1wbGUwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAASYWVqmoxzeU+C8+deahm+UD4Esorwgd4wUv7iLzK3qHM6H
yiJGc+bOlXfUxfhHbeEMNUymsDsPlGYlUdUYt0B/o2wwajAdBgNVHQ4EFgQUkVPc
CjPU/0oqu0pscTNcCeXJA7gwHwYDVR0jBBgwFoAUkVPcCjPU/0oqu0pscTNcCeXJ
A7gwDwYDVR0TAQH/BAUwAwEB/zAXBgNVHREEEDAOggxtYWlsLmV4YW1wbGUwCgYI
KoZIzj0EAwIDSQAwRgIhAOOtMdZO0uDoFfPwKB0S9mjnaDOkhRsaUeeL0EsJOTSt
AiEAslhqfmufp8JZZN1DUog7hHLqE2r6GfymltevTXqu2Ww=
-----END CERTIFICATE-----
`,
};

/** A message that the server took. */
export interface TakenMessage {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
  /** Whether it came over TLS. */
  readonly secure: boolean;
}

export interface TestMailServer {
  readonly port: number;
  readonly taken: TakenMessage[];
  /** Connections that were made to it. */
  readonly connections: () => number;
  /** Cuts every connection and listens no more. */
  readonly stop: () => Promise<void>;
}

/** What the server answers: an error whose message begins with its codes, `550 5.1.1 …`, or nothing to say yes. */
export interface TestMailServerOptions {
  readonly secure?: boolean;
  readonly port?: number;
  /** User and password; left out, it takes mails of anybody. */
  readonly login?: readonly [user: string, password: string];
  readonly onSender?: (address: string) => string | undefined;
  readonly onRecipient?: (address: string) => string | undefined;
  /** After the whole message has come. */
  readonly onMessage?: (message: TakenMessage) => string | undefined | Promise<string | undefined>;
  readonly settings?: SMTPServerOptions;
}

/** A real SMTP server on loopback, stopped when the test ends. */
export async function startMailServer(
  t: Pick<TestContext, "after">,
  { secure = false, port = 0, login, onSender, onRecipient, onMessage, settings }: TestMailServerOptions = {},
): Promise<TestMailServer> {
  const taken: TakenMessage[] = [];
  let connections = 0;
  const judge = async (message: TakenMessage, done: (error?: Error | null) => void): Promise<void> => {
    const refusal = await onMessage?.(message);
    if (refusal === undefined) taken.push(message);
    done(smtpError(refusal));
  };
  const server = new SMTPServer({
    ...localCertificate,
    secure,
    authOptional: login === undefined,
    disableReverseLookup: true,
    logger: false,
    onConnect(_session, done) {
      connections += 1;
      done();
    },
    onAuth({ username, password }, _session, done) {
      if (login !== undefined && username === login[0] && password === login[1]) done(null, { user: username });
      else done(smtpError("535 5.7.8 The password is wrong"));
    },
    onMailFrom: ({ address }, _session, done) => done(smtpError(onSender?.(address))),
    onRcptTo: ({ address }, _session, done) => done(smtpError(onRecipient?.(address))),
    onData(stream, { envelope, secure: isSecure }, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        const to = envelope.rcptTo.map(({ address }) => address);
        void judge({ from, to, raw: Buffer.concat(chunks), secure: isSecure }, done);
      });
    },
    ...settings,
  });
  // Clients that go away in the middle are what some tests are about.
  server.on("error", () => {});
  const listener = server.listen(port, "127.0.0.1");
  await once(listener, "listening");
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= new Promise((resolve) => {
      server.close(resolve);
      for (const connection of server.connections) connection.close();
    });
    return stopping;
  };
  t.after(stop);
  return { port: (listener.address() as AddressInfo).port, taken, connections: () => connections, stop };
}

function smtpError(answer: string | undefined): Error | null {
  if (answer === undefined) return null;
  const [code = "", ...words] = answer.split(" ");
  return Object.assign(new Error(words.join(" ")), { responseCode: Number(code) });
}
