import { readFileSync } from "node:fs";
import { createServer } from "node:http";

// The program of the server that does nothing: it answers every request with the same bytes. No server on node:http is faster.
const [port = "0", file = ""] = process.argv.slice(2);
const { headers, body } = JSON.parse(readFileSync(file, "utf8")) as {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const server = createServer((_request, response) => {
  response.writeHead(200, headers);
  response.end(body);
});
server.keepAliveTimeout = 65_000;
server.listen(Number(port), "127.0.0.1");
process.on("SIGTERM", () => process.exit());
