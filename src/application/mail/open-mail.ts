import { createHmac } from "node:crypto";
import type { Clock, Logger } from "#base";
import type { Database } from "#database";
import { type Keys, listOfKeys } from "../access/keys.ts";
import type { JobDefinition } from "../jobs/build-jobs.ts";
import type { QueueLimits } from "../jobs/queue-gate.ts";
import type { RateStore } from "../rate-limits/rate-store.ts";
import { createSeal } from "../records/seal.ts";
import { type Address, readMailbox } from "./address.ts";
import type { MailBook } from "./build-mails.ts";
import type { Delivery } from "./deliver.ts";
import { type Mail, type MailDestination, unsubscribePath } from "./mail.ts";
import { type MailOrder, type MailOrderOutcome, obeyMailOrder } from "./mail-orders.ts";
import { createMailTables } from "./mail-tables.ts";
import { createMailbox, type Mailbox } from "./mailbox.ts";
import type { MailServerSetting } from "./mail-server.ts";
import { mailJob } from "./send-mail.ts";
import { createSmtpDelivery, smtpConnections } from "./smtp-delivery.ts";
import { createSuppressions, createSuppressionsIn, noSuppressions, type SuppressionsIn } from "./suppressions.ts";
import { createUnsubscribeTokens } from "./unsubscribe-token.ts";

export interface OpenMailOptions {
  readonly database: Database;
  readonly mails: MailBook;
  readonly server: MailServerSetting | undefined;
  /** The setting that wins over the definition's sender. */
  readonly from: Address | undefined;
  /** The origin of links in mails: the one that is set. */
  readonly baseUrl: string | undefined;
  /** The origin that stands in for it where mails only go to the mailbox. */
  readonly ownUrl: string;
  /** Whether mails go to the mailbox where no server is set: in development and in tests. */
  readonly development: boolean;
  /** Signs the links by which readers leave a list, and makes each mail's `Message-ID`. */
  readonly key: Keys;
  /** Seal what jobs keep of mails that let somebody in. */
  readonly sealKeys: Keys;
  /** Counts what each address got of the mails that have a limit. */
  readonly given: RateStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The mail of a back end, with the jobs that send it. */
export interface OpenedMail extends Mail {
  readonly suppressionsIn: SuppressionsIn;
  /** In a transaction of its own. */
  readonly obey: (order: MailOrder) => Promise<MailOrderOutcome>;
  readonly jobs: readonly JobDefinition[];
  readonly queues: Readonly<Record<string, QueueLimits>>;
}

/** The settings do not do for the back end's mails; the message says what to set. */
export class MailSettingsError extends Error {
  override readonly name: string = "MailSettingsError";
}

const queueLimits: Readonly<Record<MailDestination, QueueLimits>> = {
  // One is made ready for each connection while another goes over it.
  server: { concurrency: 2 * smtpConnections },
  mailbox: { concurrency: 25 },
  // One a minute is looked at, and all others not at all.
  waiting: { concurrency: 1, rate: { jobs: 1, per: 60_000 } },
};

/** Stands for the sender where mails are only looked at: a name that no mail can come from (RFC 2606). */
const nobody: Address = { name: "", address: "nobody@example.invalid" };

/**
 * Makes the tables where there are mails, and what sends them.
 *
 * @throws MailSettingsError where mails would be sent without a sender, or to a list that nobody could leave.
 */
export async function openMail(options: OpenMailOptions): Promise<OpenedMail> {
  const { database, mails, server, clock, logger, ownUrl, development } = options;
  const { entries, settings } = mails;
  const destination: MailDestination =
    server === "mailbox" || (server === undefined && development) ? "mailbox" : server === undefined ? "waiting" : "server";
  const lists = listsOf(mails);
  if (entries.length > 0) await database.transaction(createMailTables);
  if (destination === "server") checkSettings(options, lists);
  if (destination === "waiting" && entries.length > 0)
    logger.warn(
      { mails: entries.length },
      "No mail server is set (CHASSIS_MAIL_SERVER): mails are kept as jobs, and sent once one is.",
    );

  const mailbox = createMailbox(database, clock);
  const suppressions = createSuppressions(database, clock);
  const tokens = createUnsubscribeTokens(options.key);
  const delivery = createDelivery(destination, server, mailbox);
  const origin = options.baseUrl ?? (destination === "mailbox" ? ownUrl : undefined);
  const sender = {
    settings,
    origin,
    from: options.from ?? settings.from ?? nobody,
    suppressions,
    given: options.given,
    delivery,
    unsubscribeLink: ({ address }: Address, list: string) =>
      `${options.baseUrl ?? ownUrl}${unsubscribePath}?token=${tokens.make({ address, list })}`,
    fingerprint: fingerprintBy(options.key),
    seal: createSeal(options.sealKeys),
    clock,
  };
  return {
    destination,
    mailbox,
    suppressions,
    suppressionsIn: entries.length === 0 ? noSuppressions : createSuppressionsIn(clock),
    lists,
    jobs: entries.map((entry) => mailJob(entry, sender)),
    queues: entries.length === 0 ? {} : { mail: queueLimits[destination] },
    readUnsubscribe: (token) => tokens.read(token),
    unsubscribe: ({ address, list }) => suppressions.add(address, { list, reason: "unsubscribed" }),
    obey: (order) => database.transaction((connection) => obeyMailOrder(connection, order, clock.now()), { brief: true }),
    close: async () => delivery?.close(),
  };
}

function fingerprintBy(key: Keys): (text: string) => string {
  const { first } = listOfKeys(key);
  return (text) => createHmac("sha256", first).update(`message-id\n${text}`).digest("hex").slice(0, 32);
}

function checkSettings(options: OpenMailOptions, lists: readonly string[]): void {
  const [lacking] = lackingMailSettings(options, lists);
  if (lacking !== undefined) throw new MailSettingsError(lacking);
}

/** What the settings and the definition lack for these mails to be sent, a sentence and what to do of each. */
export function lackingMailSettings(
  { mails, from, baseUrl }: Pick<OpenMailOptions, "mails" | "from" | "baseUrl">,
  lists: readonly string[] = listsOf(mails),
): readonly string[] {
  const lacking = mails.entries.find((entry) => (entry.from ?? from ?? mails.settings.from) === undefined);
  return [
    ...(lacking === undefined
      ? []
      : [
          `The mail '${lacking.name}' has no sender. Set CHASSIS_MAIL_FROM, or \`mail: { from: "Example <hello@example.org>" }\` of defineBackend.`,
        ]),
    ...(lists.length === 0 || baseUrl !== undefined
      ? []
      : [
          `The mails of the list '${lists[0]}' have a link by which their readers leave it. Set CHASSIS_BASE_URL to the origin under which people reach this server.`,
        ]),
  ];
}

function listsOf({ entries }: MailBook): readonly string[] {
  return [...new Set(entries.flatMap(({ list }) => list ?? []))];
}

function createDelivery(
  destination: MailDestination,
  server: MailServerSetting | undefined,
  mailbox: Mailbox,
): Delivery | undefined {
  if (destination === "mailbox") return { deliver: (message) => mailbox.put(message), close() {} };
  return server === undefined || server === "mailbox" ? undefined : createSmtpDelivery(server);
}

/** The sender of the setting `CHASSIS_MAIL_FROM`. Throws an error whose message says what was expected. */
export function parseSender(text: string): Address {
  const read = readMailbox(text);
  if ("problem" in read) throw new Error(read.problem);
  return read;
}
