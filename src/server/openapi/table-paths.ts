import type { TableReach } from "#application";
import type { Components } from "./components.ts";
import { errorResponses, type OperationKind } from "./errors.ts";
import { filterParameters, quoteName } from "./filter-parameters.ts";
import type { Content, JsonSchema, OperationObject, ParameterObject, Paths, ReferenceObject, ResponseObject } from "./openapi.ts";
import { queryContent } from "./query-content.ts";
import { changeContent, insertContent, rowContent, singleContent, versionSchema } from "./row-content.ts";
import { type RowSchemas, rowSchemas } from "./row-schemas.ts";
import {
  orderParameter,
  preferParameter,
  type PreferKind,
  selectParameter,
  type SharedParameter,
  sharedParameters,
} from "./shared-parameters.ts";
import { valueSchema } from "./value-schema.ts";

export interface PathContext {
  readonly components: Components;
  /** Gives an operation's name once. */
  readonly operationId: (name: string) => string;
  /** Whether the name of a table may be told. */
  readonly isKnown: (table: string) => boolean;
}

/** Everything of one table: its rows at `/rest/v1/<table>`, each at `/rest/v1/<table>/<id>`, its versions and its return. */
export function tablePaths(reach: TableReach, name: string, context: PathContext): Paths {
  const { table } = reach;
  const writer = new TableWriter(reach, name, context);
  const path = `/rest/v1/${table.name}`;
  const id: ParameterObject = {
    name: "id",
    in: "path",
    description: `The row's \`${table.key.name}\`.`,
    required: true,
    schema: valueSchema(table.key, false),
  };
  const items: Paths = {
    [path]: writer.rows(),
    [`${path}/query`]: writer.query(),
    [`${path}/{id}`]: { parameters: [id], ...writer.row() },
    [`${path}/{id}/versions`]: { parameters: [id], ...writer.versions() },
    [`${path}/{id}/restore`]: { parameters: [id], ...writer.restore() },
  };
  return Object.fromEntries(Object.entries(items).filter(([, item]) => Object.keys(item).some((key) => key !== "parameters")));
}

type Operations = Partial<Record<"get" | "head" | "post" | "put" | "patch" | "delete", OperationObject>>;

type Parameters = NonNullable<OperationObject["parameters"]>;

/** Writes the operations of one table. */
class TableWriter {
  readonly #reach: TableReach;
  readonly #name: string;
  readonly #context: PathContext;
  readonly #schemas: RowSchemas;
  readonly #filters: readonly ReferenceObject[];
  readonly #selecting: readonly ReferenceObject[];

  constructor(reach: TableReach, name: string, context: PathContext) {
    const { components } = context;
    this.#reach = reach;
    this.#name = name;
    this.#context = context;
    this.#schemas = rowSchemas(reach, { ...context, name });
    const isRead = this.#schemas.row !== undefined;
    const own = (parameter: ParameterObject): ReferenceObject =>
      components.parameter(`${name}.${parameter.name.replaceAll('"', "")}`, parameter);
    this.#filters = filterParameters(reach).map((parameter) =>
      components.parameter(`${name}.filter.${parameter.name.replaceAll('"', "")}`, parameter),
    );
    this.#selecting = isRead ? [own(selectParameter(reach))] : [];
    if (isRead) this.#order = own(orderParameter(reach));
  }

  #order: ReferenceObject | undefined;

  rows(): Operations {
    const { creates, updates, deletes, shown, table } = this.#reach;
    const { row, create, update, example } = this.#schemas;
    const plural = `rows of \`${table.name}\``;
    const many: Parameters = [...this.#filters, ...this.#shared("And", "Or")];
    const page: Parameters = [
      ...this.#selecting,
      ...many,
      ...this.#ordered(),
      ...this.#shared("Limit", "Offset", "After"),
      ...this.#past(),
    ];
    const rows = this.#content(row);
    const key = table.key.name;
    const operations: Operations = {};
    if (shown.length > 0) {
      const parameters = [...page, this.#prefer("read"), ...this.#shared("Range", "IfNoneMatch")];
      const headers = this.#headers("ContentRange", "NextCursor", "Link", "PreferenceApplied", "ETag");
      const responses = this.#read({ headers, content: rows, partial: true });
      operations.get = this.#operation("list", "", "readTable", {
        summary: `List ${plural}`,
        description: filtering,
        parameters,
        responses,
      });
      operations.head = this.#operation("count", "", "readTable", {
        summary: `Count ${plural}, with \`Prefer: count=exact\``,
        parameters,
        responses: this.#read({ headers, partial: true }),
      });
    }
    if (creates !== undefined && create !== undefined) {
      operations.post = this.#operation("create", "", "insert", {
        summary: `Create ${plural}`,
        description:
          "Several rows, of which all are made or none; one by itself is taken too. With `Prefer: resolution=merge-duplicates`, rows that are there already are changed instead.",
        parameters: [
          ...this.#selecting,
          ...this.#shared("OnConflict"),
          this.#columns(),
          this.#prefer("insert", returning),
          ...this.#shared("IdempotencyKey"),
        ],
        requestBody: { required: true, content: insertContent(create, example) },
        responses: {
          "201": {
            description: "Made.",
            headers: this.#headers("ContentRange", "Location", "PreferenceApplied", "IdempotencyReplayed"),
            ...rows,
          },
          "200": {
            description: "All of them were there already, and were changed.",
            headers: this.#headers("ContentRange", "PreferenceApplied"),
            ...rows,
          },
        },
      });
    }
    const change: Parameters = [...this.#selecting, ...many, ...this.#ordered(), ...this.#shared("Limit")];
    const changed = {
      "200": { description: "What became of them.", headers: this.#headers("ContentRange", "PreferenceApplied"), ...rows },
      ...this.#empty(),
    };
    if (updates !== undefined && update !== undefined) {
      operations.patch = this.#operation("update", "", "change", {
        summary: `Change ${plural}`,
        description: "All that the filters name. Without a filter it is refused.",
        parameters: [...change, this.#columns(), this.#prefer("update"), ...this.#shared("IdempotencyKey")],
        requestBody: { required: true, content: changeContent(update) },
        responses: changed,
      });
      if (create !== undefined) {
        operations.put = this.#operation("put", "", "upsert", {
          summary: `Make the row of that \`${key}\`, or make it be this one`,
          parameters: [
            {
              name: quoteName(key),
              in: "query",
              required: true,
              description: "`eq.` and the id.",
              schema: { type: "string", pattern: "^eq\\." },
            },
            ...this.#selecting,
            this.#columns(),
            this.#prefer("upsert", returning),
            ...this.#shared("IfMatch", "IfAbsent", "IdempotencyKey"),
          ],
          requestBody: { required: true, content: changeContent(create) },
          responses: this.#made(rows),
        });
      }
    }
    if (deletes) {
      operations.delete = this.#operation("delete", "", "change", {
        summary: `Delete ${plural}`,
        description: "All that the filters name. Without a filter it is refused.",
        parameters: [...change, this.#prefer("delete"), ...this.#shared("IdempotencyKey")],
        responses: changed,
      });
    }
    return operations;
  }

  query(): Operations {
    const { shown, table } = this.#reach;
    const { row } = this.#schemas;
    if (shown.length === 0) return {};
    const headers = this.#headers("ContentRange", "NextCursor", "PreferenceApplied");
    const { "304": _, ...responses } = this.#read({ headers, content: this.#content(row), partial: true });
    return {
      post: this.#operation("query", "", "queryTable", {
        summary: `List rows of \`${table.name}\`, asked for in the body`,
        description: `What GET of \`/rest/v1/${table.name}\` says in its address: for more of it than an address holds, such as a thousand ids. Nothing is changed.`,
        parameters: [this.#prefer("read"), ...this.#shared("Range")],
        requestBody: { required: true, content: queryContent(this.#reach) },
        responses,
      }),
    };
  }

  row(): Operations {
    const { creates, updates, deletes, shown, table } = this.#reach;
    const { row, create, update } = this.#schemas;
    const one = this.#content(row, true);
    const operations: Operations = {};
    if (shown.length > 0) {
      const parameters = [...this.#selecting, ...this.#past(), ...this.#shared("IfMatch", "IfNoneMatch")];
      const headers = this.#headers("ETag");
      operations.get = this.#operation("get", "Row", "readRow", {
        summary: `Get one row of \`${table.name}\``,
        parameters,
        responses: this.#read({ headers, content: one }),
      });
      operations.head = this.#operation("check", "Row", "readRow", {
        summary: `See whether there is a row of \`${table.name}\`, and its ETag`,
        parameters,
        responses: this.#read({ headers }),
      });
    }
    const change: Parameters = [...this.#selecting, ...this.#shared("IfMatch", "IdempotencyKey")];
    const changed = {
      "200": { description: "What became of it.", headers: this.#headers("ETag", "ContentRange", "PreferenceApplied"), ...one },
      ...this.#empty(),
    };
    if (updates !== undefined && update !== undefined) {
      operations.patch = this.#operation("update", "Row", "changeRow", {
        summary: `Change one row of \`${table.name}\``,
        parameters: [...change, this.#columns(), this.#prefer("update", returning)],
        requestBody: { required: true, content: changeContent(update) },
        responses: changed,
      });
      if (creates !== undefined && create !== undefined) {
        operations.put = this.#operation("put", "Row", "upsertRow", {
          summary: `Make one row of \`${table.name}\`, or make it be this one`,
          description: "With `If-None-Match: *` it only makes one.",
          parameters: [...change, ...this.#shared("IfAbsent"), this.#columns(), this.#prefer("upsert", returning)],
          requestBody: { required: true, content: changeContent(create) },
          responses: this.#made(one),
        });
      }
    }
    if (deletes) {
      operations.delete = this.#operation("delete", "Row", "changeRow", {
        summary: `Delete one row of \`${table.name}\``,
        parameters: [...change, this.#prefer("delete")],
        responses: changed,
      });
    }
    return operations;
  }

  versions(): Operations {
    const { readsPast, table } = this.#reach;
    const { row } = this.#schemas;
    if (!readsPast || row === undefined) return {};
    const { components } = this.#context;
    const item = components.schema(`${this.#name}Version`, versionSchema(row));
    const parameters = this.#shared("IfNoneMatch");
    const headers = this.#headers("ETag");
    return {
      get: this.#operation("list", "Versions", "readVersions", {
        summary: `List what one row of \`${table.name}\` has been, newest first`,
        parameters,
        responses: this.#read({
          headers,
          content: { content: { "application/json": { schema: { type: "array", items: item } } } },
        }),
      }),
      head: this.#operation("check", "Versions", "readVersions", {
        summary: `See whether one row of \`${table.name}\` has versions`,
        parameters,
        responses: this.#read({ headers }),
      }),
    };
  }

  restore(): Operations {
    const { table, deletes, updates, readsPast } = this.#reach;
    if (!(table.softDelete !== undefined && deletes) && !(readsPast && updates !== undefined)) return {};
    const one = this.#content(this.#schemas.row, true);
    const version = {
      type: "integer",
      minimum: 1,
      description: "Which of its versions the row is to be; left out, a deleted row comes back.",
    };
    return {
      post: this.#operation("restore", "Row", "restore", {
        summary: `Bring one row of \`${table.name}\` back`,
        parameters: [...this.#selecting, ...this.#shared("IfMatch", "IdempotencyKey"), this.#prefer("restore", returning)],
        requestBody: {
          required: false,
          content: { "application/json": { schema: { type: "object", properties: { version }, additionalProperties: false } } },
        },
        responses: this.#made(one),
      }),
    };
  }

  #operation(
    verb: string,
    suffix: string,
    kind: OperationKind,
    { responses, ...operation }: Omit<OperationObject, "operationId" | "tags">,
  ): OperationObject {
    const { components, operationId } = this.#context;
    const { summary, ...rest } = operation;
    return {
      operationId: operationId(`${verb}${this.#name}${suffix}`),
      tags: [this.#reach.table.name],
      // Shown as plain text.
      summary: summary.replaceAll("`", ""),
      ...rest,
      responses: { ...responses, ...errorResponses(components, kind) },
    };
  }

  #shared(...names: readonly SharedParameter[]): readonly ReferenceObject[] {
    return sharedParameters(this.#context.components, ...names);
  }

  #prefer(kind: PreferKind, sent?: string): ReferenceObject {
    // Rows that may not be read are answered to nobody.
    return preferParameter(this.#context.components, kind, this.#schemas.row === undefined ? undefined : sent);
  }

  #columns(): ReferenceObject {
    return this.#context.components.parameter("Columns", {
      name: "columns",
      in: "query",
      description: "The only fields of the body that are taken, separated by commas.",
      schema: { type: "string" },
    });
  }

  #ordered(): readonly ReferenceObject[] {
    return this.#order === undefined ? [] : [this.#order];
  }

  #past(): readonly ReferenceObject[] {
    const { table, readsPast, deletes } = this.#reach;
    return [
      ...(readsPast ? this.#shared("AsOf") : []),
      ...(table.softDelete !== undefined && deletes ? this.#shared("DeletedRows") : []),
    ];
  }

  #headers(...names: readonly string[]): Readonly<Record<string, ReferenceObject>> {
    return Object.fromEntries(names.map((name) => [headerNames[name] ?? name, { $ref: `#/components/headers/${name}` }]));
  }

  /** Nothing where no row may be read. */
  #content(row: JsonSchema | undefined, isOne = false): { readonly content?: Content } {
    if (row === undefined) return {};
    return { content: isOne ? singleContent(row) : rowContent(row) };
  }

  #read({ headers, content = {}, partial = false }: ReadAnswer): Readonly<Record<string, ResponseObject>> {
    return {
      "200": { description: "What was asked for.", headers, ...content },
      ...(partial ? { "206": { description: "A part of the rows: there are more.", headers, ...content } } : {}),
      "304": { description: "It is as `If-None-Match` says: nothing has changed.", headers: this.#headers("ETag") },
    };
  }

  #made(content: { readonly content?: Content }): Readonly<Record<string, ResponseObject>> {
    const headers = this.#headers("ETag", "PreferenceApplied", "IdempotencyReplayed");
    return {
      "200": { description: "It was there, and was changed.", headers, ...content },
      "201": { description: "Made.", headers, ...content },
      ...this.#empty(),
    };
  }

  #empty(): Readonly<Record<string, ResponseObject>> {
    return { "204": { description: "Done, and no rows were asked for.", headers: this.#headers("PreferenceApplied") } };
  }
}

interface ReadAnswer {
  readonly headers: Readonly<Record<string, ReferenceObject>>;
  readonly content?: { readonly content?: Content };
  readonly partial?: boolean;
}

const returning = "return=representation";

const filtering =
  "Each field is a parameter that filters by it. Not listed, because they would be without end: conditions on embedded rows (`author.name=eq.Ann`), on keys of JSON " +
  "(`data->>key=eq.1`), and `any` and `all` (`name=like(any).{a*,b*}`).";

const headerNames: Readonly<Record<string, string>> = {
  ContentRange: "Content-Range",
  NextCursor: "Next-Cursor",
  PreferenceApplied: "Preference-Applied",
  IdempotencyReplayed: "Idempotency-Replayed",
};
