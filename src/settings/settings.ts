import { type DatabaseSettings, databaseSettings } from "./database-settings.ts";
import { type LimitSettings, limitSettings } from "./limit-settings.ts";
import { type ServerSettings, serverSettings } from "./server-settings.ts";
import { type WorkSettings, workSettings } from "./work-settings.ts";

export type SettingsTable = ServerSettings & DatabaseSettings & WorkSettings & LimitSettings;

export type SettingName = keyof SettingsTable;

/** All settings, in the order of docs/reference/settings.md. */
export const settings: SettingsTable = { ...serverSettings, ...databaseSettings, ...workSettings, ...limitSettings };
