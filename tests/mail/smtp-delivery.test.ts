import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setDefaultCACertificates } from "node:tls";
import { promisify } from "node:util";
import { writeFile } from "node:fs/promises";
import { type ComposedMessage, createSmtpDelivery, type Delivery, DeliveryError, parseMailServer } from "#application";
import { localCertificate, otherCertificate, startMailServer, type TestMailServer } from "../support/smtp-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const message: ComposedMessage = {
  messageId: "<1@example.org>",
  mail: "welcome",
  from: "hello@example.org",
  to: "ada@example.org",
  subject: "Hello",
  text: "Hello\n",
  html: "<p>Hello</p>",
  raw: Buffer.from("From: hello@example.org\r\nTo: ada@example.org\r\nSubject: Hello\r\n\r\nHello\r\n.\r\n..two dots\r\n"),
};

function open(t: TestContext, url: string): Delivery {
  const server = parseMailServer(url);
  assert.ok(server !== "mailbox");
  const delivery = createSmtpDelivery(server);
  t.after(() => delivery.close());
  return delivery;
}

const send = (delivery: Delivery, given: Partial<ComposedMessage> = {}, signal = new AbortController().signal): Promise<void> =>
  delivery.deliver({ ...message, ...given }, signal);

/** What the failure says, and what it means. */
async function failure(work: Promise<void>): Promise<DeliveryError["verdict"]> {
  const error = await work.then(
    () => assert.fail("It was taken."),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof DeliveryError, String(error));
  return error.verdict;
}

/** Trusts the servers' certificate, as NODE_EXTRA_CA_CERTS does, or nothing. */
const trust = (...certificates: readonly string[]): void => setDefaultCACertificates([...certificates]);

test("a message goes over TLS as it is, byte for byte, with the envelope's addresses", async (t) => {
  trust(localCertificate.cert);
  for (const secure of [true, false]) {
    const server = await startMailServer(t, { secure, login: ["ada", "p@ss/word#1"] });
    const delivery = open(t, `${secure ? "smtps" : "smtp"}://ada:p%40ss%2Fword%231@localhost:${server.port}`);
    await send(delivery);
    assert.deepEqual(server.taken, [{ from: message.from, to: [message.to], raw: message.raw, secure: true }]);
  }
});

test("a certificate that this machine does not trust is refused, before the password or the mail is said", async (t) => {
  trust();
  for (const secure of [true, false]) {
    const tried: unknown[] = [];
    const server = await startMailServer(t, {
      secure,
      settings: { onAuth: (auth, _session, done) => (tried.push(auth), done(null, { user: "x" })) },
    });
    const verdict = await failure(send(open(t, `${secure ? "smtps" : "smtp"}://ada:secret@localhost:${server.port}`)));
    assert.equal(verdict.type, "again");
    assert.match(verdict.message, /self-signed certificate.*NODE_EXTRA_CA_CERTS/);
    assert.doesNotMatch(verdict.message, /secret/);
    assert.deepEqual([server.taken, tried], [[], []]);
  }
});

test("a certificate of another name is refused, although its authority is trusted", async (t) => {
  trust(localCertificate.cert, otherCertificate.cert);
  const server = await startMailServer(t, { secure: true, settings: otherCertificate });
  const verdict = await failure(send(open(t, `smtps://localhost:${server.port}`)));
  assert.match(verdict.message, /localhost.* is not in the cert's altnames.*must be for that name/);
  assert.equal(server.taken.length, 0);
});

test("a server whose STARTTLS is missing, or was taken out on the way, gets neither password nor mail", async (t) => {
  trust(localCertificate.cert);
  const told: string[] = [];
  const server = await startMailServer(t, {
    settings: {
      disabledCommands: ["STARTTLS"],
      allowInsecureAuth: true,
      onAuth: (auth, _session, done) => (told.push(String(auth.password)), done(null, { user: "x" })),
    },
  });
  const verdict = await failure(send(open(t, `smtp://ada:secret@localhost:${server.port}`)));
  assert.equal(verdict.type, "again");
  assert.match(verdict.message, /needs STARTTLS/);
  assert.deepEqual([server.taken, told], [[], []]);
});

test("plain SMTP goes to this machine alone", async (t) => {
  const server = await startMailServer(t, { settings: { hideSTARTTLS: true } });
  await send(open(t, `smtp+plain://localhost:${server.port}`));
  assert.equal(server.taken[0]?.secure, false);
});

test("NODE_EXTRA_CA_CERTS names certificates that are trusted", async (t) => {
  const server = await startMailServer(t, { secure: true });
  const file = join(await temporaryFolder(t), "ca.pem");
  await writeFile(file, localCertificate.cert);
  const source = (name: string): string => JSON.stringify(new URL(`../../src/application/mail/${name}.ts`, import.meta.url).href);
  const program = `
    import { parseMailServer } from ${source("mail-server")};
    import { createSmtpDelivery } from ${source("smtp-delivery")};
    const delivery = createSmtpDelivery(parseMailServer("smtps://localhost:${server.port}"));
    const raw = Buffer.from("Subject: x\\r\\n\\r\\nx\\r\\n");
    await delivery.deliver({ from: "a@example.org", to: "b@example.org", raw }, new AbortController().signal);
    delivery.close();`;
  await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: file },
    cwd: join(import.meta.dirname, "../.."),
  });
  assert.equal(server.taken.length, 1);
});

test("the server's answer says whether to try again, to give up, or that there is no such mailbox", async (t) => {
  let sender: string | undefined;
  let recipient: string | undefined;
  let data: string | undefined;
  const server = await startMailServer(t, {
    onSender: () => sender,
    onRecipient: () => recipient,
    onMessage: () => data,
    settings: { hideSTARTTLS: true },
  });
  const delivery = open(t, `smtp+plain://127.0.0.1:${server.port}`);
  const cases: readonly (readonly [where: "sender" | "recipient" | "data", answer: string, type: string, says: RegExp])[] = [
    ["recipient", "550 5.1.1 No such user here", "bounced", /no such mailbox.*550 5\.1\.1 No such user here/i],
    ["recipient", "550 5.1.10 Null MX", "bounced", /no such mailbox/i],
    ["recipient", "553 5.1.3 Bad address", "bounced", /no such mailbox/i],
    ["data", "550 5.1.1 No such user here", "bounced", /no such mailbox/i],
    ["recipient", "550 Mailbox unavailable", "refused", /refused the recipient/],
    ["recipient", "551 User not local", "refused", /refused the recipient/],
    ["recipient", "550 5.2.1 Mailbox disabled", "refused", /refused the recipient/],
    ["recipient", "552 5.2.2 Mailbox full", "again", /5\.2\.2/],
    ["recipient", "554 5.7.1 Relay access denied", "again", /does not take mail for this recipient from us/],
    ["recipient", "550 relaying denied", "again", /does not take mail for this recipient from us/],
    ["recipient", "450 4.2.0 Greylisted", "again", /Greylisted/],
    ["recipient", "452 4.5.3 Too many recipients", "again", /Too many/],
    ["sender", "553 5.7.1 Sender address rejected", "again", /does not send for this sender: set CHASSIS_MAIL_FROM/],
    ["sender", "550 5.1.8 Bad sender's domain", "again", /CHASSIS_MAIL_FROM/],
    ["data", "554 5.7.1 Looks like spam", "refused", /refused the message itself.*Looks like spam/],
    ["data", "552 5.3.4 Too large", "refused", /refused the message itself/],
    ["data", "451 4.3.0 Try later", "again", /Try later/],
    ["data", "421 4.3.2 Shutting down", "again", /Shutting down/],
  ];
  for (const [where, answer, type, says] of cases) {
    [sender, recipient, data] = [undefined, undefined, undefined];
    if (where === "sender") sender = answer;
    else if (where === "recipient") recipient = answer;
    else data = answer;
    const verdict = await failure(send(delivery));
    assert.deepEqual([answer, verdict.type], [answer, type]);
    assert.match(verdict.message, says);
  }
  [sender, recipient, data] = [undefined, undefined, undefined];
  await send(delivery);
  assert.equal(server.taken.length, 1);
});

test("a wrong password says which setting to look at, and never the password", async (t) => {
  trust(localCertificate.cert);
  const server = await startMailServer(t, { secure: true, login: ["ada", "right"] });
  const verdict = await failure(send(open(t, `smtps://ada:wr0ngsecret@localhost:${server.port}`)));
  assert.equal(verdict.type, "again");
  assert.match(verdict.message, /refused the user or password of CHASSIS_MAIL_SERVER/);
  assert.doesNotMatch(verdict.message, /wr0ngsecret/);
});

test("a server that repeats the password does not bring it into the job's error or the log", async (t) => {
  trust(localCertificate.cert);
  const told = Buffer.from("\0ada\0wr0ngsecret").toString("base64");
  const server = await startMailServer(t, {
    secure: true,
    settings: {
      onAuth: ({ password }, _session, done) =>
        done(Object.assign(new Error(`5.7.8 I do not know ${password} of ${told}`), { responseCode: 535 })),
    },
  });
  const verdict = await failure(send(open(t, `smtps://ada:wr0ngsecret@localhost:${server.port}`)));
  assert.match(verdict.message, /I do not know … of …/);
});

test("a server that is not there, that hangs up or that speaks no SMTP is tried again", async (t) => {
  const quiet = await startMailServer(t);
  await quiet.stop();
  assert.equal((await failure(send(open(t, `smtp+plain://127.0.0.1:${quiet.port}`)))).type, "again");
  for (const greeting of [
    "",
    "HTTP/1.1 400 Bad Request\r\n\r\n",
    "554 No mail here\r\n",
    "220 x\u001b[2J\r\n554 \u001b[31mno\u202e\r\n",
  ]) {
    const odd = createServer((socket) => void socket.on("error", () => {}).end(greeting));
    await new Promise<void>((resolve) => odd.listen(0, "127.0.0.1", resolve));
    t.after(() => odd.close());
    const verdict = await failure(send(open(t, `smtp+plain://127.0.0.1:${(odd.address() as { port: number }).port}`)));
    assert.equal(verdict.type, "again");
    assert.doesNotMatch(verdict.message, /[\x00-\x1f\u202e]/);
  }
});

test("connections are kept for the next message, and the server may have dropped them meanwhile", async (t) => {
  const first = await startMailServer(t, { settings: { hideSTARTTLS: true } });
  const delivery = open(t, `smtp+plain://127.0.0.1:${first.port}`);
  for (let count = 0; count < 3; count++) await send(delivery);
  assert.equal(first.connections(), 1);
  await first.stop();
  assert.equal((await failure(send(delivery))).type, "again");
  const second: TestMailServer = await startMailServer(t, { port: first.port, settings: { hideSTARTTLS: true } });
  await send(delivery);
  assert.equal(second.taken.length, 1);
});

test("a message under way ends with its signal", async (t) => {
  const stop = new AbortController();
  const server = await startMailServer(t, {
    settings: { hideSTARTTLS: true },
    onMessage: async () => {
      stop.abort(new Error("The server is stopping."));
      return new Promise(() => {});
    },
  });
  await assert.rejects(send(open(t, `smtp+plain://127.0.0.1:${server.port}`), {}, stop.signal), /The server is stopping/);
});
