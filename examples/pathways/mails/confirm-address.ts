import { button, heading, mail, paragraph, small } from "chassis/mail";
import { z } from "zod";

/** Asks whether an address is really its reader's: until they say so it gets nothing else. */
export const confirmAddress = mail({
  // Anybody may type anybody's address.
  limit: "5/1d",
  input: z.object({ name: z.string(), token: z.string() }),
  subject: "Is this your address?",
  body: ({ name, token }, { origin }) => [
    heading(`Hello, ${name}`),
    paragraph(
      "Somebody who is signed in to Pathways under this name gave this address as theirs. If that was you, say so, and your mails come here.",
    ),
    button("Yes, it is mine", `${origin}/account/confirm?token=${encodeURIComponent(token)}`),
    small("If it was not you, do nothing: nothing more will come. The link is good for a week."),
  ],
});
