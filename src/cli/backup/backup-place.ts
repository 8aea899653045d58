import { resolve } from "node:path";
import { loadConfig } from "#config";
import {
  type BackupSettings,
  type BackupStore,
  createKeyRing,
  type KeyRing,
  openStore,
  readBackupSettings,
  readPassphrase,
} from "#database";
import { CommandError } from "../command-line/command-error.ts";
import { defaultDataDirectory, findBackend } from "../backend/load-backend.ts";

export interface BackupPlace {
  readonly dataDirectory: string;
  readonly keys: KeyRing | undefined;
  /** Throws where no destination is known. */
  readonly destination: () => Promise<{ readonly store: BackupStore; readonly settings: BackupSettings }>;
}

/** Where a back end's data is and where its backups go. Its definition is not loaded: a backup must be possible whatever state that is in. */
export async function openBackupPlace(
  backend: string,
  { destination, to }: { readonly destination?: string | undefined; readonly to?: string | undefined },
): Promise<BackupPlace> {
  const config = loadConfig();
  const passphrase = await readPassphrase(config);
  const given = to ?? config.dataDirectory;
  return {
    dataDirectory: resolve(given ?? defaultDataDirectory(findBackend(backend))),
    keys: passphrase === undefined ? undefined : createKeyRing(passphrase),
    async destination() {
      const place = destination ?? config.backupTo;
      if (place === undefined)
        throw new CommandError("Say where backups are: --from or --to a folder or s3://bucket/prefix, or CHASSIS_BACKUP_TO.");
      const settings = await readBackupSettings(config, place);
      return { settings, store: openStore(place, settings.s3, Date.now) };
    },
  };
}
