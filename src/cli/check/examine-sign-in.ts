import type { Backend } from "#application";
import type { Config } from "#config";
import type { DeployFinding } from "./finding.ts";

/** Whether people can get in, and how well those are guarded who may do everything. */
export function examineSignIn({ auth }: Backend, { mailServer }: Config): readonly DeployFinding[] {
  if (auth === undefined) return [];
  const findings: DeployFinding[] = [];
  if (mailServer === undefined) {
    findings.push({
      check: "mail",
      level: "problem",
      message: "People sign in here, and CHASSIS_MAIL_SERVER is not set: mails wait, and are sent to nobody.",
      why: "Nobody can sign up, confirm an address or set a new password.",
      action: "Set CHASSIS_MAIL_SERVER to a server: smtps://user:password@host:465.",
    });
  }
  const { adminRole, secondFactor } = auth;
  if (!secondFactor.requiredFor.includes(adminRole)) {
    findings.push({
      check: "second-factor",
      level: "advice",
      message: `Whoever has the role ${adminRole} may sign in without a second factor.`,
      why: "One password that was used elsewhere, or one mailbox, then opens everything.",
      action: `Write auth: { secondFactor: { requiredFor: ["${adminRole}"] } } into the definition.`,
    });
  }
  return findings;
}
