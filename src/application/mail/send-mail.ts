import type { Clock } from "#base";
import type { JobDefinition } from "../jobs/build-jobs.ts";
import type { JobContext } from "../jobs/define-job.ts";
import { Postpone, UnrecoverableError } from "../jobs/job-errors.ts";
import type { RateStore } from "../rate-limits/rate-store.ts";
import type { Seal } from "../records/seal.ts";
import type { AnySchema } from "../schema/schema.ts";
import { type Address, addressKey } from "./address.ts";
import type { MailEntry } from "./build-mails.ts";
import { composeMessage, type Envelope } from "./compose-message.ts";
import { type Delivery, DeliveryError } from "./deliver.ts";
import type { CheckedLetter } from "./letter.ts";
import type { CheckedMailSettings } from "./mail-settings.ts";
import { renderMail } from "./render-mail.ts";
import type { Suppressions } from "./suppressions.ts";

/** What sending a mail takes. */
export interface Sender {
  readonly settings: CheckedMailSettings;
  /** Who sends where a mail does not say. */
  readonly from: Address;
  readonly suppressions: Suppressions;
  /** What each address got of the mails that have a limit. */
  readonly given: RateStore;
  /** Undefined where mails wait until there is a server. */
  readonly delivery: Delivery | undefined;
  /** The address by which a reader leaves a list. */
  readonly unsubscribeLink: (to: Address, list: string) => string;
  /** The origin of links into this server; undefined where none is set. */
  readonly origin: string | undefined;
  /** Makes of a mail what nobody can guess, and is the same in every attempt. */
  readonly fingerprint: (text: string) => string;
  /** For what jobs keep of mails that are sealed. */
  readonly seal: Seal;
  readonly clock: Clock;
}

/** How long a mail that waits for a server to be set is put off. */
const WAIT = "1m";

/** The job of a mail, with what sends it. */
export function mailJob(entry: MailEntry, sender: Sender): JobDefinition {
  const { seal } = sender;
  return {
    ...entry.job,
    seal,
    isSealed: entry.sealed,
    handler: (context: JobContext<AnySchema, CheckedLetter>) => sendMail(entry, sender, context),
  };
}

async function sendMail(entry: MailEntry, sender: Sender, context: JobContext<AnySchema, CheckedLetter>): Promise<void> {
  const { name, list } = entry;
  const { suppressions, delivery } = sender;
  const { input, id, log, signal } = context;
  if (delivery === undefined) throw new Postpone(WAIT, "No mail server is set: CHASSIS_MAIL_SERVER.");
  const suppressed = await suppressions.find(input.to.address, list);
  if (suppressed !== undefined) {
    log.info(
      { mail: name, id, reason: suppressed.reason, list: suppressed.list },
      "A mail was not sent: its address is suppressed.",
    );
    return;
  }
  if (!(await isWithinLimit(entry, sender, context))) {
    log.warn({ mail: name, id }, "A mail was not sent: its address got as many of it as its limit says.");
    return;
  }
  const envelope = await addressMail(entry, sender, context);
  const rendered = renderMail(entry, sender.settings, {
    data: input.data,
    language: input.language,
    unsubscribe: envelope.list?.unsubscribe,
    origin: sender.origin,
  });
  const message = await composeMessage({ ...envelope, messageId: messageIdOf(entry, sender, context) }, rendered);
  try {
    await delivery.deliver(message, signal);
  } catch (error) {
    await heed(error, sender, input.to);
  }
}

/** Asked in the first attempt alone: what a server could not take yet is the same mail still. */
async function isWithinLimit(
  { name, limit }: MailEntry,
  { given }: Sender,
  { input: { to }, attempt }: JobContext<AnySchema, CheckedLetter>,
): Promise<boolean> {
  if (limit === undefined || attempt > 1) return true;
  // Whoever is bombed has one mailbox under many names.
  const mailbox = addressKey(to.address).replace(/\+[^@]*(?=@)/, "");
  return (await given.take("mails", `${name}\n${mailbox}`, limit, 1)).taken;
}

async function addressMail(
  { name, list, from }: MailEntry,
  { settings, unsubscribeLink, ...sender }: Sender,
  { input: { to, replyTo } }: JobContext<AnySchema, CheckedLetter>,
): Promise<Omit<Envelope, "messageId">> {
  const own = from ?? sender.from;
  const unsubscribe = list === undefined ? undefined : unsubscribeLink(to, list);
  return {
    mail: name,
    date: new Date(sender.clock.now()),
    from: own.name === "" ? { ...own, name: settings.brand.name } : own,
    to,
    replyTo: replyTo ?? settings.replyTo,
    list:
      list === undefined || unsubscribe === undefined
        ? undefined
        : { name: list, host: new URL(unsubscribe).hostname, unsubscribe },
  };
}

/** Throws what the job ends with: another attempt, or none. */
async function heed(error: unknown, { suppressions }: Sender, to: Address): Promise<never> {
  if (!(error instanceof DeliveryError)) throw error;
  const { verdict } = error;
  if (verdict.type === "again") throw error;
  if (verdict.type === "bounced") await suppressions.add(to.address, { reason: "bounce", detail: verdict.detail });
  throw new UnrecoverableError(verdict.message);
}

/**
 * The same in every attempt, so that whoever gets the mail twice can tell. The job's number alone would come again after a restore, for another mail:
 * the time at which it was handed over does not. Without the key it would say how many mails a server sends.
 */
function messageIdOf({ name, from }: MailEntry, sender: Sender, context: JobContext<AnySchema, CheckedLetter>): string {
  const { id, created, input } = context;
  const own = sender.fingerprint([name, id, created, input.to.address].join("\n"));
  return `<${own}@${domainOf(from ?? sender.from)}>`;
}

function domainOf({ address }: Address): string {
  return address.slice(address.lastIndexOf("@") + 1);
}
