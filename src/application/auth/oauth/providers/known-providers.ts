import { apple, type AppleOptions } from "./apple.ts";
import { discord } from "./discord.ts";
import { facebook } from "./facebook.ts";
import { github, type GitHubOptions } from "./github.ts";
import { gitlab, type GitLabOptions } from "./gitlab.ts";
import { google, type GoogleOptions } from "./google.ts";
import type { KnownProvider, ProviderOptions } from "./known-provider.ts";
import { linkedin } from "./linkedin.ts";
import { microsoft, type MicrosoftOptions } from "./microsoft.ts";
import { slack } from "./slack.ts";
import { twitch } from "./twitch.ts";
import { x } from "./x.ts";

/** What may be said of each site that is known by name. */
export interface KnownProvidersInput {
  readonly apple?: AppleOptions;
  readonly discord?: true | ProviderOptions;
  readonly facebook?: true | ProviderOptions;
  readonly github?: true | GitHubOptions;
  readonly gitlab?: true | GitLabOptions;
  readonly google?: true | GoogleOptions;
  readonly linkedin?: true | ProviderOptions;
  readonly microsoft?: true | MicrosoftOptions;
  readonly slack?: true | ProviderOptions;
  readonly twitch?: true | ProviderOptions;
  readonly x?: true | ProviderOptions;
}

/** Their facts. */
export const knownProviders: Readonly<Record<keyof KnownProvidersInput, KnownProvider>> = {
  apple,
  discord,
  facebook,
  github,
  gitlab,
  google,
  linkedin,
  microsoft,
  slack,
  twitch,
  x,
};
