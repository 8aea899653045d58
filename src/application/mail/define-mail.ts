import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { EnqueueableJob, JobOptions } from "../jobs/written-job.ts";
import type { MailBody } from "./content/blocks.ts";
import { letterSchema } from "./letter.ts";

/** What a mail's functions are told beside its data. */
export interface MailScope {
  /** The language that was chosen: for dates and numbers, `new Intl.DateTimeFormat(language)`. */
  readonly language: string;
  /**
   * The origin under which people reach this server, for links into it: `${origin}/books/7`. It is the setting `CHASSIS_BASE_URL`, which a mail that
   * asks for it waits for where mails go to a server.
   */
  readonly origin: string;
}

/** A mail in one language. Its functions are given what the input schema made of `data`. They are called when it is sent, and must only compute. */
export interface MailTemplate<D> {
  /** One line; longer than 200 characters it is cut. */
  readonly subject: string | ((data: D, scope: MailScope) => string);
  /** What lists of mails show beside the subject. By default the beginning of the first paragraph. */
  readonly preheader?: string | ((data: D, scope: MailScope) => string);
  readonly body: (data: D, scope: MailScope) => MailBody;
}

interface CommonOptions<I extends StandardSchemaV1> {
  /** Checks `data`, when the mail is handed over and again when it is sent. Left out, it takes none. */
  readonly input?: I;
  /**
   * A name that people can leave: the mail is bulk mail, has a link and a header by which its reader is taken off the list, and is not sent
   * to those who were. Letters, digits and `-`.
   */
  readonly list?: string;
  /** By default the back end's. `Name <address>`, or an address. */
  readonly from?: string;
  /** How often it is tried, the server answering that it cannot now. Default 110: over four days (RFC 5321 section 4.5.4.1). */
  readonly maxAttempts?: number;
  /**
   * At most so many of this mail to one address in a time, such as `5/1h`; what is more is not sent. For mails that somebody causes to go to an
   * address that need not be theirs. Counted where `CHASSIS_RATE_STORE` says, by default in the memory of the process; `ada+any@` as `ada@`. By default as many as come.
   */
  readonly limit?: string;
  /**
   * What it is about, and to whom it goes, is kept encrypted by this server's secret until it is sent: for links that let somebody in. Whoever reads the database or a backup
   * finds nothing then; nor does `chassis jobs`. Mails of sign-in are. Default false.
   */
  readonly sealed?: boolean;
  /** Lower is first. Default 0, and 10 of a list: whoever waits for a code does not wait for a digest. */
  readonly priority?: number;
}

/** In the back end's language alone, or in several, by their tags (RFC 5646). */
export type MailOptions<I extends StandardSchemaV1, L extends string> = CommonOptions<I> &
  (
    | (MailTemplate<StandardSchemaV1.InferOutput<I>> & { readonly languages?: never })
    | {
        readonly languages: Readonly<Record<L, MailTemplate<StandardSchemaV1.InferOutput<I>>>>;
        readonly subject?: never;
        readonly preheader?: never;
        readonly body?: never;
      }
  );

/** Whom a mail is for: an address, or one with the name beside it. Never several: each gets a mail of their own. */
export type Recipient = string | { readonly address: string; readonly name?: string };

/** What `enqueue` takes of a mail. */
export type Letter<D> = {
  readonly to: Recipient;
  /** What its reader reads: `nl-BE` finds `nl`, and what is not there finds the back end's language. */
  readonly language?: string;
  /** Where answers go. By default what the back end says. */
  readonly replyTo?: Recipient;
} & (undefined extends D ? { readonly data?: D } : { readonly data: D });

/** A mail as it is written, before its back end is known. */
export interface WrittenMail {
  readonly options: CommonOptions<StandardSchemaV1>;
  /** By language; one without a name under `""`. */
  readonly templates: Readonly<Record<string, MailTemplate<never>>>;
}

/** A mail of a back end: list it under `mails` of `defineBackend`, whose key is its name, and hand it over by `enqueue`. */
export interface MailDefinition<D, L extends string = string> extends EnqueueableJob<Letter<D>> {
  readonly "~mail": WrittenMail;
  /** For the type checker alone: never present. */
  readonly "~languages"?: Readonly<Record<L, true>>;
}

/** A schema for a mail without data. */
type NoInput = StandardSchemaV1<undefined, undefined>;

/**
 * A mail: `mail({ input: z.object({ name: z.string() }), subject: "Welcome", body: ({ name }) => [heading(`Welcome, ${name}`)] })`. It is
 * sent by a job, once the transaction is kept that it was handed over in.
 */
export function mail<I extends StandardSchemaV1 = NoInput, const L extends string = never>(
  options: MailOptions<I, L>,
): MailDefinition<StandardSchemaV1.InferInput<I>, L> {
  const { languages, subject, preheader, body, ...common } = (options as Partial<typeof options> | undefined) ?? {};
  const single = { subject, body, ...(preheader === undefined ? {} : { preheader }) } as MailTemplate<never>;
  const templates = (languages as WrittenMail["templates"] | undefined) ?? { "": single };
  const written: WrittenMail = { options: common, templates };
  const { input, list, maxAttempts = 110, priority = list === undefined ? 0 : 10 } = common;
  const job: JobOptions<StandardSchemaV1> = {
    queue: "mail",
    timeLimit: "5m",
    maxAttempts,
    priority,
    input: letterSchema(input),
  };
  return { "~job": { options: job }, "~mail": written };
}
