import type { Mailbox } from "./mailbox.ts";
import type { Suppressions } from "./suppressions.ts";
import type { Unsubscription } from "./unsubscribe-token.ts";

/** Where links in mails of a list lead, with `?token=`. */
export const unsubscribePath = "/mail/v1/unsubscribe";

/** Where mails go: to an SMTP server, into the mailbox of this database, or nowhere yet. */
export type MailDestination = "server" | "mailbox" | "waiting";

/** The mail of a back end that runs. */
export interface Mail {
  readonly destination: MailDestination;
  readonly mailbox: Mailbox;
  readonly suppressions: Suppressions;
  /** The names of the lists that its mails have. */
  readonly lists: readonly string[];
  /** What a link's token says; undefined where this server did not make it. */
  readUnsubscribe(token: string): Unsubscription | undefined;
  /** Takes the address off the list. False where it was off already. */
  unsubscribe(unsubscription: Unsubscription): Promise<boolean>;
  /** Lets go of connections. */
  close(): Promise<void>;
}
