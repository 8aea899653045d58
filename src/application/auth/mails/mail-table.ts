import type { AuthMessage } from "../auth-mails.ts";

/** What a mail of sign-in says. `{site}` is the brand's name, or the host under which people reach the server, `{address}` an address that a change is about, `{provider}` what another site is called. */
export interface MailWords {
  readonly subject: string;
  readonly heading: string;
  readonly text: string;
  /** Of the link; a mail without one has none. */
  readonly button?: string;
  /** For whoever did not ask for it. */
  readonly ignore: string;
}

export type MailTable = Readonly<Record<AuthMessage["type"], MailWords>>;
