import type { ComposedMessage } from "./mailbox.ts";
import type { SmtpVerdict } from "./smtp-answer.ts";

/** Gives a message to whoever brings it to its recipient. */
export interface Delivery {
  /** @throws DeliveryError where it was not taken. */
  deliver(message: ComposedMessage, signal: AbortSignal): Promise<void>;
  /** Ends what is under way, and lets go of connections. */
  close(): void;
}

/** A message was not taken; the verdict says what that means. */
export class DeliveryError extends Error {
  override readonly name: string = "DeliveryError";
  readonly verdict: SmtpVerdict;

  constructor(verdict: SmtpVerdict) {
    super(verdict.message);
    this.verdict = verdict;
  }
}
