import { once } from "node:events";
import { createServer } from "node:net";
import type { Config } from "#config";
import type { Finding } from "#database";
import { portHolder } from "./port-holder.ts";
import { clip, printable } from "../command-line/printable.ts";

/** Could a server listen where it is told to? Asked only where none of this back end runs; nothing is where any free port does. */
export async function examinePort({ host, port }: Pick<Config, "host" | "port">): Promise<readonly Finding[]> {
  if (port === 0) return [];
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
    return [{ check: "port", level: "ok", message: `Port ${port} is free for a server.` }];
  } catch (error) {
    return [{ check: "port", ...describe(error as NodeJS.ErrnoException, { host, port }) }];
  } finally {
    server.close();
  }
}

/** Advice: whoever starts the server may give it another port there. */
function describe(
  { code, message }: NodeJS.ErrnoException,
  { host, port }: Pick<Config, "host" | "port">,
): Pick<Finding, "level" | "message" | "action"> {
  if (code === "EADDRINUSE") {
    const holder = portHolder(port);
    const by = holder === undefined ? "another program" : `process ${holder.pid} (${printable(clip(holder.command, 60))})`;
    return {
      level: "advice",
      message: `Port ${port} is taken by ${by}, and no server of this back end runs: one that is started there does not start.`,
      action: `Stop what runs there, or choose another: PORT=${port === 65_535 ? 4000 : port + 1}`,
    };
  }
  if (code === "EACCES")
    return {
      level: "advice",
      message: `This user may not listen on port ${port}.`,
      action: "Choose a port above 1023 and put a proxy in front; or run this command as the user that the server runs as.",
    };
  return {
    level: "problem",
    message: `A server cannot listen on port ${port} of ${printable(host)}: ${message}`,
    action: "Set CHASSIS_HOST to an address that this machine has: 127.0.0.1 for itself, 0.0.0.0 for all.",
  };
}
