import type { WriteOptions } from "./call-options.ts";
import { ChassisError } from "./chassis-error.ts";
import type { Plan } from "./request.ts";
import type { Transport } from "./transport.ts";

/**
 * A call of the client: a promise of its result. It is sent by itself, unless it is handed over to `api.batch` in the expression that makes
 * it.
 */
export interface Call<R> extends Promise<R> {
  /** For the type checker alone: undefined. Other promises have none, and cannot be handed over. */
  readonly "~result": R | undefined;
}

/** The client's own. Its work starts with the next microtask: until then somebody else may take it over. */
export class ApiCall<R> implements Call<R> {
  readonly [Symbol.toStringTag] = "Promise";
  readonly "~result" = undefined;
  readonly #transport: Transport;
  readonly #options: WriteOptions;
  readonly #plan: () => Plan<R>;
  #sent: Promise<R> | undefined;
  #taken = false;

  /** What `plan` throws is what the promise rejects with. */
  constructor(transport: Transport, plan: () => Plan<R>, options: WriteOptions = {}) {
    this.#transport = transport;
    this.#options = options;
    try {
      const made = plan();
      this.#plan = () => made;
    } catch (thrown) {
      this.#plan = () => {
        throw thrown;
      };
    }
    queueMicrotask(() => {
      if (!this.#taken) void this.#start();
    });
  }

  /** Takes it over: it is not sent by itself any more. Throws what its arguments are wrong in, and where it was sent already. */
  static take<R>(call: ApiCall<R>): Plan<R> {
    if (call.#sent !== undefined) throw new Error("This call was sent already: write it where it is handed over.");
    call.#taken = true;
    return call.#plan();
  }

  /** Its result is what somebody else got for it. */
  static settle<R>(call: ApiCall<R>, result: Promise<R>): void {
    call.#sent = result;
  }

  static optionsOf<R>(call: ApiCall<R>): WriteOptions {
    return call.#options;
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then<A = R, B = never>(
    fulfilled?: ((value: R) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#start().then(fulfilled, rejected);
  }

  catch<B = never>(rejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<R | B> {
    return this.#start().catch(rejected);
  }

  finally(settled?: (() => void) | null): Promise<R> {
    return this.#start().finally(settled);
  }

  #start(): Promise<R> {
    this.#sent ??= this.#send();
    return this.#sent;
  }

  async #send(): Promise<R> {
    const { request, read, absent } = this.#plan();
    try {
      return read(await this.#transport.send(request, this.#options));
    } catch (error) {
      if (absent !== undefined && error instanceof ChassisError && error.error === "notFound") return absent.value;
      throw error;
    }
  }
}
