import { setTimeout as pause } from "node:timers/promises";
import { accountCount } from "./backend.ts";
import { type Client, createClient } from "./client.ts";
import type { Ledger, Operation, Outcome } from "./ledger.ts";
import { seededRandom } from "./random.ts";
import type { RunScope } from "./scope.ts";

export interface LoadOptions {
  readonly url: string;
  readonly ledger: Ledger;
  /** Part of the name of everything that they write, so that loads after each other do not meet. */
  readonly name: string;
  readonly seed: number;
  /** How many write at the same time, each waiting for its answers. Default 12. */
  readonly writers?: number;
  /** Milliseconds that they wait for an answer. Default 20,000. */
  readonly patience?: number;
  /** Sends what got no answer again, with the same Idempotency-Key, as the holder of this token. */
  readonly retriesAs?: string;
  /** Bytes of filling in each note. Default 0. */
  readonly filling?: number;
}

export interface Load {
  /** Resolves once so many more writes were acknowledged than when the load began. Throws where that takes longer than a minute. */
  acknowledged(count: number): Promise<void>;
  /** Ends after the answers that are under way. */
  stop(): Promise<void>;
}

/** Milliseconds between two tries of a writer that is not let in. */
const BACK_OFF = 10;

/** Writers that go on until they are stopped, or the run ends, whatever they are answered, and note everything in the ledger. */
export function startLoad(scope: RunScope, options: LoadOptions): Load {
  const { url, ledger, writers = 12, patience = 20_000 } = options;
  const client = createClient(url, { patience, token: options.retriesAs });
  const stopping = new AbortController();
  const before = ledger.count("acknowledged");
  let acknowledged = 0;
  let waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const tell = (): void => {
    for (const { count, resolve } of waiting) if (acknowledged >= count || stopping.signal.aborted) resolve();
    waiting = waiting.filter(({ count }) => count > acknowledged);
  };
  const run = async (index: number): Promise<void> => {
    const writer = new Writer(options, client, index);
    while (!stopping.signal.aborted) {
      const outcome = await writer.next();
      if (outcome.type === "acknowledged") {
        acknowledged = ledger.count("acknowledged") - before;
        tell();
      } else await pause(BACK_OFF);
    }
  };
  const running = Promise.all(Array.from({ length: writers }, (_, index) => run(index)));
  const stop = async (): Promise<void> => {
    stopping.abort();
    tell();
    await running;
    client.close();
  };
  // A run that fails must not leave them behind.
  scope.after(stop);
  return {
    stop,
    async acknowledged(count) {
      const reached = new Promise<void>((resolve) => {
        waiting.push({ count, resolve });
        tell();
      });
      const tooLong = new AbortController();
      const late = pause(60_000, undefined, { signal: tooLong.signal }).then(() => {
        throw new Error(
          `${acknowledged} writes were acknowledged in a minute, not ${count}. Refused: ${JSON.stringify(ledger.refusals())}`,
        );
      });
      late.catch(() => undefined);
      try {
        await Promise.race([reached, late]);
      } finally {
        tooLong.abort();
      }
    },
  };
}

class Writer {
  readonly #options: LoadOptions;
  readonly #client: Client;
  readonly #index: number;
  readonly #random: () => number;
  /** Notes of its own of which it knows that they are there. */
  readonly #notes: string[] = [];
  #count = 0;

  constructor(options: LoadOptions, client: Client, index: number) {
    this.#options = options;
    this.#client = client;
    this.#index = index;
    this.#random = seededRandom(options.seed * 1000 + index);
  }

  async next(): Promise<Outcome> {
    const operation = this.#choose();
    const outcome = await this.#send(operation);
    this.#options.ledger.note(operation, outcome);
    this.#remember(operation, outcome);
    return outcome;
  }

  /** Notes of which it does not know how they are now are left alone. */
  #remember(operation: Operation, outcome: Outcome): void {
    if (!("slug" in operation)) return;
    const at = this.#notes.indexOf(operation.slug);
    const isThere = operation.type !== "remove" && outcome.type === "acknowledged";
    const isAsBefore = outcome.type === "refused" && operation.type !== "note";
    if (at === -1 && isThere) this.#notes.push(operation.slug);
    if (at !== -1 && !isThere && !isAsBefore) this.#notes.splice(at, 1);
  }

  async #send(operation: Operation): Promise<Outcome> {
    if (this.#options.retriesAs === undefined) return this.#client.send(operation);
    const key = `${this.#options.name}-${this.#index}-${this.#count}`;
    let outcome = await this.#client.send(operation, { key });
    for (let tries = 0; tries < 5 && outcome.type === "unknown"; tries++) {
      const again = await this.#client.send(operation, { key });
      // Refused the second time says nothing of the first.
      if (again.type === "acknowledged") outcome = again;
      else await pause(BACK_OFF * 10);
    }
    return outcome;
  }

  #choose(): Operation {
    const random = this.#random;
    const number = `${this.#options.name}-${this.#index}-${++this.#count}`;
    const kind = random();
    const known = this.#notes[Math.floor(random() * this.#notes.length)];
    if (kind < 0.12 && known !== undefined) return { type: "rewrite", slug: known, body: `ledger again ${number}` };
    if (kind < 0.2 && known !== undefined) return { type: "remove", slug: known };
    if (kind < 0.35) return { type: "tick", number, counter: `c${Math.floor(random() * 4)}` };
    if (kind < 0.5) {
      const amounts = Array.from({ length: 1 + Math.floor(random() * 6) }, () => Math.floor(random() * 100));
      return { type: "order", number, amounts };
    }
    if (kind < 0.62) {
      const source = Math.floor(random() * accountCount);
      const target = (source + 1 + Math.floor(random() * (accountCount - 1))) % accountCount;
      return { type: "transfer", number, source: `a${source}`, target: `a${target}`, amount: 1 + Math.floor(random() * 50) };
    }
    return { type: "note", slug: number, body: `ledger ${number} ${"x".repeat(this.#options.filling ?? 0)}` };
  }
}
