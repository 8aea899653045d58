/** Bodies that are still being sent, so that closing can wait for their end. */
export class OpenStreams {
  readonly #open: Set<(reason: Error) => void> = new Set();

  /** The same body, watched until it ends, fails or is given up. */
  watch(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    let cut: (reason: Error) => void = () => {};
    const over = (): void => void this.#open.delete(cut);
    const watched = new ReadableStream<Uint8Array>({
      start: (controller) => {
        cut = (reason) => {
          controller.error(reason);
          void reader.cancel(reason).catch(() => {});
        };
        this.#open.add(cut);
      },
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          over();
          controller.close();
        } catch (error) {
          over();
          throw error;
        }
      },
      cancel(reason) {
        over();
        return reader.cancel(reason);
      },
    });
    return watched;
  }

  /** Waits for them, for at most `patience` milliseconds, and cuts what is left. */
  async finish(patience: number): Promise<void> {
    const deadline = performance.now() + patience;
    while (this.#open.size > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const cut of this.#open) cut(new Error("The server closed before the answer was over."));
    this.#open.clear();
  }
}
