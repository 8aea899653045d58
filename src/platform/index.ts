/** The parts put together: a back end that runs. */
export { describeApi } from "./api-docs.ts";
export { createPlatform } from "./create-platform.ts";
export type { NodeRequestHandler } from "./hosted.ts";
export { secretFieldKeys, signingSecrets, tokenKey, webhookKeys } from "./keys.ts";
export { databasePath } from "./open-data.ts";
export type { PlatformOptions } from "./platform-options.ts";
export type { Door, Platform } from "./running-platform.ts";
