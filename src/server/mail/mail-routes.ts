import { type CheckedMailSettings, fetchSafely, type Mail, type MailEvents } from "#application";
import type { Clock, Logger } from "#base";
import type { Route } from "../http/router.ts";
import { createMailEventsRoute } from "./events/mail-events-route.ts";
import type { MailEventSecrets } from "./events/parse-mail-events.ts";
import { createMailboxRoute } from "./mailbox/mailbox-routes.ts";
import { createUnsubscribeRoute } from "./unsubscribe/unsubscribe-route.ts";

export interface MailRoutesOptions {
  readonly mail: Mail;
  readonly events: MailEvents;
  readonly settings: CheckedMailSettings;
  /** Who tells of bounces and complaints; undefined for nobody. */
  readonly secrets: MailEventSecrets | undefined;
  /** Shows the mailbox. */
  readonly development: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the server has for mail. What is not set or not meant here is no route at all. */
export function createMailRoutes({
  mail,
  events,
  settings,
  secrets,
  development,
  clock,
  logger,
}: MailRoutesOptions): readonly Route[] {
  return [
    ...(mail.lists.length === 0 ? [] : [createUnsubscribeRoute({ mail, settings, logger })]),
    ...(secrets === undefined ? [] : [createMailEventsRoute({ secrets, events, clock, logger, fetch: fetchSafely })]),
    ...(development ? [createMailboxRoute({ mail, clock })] : []),
  ];
}
