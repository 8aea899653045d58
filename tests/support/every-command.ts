import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { type BackendFolder, backendFolder } from "./backend-folder.ts";
import type { Scope } from "./temporary-folder.ts";

const library = (file: string): string => JSON.stringify(new URL(`../../src/${file}`, import.meta.url).href);

/** A back end with something of everything that commands are about. */
export const everythingBackend: string = `
import { bool, defineBackend, defineSchema, everyone, jobsOf, nobody, secret, table, text, webhooksOf } from ${library("index.ts")};
import { mail, paragraph } from ${library("mail.ts")};

const schema = defineSchema(
  { users: { name: text().min(1) }, notes: table({ slug: text().unique(), pin: secret().optional() }, { audit: true }) },
  { roles: ["editor"] },
);
const { job } = jobsOf(schema);
const { webhook } = webhooksOf(schema);
export default defineBackend(schema, {
  rules: { users: () => ({ read: everyone, write: nobody }), notes: () => ({ read: everyone, write: nobody }) },
  auth: { signUp: "closed", provider: true, keys: true },
  jobs: { sweep: job({}, () => {}) },
  mails: { digest: mail({ list: "digest", from: "a@example.org", subject: "News", body: () => [paragraph("News")] }) },
  webhooks: { "note.created": webhook("notes", { on: ["create"], select: ["slug"] }) },
});
`;

/** A folder with that back end, to be the folder at hand until the test ends. */
export async function everythingFolder(t: Scope): Promise<BackendFolder> {
  const folder = await backendFolder(t, everythingBackend);
  await mkdir(`${folder.path}/backups`);
  // Migrations import the package by its name.
  await mkdir(`${folder.path}/node_modules`);
  await symlink(join(import.meta.dirname, "../.."), `${folder.path}/node_modules/chassis`);
  const home = process.cwd();
  process.chdir(folder.path);
  t.after(async () => process.chdir(home));
  return folder;
}
