import type { AuthDefinition, FunctionReach, Reach } from "#application";
import type { Column } from "#database";
import { Components } from "./components.ts";
import { addErrorSchemas } from "./errors.ts";
import { functionPaths, functionsTag } from "./function-paths.ts";
import { createNameRegistry, typeNames } from "./names.ts";
import type { JsonSchema, OpenApiDocument, Paths } from "./openapi.ts";
import { addHeaders } from "./row-content.ts";
import { batchTag, healthTag, serverPaths } from "./server-paths.ts";
import { signInPaths, signInTag } from "./sign-in/sign-in-paths.ts";
import { type PathContext, tablePaths } from "./table-paths.ts";

export interface DocumentOptions {
  /** What the site is called. */
  readonly title: string;
  /** Where its requests go: an origin, or `/` for wherever the document came from. */
  readonly serverUrl: string;
  readonly tables: Reach;
  readonly functions: readonly FunctionReach[];
  /** Undefined where nobody signs in. */
  readonly auth: AuthDefinition | undefined;
  /** What whoever signs up may say of themselves; undefined where nobody does. */
  readonly newUser: readonly Column[] | undefined;
  /** The name of the cookie that a session has. */
  readonly cookie: string;
}

/** The description of a back end as OpenAPI 3.1, with what is given and not a name besides. */
export function writeDocument({ title, serverUrl, tables, functions, auth, newUser, cookie }: DocumentOptions): OpenApiDocument {
  const components = new Components();
  addErrorSchemas(components);
  addHeaders(components);
  const known = new Set(tables.filter(({ shown }) => shown.length > 0).map(({ table }) => table.name));
  const context: PathContext = { components, operationId: createNameRegistry(), isKnown: (table) => known.has(table) };
  const tableNames = typeNames(tables.map(({ table }) => table.name));
  const functionNames = typeNames(functions.map(({ name }) => name));
  const paths: Paths = Object.assign(
    {},
    ...tables.map((reach) => tablePaths(reach, tableNames.get(reach.table.name) ?? reach.table.name, context)),
    ...functions.map((each) => functionPaths(each, functionNames.get(each.name) ?? each.name, context)),
    auth === undefined ? {} : signInPaths(auth, newUser, context),
    serverPaths(context),
  );
  return {
    openapi: "3.1.1",
    info: { title, version: "1", description: about },
    servers: [{ url: serverUrl }],
    security: [{}, ...(auth === undefined ? [] : [{ session: [] }]), { bearer: [] }],
    tags: [
      ...tables.map(({ table }) => ({ name: table.name, description: `The rows of \`${table.name}\`.` })),
      ...(functions.length === 0 ? [] : [{ name: functionsTag, description: "What this back end does besides." }]),
      ...(auth === undefined ? [] : [{ name: signInTag, description: "To sign up and in, and to look after one's account." }]),
      { name: batchTag, description: "Several requests in one transaction." },
      { name: healthTag, description: "For whatever watches the server." },
    ],
    paths,
    components: {
      schemas: Object.fromEntries(components.schemas),
      parameters: Object.fromEntries(components.parameters),
      headers: Object.fromEntries(components.headers),
      responses: Object.fromEntries(components.responses),
      securitySchemes: securitySchemes(auth, cookie),
    },
  };
}

const about = [
  "Rows of tables by PostgREST's grammar, functions, and sign-in.",
  "This document has what you may reach, as you asked for it: signed in, or with a key, you may find more.",
  "Every answer that is an error has one form, `Error`, whose `code` is for programs.",
].join("\n\n");

function securitySchemes(auth: AuthDefinition | undefined, cookie: string): Readonly<Record<string, JsonSchema>> {
  const proofs = [
    ...(auth === undefined ? [] : ["the token of a session (`chs_...`)"]),
    ...(auth?.keys === undefined ? [] : ["a key for programs (`chk_...`)"]),
    "a token that was made for a program on the command line",
  ];
  return {
    bearer: { type: "http", scheme: "bearer", description: `\`Authorization: Bearer ...\` with ${proofs.join(", or ")}.` },
    ...(auth === undefined
      ? {}
      : { session: { type: "apiKey", in: "cookie", name: cookie, description: "The session of a browser." } }),
  };
}
