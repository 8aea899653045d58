import { parseRate, type Rate } from "../rate-limits/rate.ts";
import { buildJobs, type JobBook, type JobDefinition } from "../jobs/build-jobs.ts";
import type { DefinitionProblem } from "../schema/definition-error.ts";
import type { Address } from "./address.ts";
import type { MailTemplate, WrittenMail } from "./define-mail.ts";
import { readLanguage } from "./languages.ts";
import { type CheckedMailSettings, readMailSettings, readSender } from "./mail-settings.ts";

/** A mail of a back end, checked. */
export interface MailEntry {
  /** Its key under `mails`. */
  readonly name: string;
  /** `mail.<name>`. It has no handler yet: what sends mails is known when the platform starts. */
  readonly job: JobDefinition;
  /** By language; never empty. */
  readonly templates: ReadonlyMap<string, MailTemplate<unknown>>;
  readonly list: string | undefined;
  readonly from: Address | undefined;
  /** How many of it one address may get in a time. */
  readonly limit: Rate | undefined;
  /** What its job keeps is closed to whoever has the database. */
  readonly sealed: boolean;
}

/** The mails of a back end, and what they have in common. */
export interface MailBook {
  readonly entries: readonly MailEntry[];
  readonly settings: CheckedMailSettings;
  /** Their jobs, as `enqueue` finds them. */
  readonly jobs: JobBook;
}

const source = {
  place: "mails",
  prefix: "mail.",
  example: "is no mail; write mail({ subject, body }) with the mail of chassis/mail",
};

/** `mustSeal`: those that are sealed whoever wrote them. */
export function buildMails(
  written: Readonly<Record<string, unknown>>,
  settings: unknown,
  problems: DefinitionProblem[],
  mustSeal: ReadonlySet<string> = new Set(),
): MailBook {
  const checked = readMailSettings(settings, problems);
  const jobs = buildJobs(written, problems, source);
  const entries: MailEntry[] = [];
  for (const [name, value] of Object.entries(written)) {
    const job = jobs.byName.get(`${source.prefix}${name}`);
    if (job === undefined) continue;
    const report = (place: string, message: string): void => void problems.push({ place: `mails.${name}${place}`, message });
    const mail = (value as { readonly "~mail"?: WrittenMail })["~mail"];
    if (mail === undefined) report("", source.example);
    else {
      const read = readMail(mail, checked, report);
      entries.push({ name, job, ...read, sealed: read.sealed || mustSeal.has(name) });
    }
  }
  return { entries, settings: checked, jobs };
}

type Report = (place: string, message: string) => void;

function readMail(
  { options, templates }: WrittenMail,
  settings: CheckedMailSettings,
  report: Report,
): Omit<MailEntry, "name" | "job"> {
  const { list, from, limit, sealed = false, ...others } = options;
  for (const key of Object.keys(others)) if (!names.has(key)) report(`.${key}`, "is nothing that a mail has");
  if (list !== undefined && !(typeof list === "string" && /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(list)))
    report(".list", "must be a name of letters, digits and '-', at most 63");
  if (typeof sealed !== "boolean") report(".sealed", "must be true or false");
  const byLanguage = new Map<string, MailTemplate<unknown>>();
  for (const [tag, template] of Object.entries(templates)) {
    const language = tag === "" ? settings.language : readLanguage(tag);
    const place = tag === "" ? "" : `.languages.${tag}`;
    if (language === undefined) report(place, "is no language tag such as en or pt-BR");
    checkTemplate(template, (where, message) => report(`${place}${where}`, message));
    byLanguage.set(language ?? tag, template as MailTemplate<unknown>);
  }
  if (byLanguage.size === 0) report(".languages", "needs one language at least");
  for (const language of settings.languages) if (!byLanguage.has(language)) report(".languages", `lacks '${language}'`);
  return { list, from: readSender(from, ".from", report), limit: readLimit(limit, report), sealed, templates: byLanguage };
}

function readLimit(written: unknown, report: Report): Rate | undefined {
  if (written === undefined) return undefined;
  try {
    const rate = parseRate(typeof written === "string" ? written : "");
    return rate === "off" ? undefined : rate;
  } catch {
    report(".limit", "must be a number and a time, such as 5/1h");
    return undefined;
  }
}

const names: ReadonlySet<string> = new Set(["input", "maxAttempts", "priority"]);

function checkTemplate(template: MailTemplate<never> | undefined, report: Report): void {
  const { subject, preheader, body } = template ?? ({} as Partial<MailTemplate<never>>);
  const isText = (value: unknown): boolean => typeof value === "function" || (typeof value === "string" && value.trim() !== "");
  if (!isText(subject)) report(".subject", "must be text, or a function of the data that gives it");
  if (preheader !== undefined && !isText(preheader))
    report(".preheader", "must be text, or a function of the data that gives it");
  if (typeof body !== "function")
    report(".body", "must be a function of the data that gives blocks: ({ name }) => [paragraph(name)]");
}
