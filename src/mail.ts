/**
 * Mails: what one says is written as blocks, of which its HTML and its plain text are made.
 *
 * ```ts
 * export const welcome = mail({
 *   input: z.object({ name: z.string(), link: z.url() }),
 *   subject: "Confirm your address",
 *   body: ({ name, link }) => [heading(`Welcome, ${name}`), paragraph("One thing is left to do."), button("Confirm", link)],
 * });
 * ```
 *
 * It is listed under `mails` of `defineBackend` and handed over by `enqueue(welcome, { to, data })`.
 */
export {
  type Block,
  button,
  code,
  divider,
  emphasis,
  heading,
  image,
  type Inline,
  type Letter,
  link,
  list,
  mail,
  type MailBody,
  type MailDefinition,
  type MailScope,
  type MailTemplate,
  paragraph,
  quote,
  type Recipient,
  rows,
  small,
  strong,
  subheading,
} from "#application";
