import type { EnqueueOwn } from "../../jobs/enqueue.ts";
import { readLanguage } from "../../mail/languages.ts";
import type { SendAuthMail } from "../auth-mails.ts";
import { type AuthMailData, authMailName } from "./auth-mail-templates.ts";

/** Hands mails of sign-in over as jobs, in the transaction that they belong to. They call the site by `name`, its brand's; where that is empty, by its host. */
export function createAuthMailer(
  enqueue: EnqueueOwn,
  { site, name }: { readonly site: () => string; readonly name: string },
): SendAuthMail {
  return async (connection, { to, language, message }) => {
    const { type, ...facts } = message;
    const data: AuthMailData = { site: name === "" ? new URL(site()).host : name, ...facts };
    const known = language === undefined ? undefined : readLanguage(language);
    const letter = { to, data: { ...data }, ...(known === undefined ? {} : { language: known }) };
    await enqueue(connection, { name: `mail.${authMailName(type)}`, input: letter });
  };
}
