import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Backend, createSecretFields, findLostSecrets, hasSecretFields, loadSecrets, tokenSecretFile } from "#application";
import { type Finding, openToRead } from "#database";
import { secretFieldKeys } from "#platform";

export interface SecretsOptions {
  readonly path: string;
  readonly dataDirectory: string;
  readonly isServed: boolean;
}

/** Whether the secret beside the database is the one that its secret fields were encrypted by. */
export async function examineSecrets(
  { model }: Pick<Backend, "model">,
  { path, dataDirectory, isServed }: SecretsOptions,
): Promise<readonly Finding[]> {
  if (!hasSecretFields(model)) return [];
  // Where there is none, the next start makes one; this makes nothing, and opens nothing either.
  const isThere = existsSync(join(dataDirectory, tokenSecretFile));
  try {
    const keys = isThere ? secretFieldKeys(await loadSecrets(dataDirectory)) : randomBytes(32);
    const database = openToRead(path, isServed);
    try {
      const lost = await findLostSecrets(database.connection, model, createSecretFields(keys));
      if (lost.length === 0) return [{ check: "secrets", level: "ok", message: "Secret fields can be read." }];
      return [
        {
          check: "secrets",
          level: "problem",
          message: `${lost.join(", ")} cannot be read: ${isThere ? `${tokenSecretFile} is not the secret that encrypted it` : `there is no ${tokenSecretFile} in ${dataDirectory}`}.`,
          action: `Stop the server and put ${tokenSecretFile} and previous-secrets back, from an encrypted backup or from where the database came from. What was written since is readable by the secret that is there now: keep a copy of it.`,
        },
      ];
    } finally {
      database.close();
    }
  } catch (error) {
    // A file or tables that cannot be read have been told of by the examination of the database.
    if ((error as Error).name !== "TokenSecretError") return [];
    return [
      { check: "secrets", level: "problem", message: (error as Error).message, action: "Restore it from an encrypted backup." },
    ];
  }
}
