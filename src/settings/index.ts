export { describeSettings } from "./describe-settings.ts";
export type { Setting } from "./setting.ts";
export { type SettingName, settings, type SettingsTable } from "./settings.ts";
