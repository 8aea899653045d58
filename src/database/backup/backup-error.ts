/** A backup that cannot be made, read or restored. The message says why and what to do; it is for whoever runs the server. */
export class BackupError extends Error {
  override readonly name: string = "BackupError";
}

/** The file is not what was written: cut short, changed, or no backup at all. */
export class DamagedBackupError extends BackupError {
  override readonly name = "DamagedBackupError";
}
