import { type Address, type MailServerSetting, parseMailServer, parseSender } from "#application";
import { oneOf, parseDuration, parseHostPorts } from "#base";
import { type MailEventSecrets, parseMailEvents } from "#server";
import type { Setting } from "./setting.ts";

export type WorkSettings = {
  readonly jobs: Setting<"on" | "off">;
  readonly jobsKeepFailed: Setting<number>;
  readonly jobsKeepCancelled: Setting<number>;
  readonly mailServer: Setting<MailServerSetting | undefined>;
  readonly mailFrom: Setting<Address | undefined>;
  readonly mailEvents: Setting<MailEventSecrets | undefined>;
  readonly webhooksAllow: Setting<readonly string[]>;
  readonly webhooksKeep: Setting<number>;
};

/** What happens after answers: jobs, mails, webhooks. */
export const workSettings: WorkSettings = {
  jobs: {
    variable: "CHASSIS_JOBS",
    type: "on or off",
    default: "on",
    description:
      "Whether this server runs the back end's jobs, those by the clock included, and sends its mails and webhooks. With `off` it only serves: what is handed over is kept until a server that runs them starts on this database.",
    parse: oneOf("on", "off"),
  },
  jobsKeepFailed: {
    variable: "CHASSIS_JOBS_KEEP_FAILED",
    type: "duration",
    default: 30 * 86_400_000,
    description: "How long a job that was set aside as failed stays, to be looked into and retried. Then it goes.",
    parse: parseDuration,
  },
  jobsKeepCancelled: {
    variable: "CHASSIS_JOBS_KEEP_CANCELLED",
    type: "duration",
    default: 7 * 86_400_000,
    description: "How long a job that was cancelled stays.",
    parse: parseDuration,
  },
  mailServer: {
    variable: "CHASSIS_MAIL_SERVER",
    type: "secret",
    default: undefined,
    description:
      "The SMTP server that sends mails: `smtp://user:password@host:587` (STARTTLS) or `smtps://user:password@host:465` (TLS), `smtp+plain://localhost:25` for a relay on this machine, or `mailbox`, which sends nothing and keeps the newest 500 to be looked at. By default `chassis dev` has the mailbox, and with `chassis start` mails wait.",
    parse: parseMailServer,
  },
  mailFrom: {
    variable: "CHASSIS_MAIL_FROM",
    type: "address",
    default: undefined,
    description:
      "Who sends: `Example <hello@example.org>`. It wins over `mail.from` of the definition; a mail's own `from` stays.",
    parse: parseSender,
  },
  mailEvents: {
    variable: "CHASSIS_MAIL_EVENTS",
    type: "secret",
    default: undefined,
    description:
      "Who tells of bounces and complaints at `/mail/v1/events/<provider>`, and what proves it: `resend=whsec_...,mailgun=key`. A provider named twice has two secrets. By default nobody does.",
    parse: parseMailEvents,
  },
  webhooksAllow: {
    variable: "CHASSIS_WEBHOOKS_ALLOW",
    type: "list of host:port",
    default: [],
    description:
      "Hosts that webhooks may be sent to although they are not of the public internet, or not by https on port 443: exactly host and port, separated by commas, such as `localhost:3000` while developing. By default none.",
    parse: parseHostPorts,
  },
  webhooksKeep: {
    variable: "CHASSIS_WEBHOOKS_KEEP",
    type: "duration",
    default: 30 * 86_400_000,
    description: "How long messages of webhooks are kept, with every attempt to send them: to be seen, and to be replayed.",
    parse: parseDuration,
  },
};
