import { type Backend, lackingMailSettings, tryMailServer } from "#application";
import type { Config } from "#config";
import type { Finding } from "#database";

/** Do mails go anywhere, is there an address that they come from, and does the server take them? Nothing is sent. */
export async function examineMail(
  { mails, auth }: Pick<Backend, "mails" | "auth">,
  { mailServer, mailFrom, baseUrl }: Config,
): Promise<readonly Finding[]> {
  const finding = (level: Finding["level"], message: string, action?: string): Finding => ({
    check: "mail",
    level,
    message,
    ...(action === undefined ? {} : { action }),
  });
  const hasMails = mails.entries.length > 0 || auth !== undefined;
  if (!hasMails && mailServer === undefined) return [];
  if (mailServer === undefined)
    return [
      finding(
        "advice",
        "CHASSIS_MAIL_SERVER is not set: `chassis start` keeps mails and sends none; `chassis dev` shows them at /dev/mailbox.",
        "Set it, for the server and here: smtps://user:password@host:465.",
      ),
    ];
  if (mailServer === "mailbox")
    return [
      finding(
        "advice",
        "CHASSIS_MAIL_SERVER is mailbox: mails are kept to be looked at, and sent to nobody.",
        "Where people are to get them, set it to a server: smtps://user:password@host:465.",
      ),
    ];
  const lacking = lackingMailSettings({ mails, from: mailFrom, baseUrl }).map((message) =>
    finding("problem", message, "No server starts on these settings: set it, for the server and here."),
  );
  const where = `${mailServer.host}:${mailServer.port}`;
  const wrong = await tryMailServer(mailServer);
  return [
    ...lacking,
    wrong === undefined
      ? finding("ok", `The mail server ${where} answers${mailServer.user === undefined ? "" : " and takes the password"}.`)
      : finding(
          "problem",
          wrong,
          "Mails wait meanwhile, and are sent once it takes them. Look at CHASSIS_MAIL_SERVER, at that server, and at what is between.",
        ),
  ];
}
