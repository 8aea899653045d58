export { describeSettings } from "./describe-settings.ts";
export { isOfFamily, readOAuthClients } from "./setting-families.ts";
export type { Setting } from "./setting.ts";
export { type SettingName, settings, type SettingsTable } from "./settings.ts";
