import type { AuthPageWords } from "#application";
import type { FieldProblem } from "#contract";
import type { Speech } from "./speech.ts";

/** What is said of a field in the language of the API, and the text of ours that says it in the reader's. A test holds them together. */
const table: readonly (readonly [message: RegExp, name: keyof AuthPageWords])[] = [
  [/^must be filled in$|^is required\b|^must be text$/, "required"],
  [/^is not the address of your account$/, "deleteConfirmWrong"],
  [/e-mail address/, "addressInvalid"],
  [/^is your address already$/, "addressSame"],
  [/^was declined\b/, "inviteDeclined"],
  [/^must have at least (?<least>\d+) characters$|^must be at least (?<least>\d+) characters? long$/, "textTooShort"],
  [/^must have at most (?<most>\d+) characters$|^must be at most (?<most>\d+) characters? long$/, "textTooLong"],
  [/^must be at least (?<least>.+)$/, "numberTooSmall"],
  [/^must be at most (?<most>.+)$/, "numberTooLarge"],
  [/^must be a whole number$/, "wholeNumber"],
  [/^must be a (?:decimal )?number\b|^must have at most \d+ digits\b|^must lie between -?\d/, "numberInvalid"],
  [/^must be a date\b|^is not a date\b/, "dateInvalid"],
  [/^must be an absolute http or https address$/, "urlInvalid"],
  [/^must be one of\b/, "required"],
  [/^is one that many people use\b/, "passwordCommon"],
  [/^was found in a breach\b/, "passwordBreached"],
  [/^must not be the address or the name of the site$/, "passwordNames"],
];

/** What is wrong with a field, for its reader. What we have no words for is said in English to those who read it. */
export function problemWords({ message }: FieldProblem, { say, language }: Speech): string {
  for (const [form, name] of table) {
    const found = form.exec(message);
    if (found !== null) return say(name, { ...found.groups });
  }
  return /^en\b/i.test(language) ? `${message.charAt(0).toUpperCase()}${message.slice(1)}.` : say("invalid");
}
