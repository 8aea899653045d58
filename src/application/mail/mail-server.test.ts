import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMailServer } from "./mail-server.ts";

test("the setting names a server, how it is reached, and who sends", () => {
  assert.deepEqual(parseMailServer("smtp://ada:p%40ss@mail.example.org"), {
    host: "mail.example.org",
    port: 587,
    security: "starttls",
    user: "ada",
    password: "p@ss",
  });
  assert.deepEqual(parseMailServer("smtps://mail.example.org/"), {
    host: "mail.example.org",
    port: 465,
    security: "tls",
    user: undefined,
    password: undefined,
  });
  assert.deepEqual(parseMailServer("smtps://[2001:db8::1]:2465"), {
    host: "2001:db8::1",
    port: 2465,
    security: "tls",
    user: undefined,
    password: undefined,
  });
  for (const host of ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]"])
    assert.equal((parseMailServer(`smtp+plain://${host}`) as { port: number }).port, 25);
  assert.equal(parseMailServer("mailbox"), "mailbox");
});

test("what is no server is refused in words that do not repeat the password", () => {
  const bad: Readonly<Record<string, RegExp>> = {
    "": /must be smtp:/,
    "mail.example.org": /must be smtp:/,
    "mail.example.org:587": /must be smtp:/,
    "http://mail.example.org": /must be smtp:/,
    "smtp://": /must be smtp:/,
    "smtp://ada:secret@": /must be smtp:/,
    "smtp://ada:sec/ret@mail.example.org": /./,
    "smtp://ada:secret@mail.example.org/path": /nothing after/,
    "smtp://ada:secret@mail.example.org?tls=no": /nothing after/,
    "smtp://ada:secret@mail.example.org#x": /nothing after/,
    "smtp://ada@mail.example.org": /a user and a password, or neither/,
    "smtp://:secret@mail.example.org": /a user and a password, or neither/,
    "smtp://ada:secret%@mail.example.org": /%25/,
    "smtp+plain://mail.example.org": /only of this machine/,
    "smtp://ada:secret@mail%2eexample.org": /as it is registered/,
    "smtp://ada:secret@a,b": /as it is registered/,
    "smtp://ada:secret@mail.example.org:0": /a port that there is/,
    "smtp+plain://10.0.0.1": /only of this machine/,
    "smtp+plain://localhost.example.org": /only of this machine/,
    "smtp+plain://127.example.org": /only of this machine/,
  };
  for (const [text, says] of Object.entries(bad))
    assert.throws(
      () => parseMailServer(text),
      (error: Error) => says.test(error.message) && !error.message.includes("secret"),
      text,
    );
});
