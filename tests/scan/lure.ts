import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Scope } from "../support/temporary-folder.ts";

/** An address that no request of the site has a reason to go to. */
export interface Lure {
  readonly url: string;
  /** How many came since the last time. */
  readonly take: () => number;
}

/** Answers wapiti's own questions, who was made to come, with nobody; everybody else is counted. */
export async function startLure(t: Scope): Promise<Lure> {
  let came = 0;
  const server = createServer((request, response) => {
    if (!/\/get_(?:ssrf|xxe)\.php\?/.test(request.url ?? "")) came += 1;
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    take() {
      const count = came;
      came = 0;
      return count;
    },
  };
}
