/** What becomes of a mail that could not be handed over. */
export type SmtpVerdict =
  /** Another time it may go: the server is not there, or says that it cannot now, or refuses us and not the recipient. */
  | { readonly type: "again"; readonly message: string }
  /** It will not, and the recipient's address is no reason to send nothing else to it. */
  | { readonly type: "refused"; readonly message: string }
  /** There is no such mailbox. `detail` is the server's answer. */
  | { readonly type: "bounced"; readonly message: string; readonly detail: string };

/** What nodemailer's errors have. */
export interface SmtpFailure {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly responseCode?: unknown;
  readonly response?: unknown;
  readonly command?: unknown;
}

const MAX_ANSWER = 500;

/**
 * Judges a failure by where in the conversation it came and by the answer's codes: three digits (RFC 5321 section 4.2), and the enhanced
 * status (RFC 3463) where the server gives one, which tells a mailbox that is not there from a sender that is not welcome.
 */
export function judgeSmtpFailure(failure: SmtpFailure, where: string, failed = "did not take the mail"): SmtpVerdict {
  const { code, responseCode, command } = failure;
  const answer = printable(failure.response);
  const reply = typeof responseCode === "number" ? responseCode : 0;
  if (code === "EMESSAGE" && reply === 0) return { type: "refused", message: withoutAnswer(failure, { where, answer, failed }) };
  if (reply < 500 || code === "ETLS") return { type: "again", message: withoutAnswer(failure, { where, answer, failed }) };
  const status = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})/.exec(answer)?.[1] ?? "";
  const said = `It answered: ${answer}`;
  if (code === "EAUTH" || reply === 530 || reply === 535)
    return { type: "again", message: `The mail server ${where} refused the user or password of CHASSIS_MAIL_SERVER. ${said}` };
  if (command === "MAIL FROM")
    return {
      type: "again",
      message: `The mail server ${where} does not send for this sender: set CHASSIS_MAIL_FROM, or the mail's \`from\`, to an address that it knows. ${said}`,
    };
  // Some servers tell of a recipient only when they have seen the message.
  if (isUnknownMailbox(status)) return { type: "bounced", message: `There is no such mailbox. ${said}`, detail: answer };
  if (command === "RCPT TO") {
    if (
      status.startsWith("5.7.") ||
      status === "5.2.2" ||
      (status === "" && /relay|denied|block|spam|policy|listed/i.test(answer))
    )
      return { type: "again", message: `The mail server ${where} does not take mail for this recipient from us. ${said}` };
    return { type: "refused", message: `The mail server ${where} refused the recipient. ${said}` };
  }
  if (command === "DATA") return { type: "refused", message: `The mail server ${where} refused the message itself. ${said}` };
  return { type: "again", message: `The mail server ${where} refused. ${said}` };
}

/** RFC 3463 section 3.2: no such mailbox, no such system, a bad address, moved without a word, no mail for this domain (RFC 7505). */
function isUnknownMailbox(status: string): boolean {
  return ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"].includes(status);
}

function withoutAnswer(
  { message, code }: SmtpFailure,
  { where, answer, failed }: { readonly where: string; readonly answer: string; readonly failed: string },
): string {
  const words = printable(message);
  const trust = /certificate|self[- ]signed|altnames|issuer/i.test(words)
    ? " Its certificate must be for that name, and by an authority that this machine trusts; NODE_EXTRA_CA_CERTS names a file with more of them."
    : /STARTTLS/i.test(`${words} ${answer}`)
      ? " smtp:// needs STARTTLS, so that nobody on the way reads the mails and the password; smtps:// is TLS from the beginning."
      : "";
  const said = answer === "" ? `${words}${typeof code === "string" ? ` (${code})` : ""}` : `It answered: ${answer}`;
  return `The mail server ${where} ${failed}. ${said}${trust}`;
}

/** What a stranger's server said, in one line that does nothing to a terminal. */
function printable(text: unknown): string {
  if (typeof text !== "string") return "";
  return text
    .toWellFormed()
    .replaceAll(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ")
    .trim()
    .slice(0, MAX_ANSWER);
}
