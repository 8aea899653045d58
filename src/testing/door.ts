import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Config } from "#config";
import type { Door } from "#platform";
import { originAt } from "#server";

/** A port that is taken before the back end behind it is there: links in its mails, cookies and documents are made for this address from the first moment on. */
export interface TestDoor extends Door {
  /** Takes no connections any more; those that were taken go on. */
  close(): void;
}

/** Takes the port of the settings; 0 takes a free one. Rejects where it is somebody else's. */
export async function openDoor({ host, port }: Pick<Config, "host" | "port">): Promise<TestDoor> {
  let give = (socket: Socket): void => void socket.destroy();
  // Nothing is read of a connection here: what it sends is for the back end.
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => give(socket));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => resolve());
  });
  return {
    origin: originAt(server.address() as AddressInfo),
    onConnection(take) {
      give = take;
    },
    close: () => void server.close(),
  };
}
