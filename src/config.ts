import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { type AtOnce, defaultAtOnce, defaultRates, type OAuthClientSettings, type RateName, type Rates } from "#application";
import { didYouMean } from "#base";
import { defaultHttpLimits, type HttpLimits } from "#server";
import { isOfFamily, readOAuthClients, type Setting, type SettingName, settings, type SettingsTable } from "#settings";

type Values = { readonly [Name in SettingName]: SettingsTable[Name]["default"] };

export interface Config extends Omit<Values, keyof HttpLimits | RateName | keyof AtOnce> {
  readonly limits: HttpLimits;
  readonly rates: Rates;
  readonly atOnce: AtOnce;
  /** By what other sites know this server, by their names. */
  readonly oauthClients: OAuthClientSettings;
}

/** No setting of a server: from which seed tests make up their data (see `chassis/testing`). It may stand in the environment beside them. */
export const testSeedVariable = "CHASSIS_TEST_SEED";

/** What the environment says of that seed. */
export function readTestSeed(environment: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  return environment[testSeedVariable] || undefined;
}

/** Everything that is wrong with the settings, one line each. */
export class SettingsError extends Error {
  override readonly name: string = "SettingsError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

export interface ConfigSources {
  /** Default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Further variables, from code; they win over those of the environment. */
  readonly settings?: Readonly<Record<string, string | undefined>>;
  /** From the command line or from code, as text; they win over the environment. */
  readonly overrides?: Readonly<Partial<Record<SettingName, string | undefined>>>;
}

/**
 * Reads all settings, and nothing else reads the environment. Throws `SettingsError` with every problem at once; a
 * `CHASSIS_` variable that is no setting is one, because it is a setting misspelt.
 */
export function loadConfig(sources: ConfigSources = {}): Config {
  const { config, problems } = surveyConfig(sources);
  if (problems.length > 0) throw new SettingsError(problems);
  return config;
}

/** The same for whoever tells of problems and goes on: what cannot be read has its default. */
export function surveyConfig({ environment: found = process.env, settings: given = {}, overrides = {} }: ConfigSources = {}): {
  readonly config: Config;
  readonly problems: readonly string[];
} {
  const environment: Readonly<Record<string, string | undefined>> = { ...found, ...given };
  const problems: string[] = [];
  const names = Object.keys(settings) as SettingName[];
  const variables = names.map((name) => settings[name].variable);
  for (const variable of Object.keys(environment)) {
    if (!variable.startsWith("CHASSIS_") || variable === testSeedVariable || variables.includes(variable) || isOfFamily(variable))
      continue;
    problems.push(`${variable}: there is no such setting${didYouMean(variable, variables)}`);
  }
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of names) {
    const setting: Setting<unknown> = settings[name];
    const override = overrides[name];
    // An empty variable is how shells and container files leave one out.
    const text = override ?? (environment[setting.variable] || undefined);
    try {
      values[name] = text === undefined ? setting.default : setting.parse(text);
    } catch (error) {
      const place = override === undefined ? setting.variable : name;
      // What was meant to be a secret is one, however wrong its form is.
      const given = setting.type === "secret" ? "" : `, not '${text}'`;
      problems.push(`${place}: ${(error as Error).message}${given}`);
      values[name] = setting.default;
    }
  }
  const oauthClients = readOAuthClients(environment, (problem) => void problems.push(problem));

  const take = (group: object): object => {
    const own: Record<string, unknown> = {};
    for (const name of Object.keys(group) as SettingName[]) {
      own[name] = values[name];
      delete values[name];
    }
    return Object.freeze(own);
  };
  const groups = { limits: take(defaultHttpLimits), rates: take(defaultRates), atOnce: take(defaultAtOnce) };
  return { config: Object.freeze({ ...values, ...groups, oauthClients }) as unknown as Config, problems };
}

/** The folders that programs are looked for in, in their order. */
export function programFolders(environment: Readonly<Record<string, string | undefined>> = process.env): readonly string[] {
  return (environment["PATH"] ?? environment["Path"] ?? "").split(delimiter).filter((folder) => folder !== "");
}

/** Where programs keep what is theirs and not worth a backup, such as what was typed (XDG Base Directory Specification, 0.8). */
export function stateFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const given = environment["XDG_STATE_HOME"] ?? "";
  return isAbsolute(given) ? given : join(homedir(), ".local", "state");
}
