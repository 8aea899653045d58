import { headerPairs, type Outgoing } from "./outgoing.ts";

// Not by import: see listener.ts.
const { STATUS_CODES } = process.getBuiltinModule("node:http");

/** An answer as bytes, for a socket on which no request could be read. Says that the connection ends. */
export function rawAnswer(answer: Outgoing): string {
  const { status, body } = answer;
  const text = typeof body === "string" ? body : "";
  const lines = [...headerPairs(answer)].map(([name, value]) => `${name}: ${value}`);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    ...lines,
    `date: ${new Date().toUTCString()}`,
    `content-length: ${Buffer.byteLength(text)}`,
    "connection: close",
    "",
    text,
  ].join("\r\n");
}
