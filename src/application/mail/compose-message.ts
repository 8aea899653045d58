import { type Address, headerText } from "./address.ts";
import type { ComposedMessage } from "./mailbox.ts";
import type { RenderedMail } from "./render-mail.ts";

export interface Envelope {
  readonly mail: string;
  readonly messageId: string;
  readonly date: Date;
  readonly from: Address;
  readonly to: Address;
  readonly replyTo: Address | undefined;
  /** Of bulk mail: its list, and where its reader leaves it. */
  readonly list: { readonly name: string; readonly host: string; readonly unsubscribe: string } | undefined;
}

/** The message as it goes over the wire. What is in its headers was read as an address, or is one line of text. */
export async function composeMessage(envelope: Envelope, rendered: RenderedMail): Promise<ComposedMessage> {
  const { mail, messageId, date, from, to, replyTo, list } = envelope;
  const { subject, text, html, language } = rendered;
  const { default: MailComposer } = await import("nodemailer/lib/mail-composer");
  const node = new MailComposer({
    from: plainAddress(from),
    to: plainAddress(to),
    ...(replyTo === undefined ? {} : { replyTo: plainAddress(replyTo) }),
    subject,
    text: withLineEnds(text),
    html: withLineEnds(html),
    messageId,
    date,
    xMailer: false,
    disableFileAccess: true,
    disableUrlAccess: true,
    headers: {
      "Content-Language": language,
      // So that no holiday message answers it (RFC 3834 section 5).
      "Auto-Submitted": "auto-generated",
      ...(list === undefined ? {} : listHeaders(list)),
    },
  }).compile();
  const raw = new Uint8Array(await node.build());
  return { mail, messageId, from: from.address, to: to.address, subject, text, html, raw };
}

/** As lines end in messages (RFC 5322 section 2.3). */
function withLineEnds(text: string): string {
  return text.replaceAll("\n", "\r\n");
}

function plainAddress({ name, address }: Address): { readonly name: string; readonly address: string } {
  return { name: headerText(name), address };
}

/** One click takes its reader off, in the program's own words (RFC 8058, RFC 2369), and programs can sort it (RFC 2919). */
function listHeaders({ name, host, unsubscribe }: NonNullable<Envelope["list"]>): Readonly<Record<string, string>> {
  return {
    "List-Id": `<${name}.${host}>`,
    "List-Unsubscribe": `<${unsubscribe}>`,
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    Precedence: "bulk",
  };
}
