export { isOfFamily, readOAuthClients } from "./setting-families.ts";
export type { Setting } from "./setting.ts";
export { type SettingName, settingGroups, settings, type SettingsTable } from "./settings.ts";
