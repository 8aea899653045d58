import type { Clock, IdSource } from "#base";
import type { Database } from "#database";
import type { RecordStore } from "../records/record-store.ts";
import { createAccountTable } from "./account-table.ts";
import { createAnonymousTable } from "./anonymous/anonymous-table.ts";
import { createDeletionTable } from "./account/deletion-table.ts";
import { createMailBudgetTable } from "./mail-budget.ts";
import { createAuthTables } from "./auth-tables.ts";
import { createFactorTables } from "./factors/factor-tables.ts";
import { createImpersonationTable } from "./impersonation/impersonation-table.ts";
import { createKeyTable } from "./keys/key-table.ts";
import type { AuthDefinition } from "./build-auth.ts";
import { holdOrganisations } from "./organisations/open-organisations.ts";
import { createOrganisationTables } from "./organisations/organisation-tables.ts";
import { createIdentityTable } from "./oauth/identity-table.ts";
import { createProviderTables } from "./provider/provider-tables.ts";
import { userEndListener } from "./user-end.ts";
import { obeyUserOrder, type UserOrder, type UserOrderOutcome } from "./user-orders.ts";

export interface PeopleOptions {
  readonly definition: AuthDefinition;
  readonly database: Database;
  readonly records: RecordStore;
  /** For links. */
  readonly site: string;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** Orders about people where no server runs: the command line has the database then. */
export async function openPeopleOrders(options: PeopleOptions): Promise<(order: UserOrder) => Promise<UserOrderOutcome>> {
  const { definition, database, site, clock } = options;
  await database.transaction(async (connection) => {
    await createAuthTables(connection);
    await createMailBudgetTable(connection);
    await createFactorTables(connection);
    await createDeletionTable(connection);
    await createOrganisationTables(connection);
    await createKeyTable(connection);
    await createIdentityTable(connection);
    await createAnonymousTable(connection);
    await createImpersonationTable(connection);
    await createProviderTables(connection);
  });
  database.onBeforeCommit(userEndListener(definition.users, clock));
  holdOrganisations(database, definition);
  const tools = { ...options, accounts: createAccountTable(definition.users), site: () => site };
  return (order) => obeyUserOrder(tools, order);
}
