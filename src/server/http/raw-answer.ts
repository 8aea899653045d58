import { STATUS_CODES } from "node:http";
import type { Answer } from "./exchange.ts";

/** An answer as bytes, for a socket on which no request could be read. Says that the connection ends. */
export function rawAnswer({ status, headers, body }: Answer): string {
  const text = typeof body === "string" ? body : "";
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
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
