import { type DatabaseSettings, databaseSettings } from "./database-settings.ts";
import { type LimitSettings, limitSettings } from "./limit-settings.ts";
import { type ServerSettings, serverSettings } from "./server-settings.ts";
import type { Setting } from "./setting.ts";
import { settingFamilies } from "./setting-families.ts";
import { type WorkSettings, workSettings } from "./work-settings.ts";

export type SettingsTable = ServerSettings & DatabaseSettings & WorkSettings & LimitSettings;

export type SettingName = keyof SettingsTable;

export const settings: SettingsTable = { ...serverSettings, ...databaseSettings, ...workSettings, ...limitSettings };

interface SettingGroup {
  readonly heading: string;
  readonly settings: readonly (Pick<Setting<unknown>, "variable" | "type" | "description"> & { readonly default?: unknown })[];
}

/** All of them, in the order of docs/reference/settings.md. */
export const settingGroups: readonly SettingGroup[] = [
  { heading: "The server", settings: Object.values(serverSettings) },
  { heading: "The database and its backups", settings: Object.values(databaseSettings) },
  { heading: "Jobs, mails and webhooks", settings: Object.values(workSettings) },
  { heading: "Limits", settings: Object.values(limitSettings) },
  { heading: "Other sites that people sign in by", settings: settingFamilies },
];
