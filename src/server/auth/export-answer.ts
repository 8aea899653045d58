import { randomUUID } from "node:crypto";
import type { Auth } from "#application";
import type { Clock } from "#base";
import { type Actor, AppError } from "#contract";
import type { Answer, Exchange } from "../http/exchange.ts";
import { BodySpool, type SpoolRoom } from "../rest/body/body-spool.ts";

/** Gives somebody the copy of what is kept of them, as a file. */
export type GiveExport = (me: Actor, exchange: Pick<Exchange, "signal">) => Promise<Answer>;

export interface ExportAnswerOptions {
  readonly auth: Pick<Auth, "exportAccount">;
  /** Where a copy waits for whoever fetches it slowly: no snapshot does. */
  readonly room: SpoolRoom;
  readonly clock: Clock;
}

/** Bytes of a copy that stay in memory; a longer one goes to a file without a name. */
const MEMORY = 262_144;

/** For so many copies at once that are too long for memory. */
export function exportRoom(directory: string): SpoolRoom {
  return { directory, maxFiles: 4, uuid: randomUUID, files: 0, held: new Map() };
}

export function createExportAnswer({ auth, room, clock }: ExportAnswerOptions): GiveExport {
  const underWay = new Set<string>();

  async function begin(me: Actor, { signal }: Pick<Exchange, "signal">): Promise<Answer> {
    const options = { room, owner: me.id, memory: MEMORY, onLarge: () => Promise.resolve() };
    const spool = await auth.exportAccount(me, (pieces) => BodySpool.receive(pieces, options), signal);
    const end = async (): Promise<void> => {
      underWay.delete(me.id);
      await spool.close();
    };
    const chunks = spool.chunks();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { done, value } = await chunks.next();
          if (!done) return controller.enqueue(value);
          controller.close();
        } catch (thrown) {
          // The file cannot be read: whoever asked may ask again.
          await end();
          throw thrown;
        }
        return end();
      },
      cancel: end,
    });
    const day = new Date(clock.now()).toISOString().slice(0, 10);
    return {
      status: 200,
      headers: {
        "content-type": "application/json; charset=utf-8",
        "content-disposition": `attachment; filename="account-${day}.json"`,
        "cache-control": "no-store",
      },
      body,
    };
  }

  return async (me, exchange) => {
    if (underWay.has(me.id))
      throw new AppError("tooManyRequests", { details: "A copy is being made already.", headers: { "retry-after": "5" } });
    underWay.add(me.id);
    try {
      return await begin(me, exchange);
    } catch (thrown) {
      underWay.delete(me.id);
      throw thrown;
    }
  };
}
