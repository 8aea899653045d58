// task: define
import { sqliteAdapter } from "@payloadcms/db-sqlite";
import { buildConfig } from "payload";
import { Reviews } from "./reviews.ts";
import { Schools } from "./schools.ts";
import { Users } from "./users.ts";

export default buildConfig({
  secret: process.env.PAYLOAD_SECRET ?? "",
  db: sqliteAdapter({ client: { url: process.env.DATABASE_URI ?? "" }, transactionOptions: {} }),
  collections: [Users, Schools, Reviews],
});
