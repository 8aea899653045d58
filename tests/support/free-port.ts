import { once } from "node:events";
import { createServer } from "node:net";

/**
 * A port of the loopback address on which nothing listened a moment ago. Only for programs that cannot be told to take port 0
 * and say which one they got: another process may take it first.
 */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
}
