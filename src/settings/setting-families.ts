import type { OAuthClientSettings } from "#application";

/** A setting that there is one of for each of some names, such as the sites that people sign in by. */
export interface SettingFamily {
  /** With the part that differs in angle brackets. */
  readonly variable: string;
  readonly type: string;
  readonly description: string;
  /** Whose first group is the part that differs. */
  readonly pattern: RegExp;
  /** What it is of a client. */
  readonly part: keyof OAuthClientSettings[string];
}

const site = "([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)";

export const settingFamilies: readonly SettingFamily[] = [
  {
    variable: "CHASSIS_OAUTH_<SITE>_ID",
    type: "text",
    description:
      "By what id another site that people sign in by (`auth.providers`) knows this server: `CHASSIS_OAUTH_GOOGLE_ID`, and `CHASSIS_OAUTH_ACME_ID` for one that the back end calls `acme`; a hyphen in the name is written `_`. `chassis start` wants it for each of them, and refuses one for a site that is none of them; `chassis dev` leaves sites without out.",
    pattern: new RegExp(`^CHASSIS_OAUTH_${site}_ID$`),
    part: "id",
  },
  {
    variable: "CHASSIS_OAUTH_<SITE>_SECRET",
    type: "secret",
    description:
      "What proves to that site that it is this server. For Apple the private key, the text of the file `AuthKey_....p8`, in which line breaks may be written `\\n`.",
    pattern: new RegExp(`^CHASSIS_OAUTH_${site}_SECRET$`),
    part: "secret",
  },
];

/** Whether a variable is one of these. */
export function isOfFamily(variable: string): boolean {
  return settingFamilies.some(({ pattern }) => pattern.test(variable));
}

/** The clients in the environment, by the names of their sites. */
export function readOAuthClients(
  environment: Readonly<Record<string, string | undefined>>,
  report: (problem: string) => void,
): OAuthClientSettings {
  const clients: Record<string, Partial<Record<SettingFamily["part"], string>>> = {};
  for (const [variable, value] of Object.entries(environment)) {
    // An empty variable is how shells and container files leave one out.
    if (value === undefined || value === "") continue;
    for (const { pattern, part } of settingFamilies) {
      const [, name] = pattern.exec(variable) ?? [];
      if (name === undefined) continue;
      // What was pasted with a line break is not what the site gave; a key has some.
      const isRight = part === "secret" ? value.trim() !== "" : /^[\x21-\x7e]{1,500}$/.test(value);
      if (!isRight) report(`${variable}: must be as the site gave it, without spaces`);
      else {
        const provider = name.toLowerCase().replaceAll("_", "-");
        clients[provider] = { ...clients[provider], [part]: part === "secret" ? value.trim() : value };
      }
    }
  }
  return Object.freeze(clients);
}
