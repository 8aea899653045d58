import { errorResponses } from "./errors.ts";
import { type JsonSchema, type Paths, schemaRef } from "./openapi.ts";
import { sharedParameters } from "./shared-parameters.ts";
import type { PathContext } from "./table-paths.ts";

export const batchTag = "Batches";
export const healthTag = "Health";

/** What every server answers: batches of requests, and whether it is well. */
export function serverPaths({ components, operationId }: PathContext): Paths {
  components.schema("BatchOperation", {
    type: "object",
    description: "One request of a batch.",
    properties: {
      method: { type: "string", enum: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] },
      path: { type: "string", description: "A table, a row or a function, with its parameters: `/rest/v1/...?...`." },
      headers: {
        type: "object",
        description: "How it is to be read and answered, `prefer` say. Who asks is said by the batch.",
        additionalProperties: { type: "string" },
      },
      body: { description: "JSON, or a text where `content-type` says that it is none." },
    },
    required: ["method", "path"],
    additionalProperties: false,
  });
  components.schema("BatchAnswer", {
    type: "object",
    description: "What one request of a batch was answered.",
    properties: {
      status: { type: "integer" },
      headers: { type: "object", additionalProperties: { type: "string" } },
      body: { description: "JSON; null for none." },
    },
    required: ["status", "headers", "body"],
  });
  return {
    "/rest/v1": {
      post: {
        operationId: operationId("runBatch"),
        tags: [batchTag],
        summary: "Send several requests in one transaction",
        description:
          "In order, each seeing what those before it did. All of them happen or none: the first that fails is told by its number, `operation`.",
        parameters: sharedParameters(components, "Rollback", "IdempotencyKey"),
        requestBody: {
          required: true,
          content: {
            "application/json": {
              schema: { type: "array", items: schemaRef("BatchOperation") },
              examples: { nothing: { summary: "None", value: [] } },
            },
          },
        },
        responses: {
          "200": {
            description: "What each of them was answered.",
            headers: { "Idempotency-Replayed": { $ref: "#/components/headers/IdempotencyReplayed" } },
            content: { "application/json": { schema: { type: "array", items: schemaRef("BatchAnswer") } } },
          },
          ...errorResponses(components, "batch"),
        },
      },
    },
    "/health/live": health("isAlive", "See whether the server is alive", {}),
    "/health/ready": health("isReady", "See whether the server can serve requests now", {
      backup: { type: "string", description: "How the last backup went." },
      loop: { type: "string", description: "How often the event loop was held." },
    }),
  };

  function health(id: string, summary: string, more: JsonSchema): Paths[string] {
    const schema = { type: "object", properties: { status: { type: "string", const: "ok" }, ...more }, required: ["status"] };
    return {
      get: {
        operationId: operationId(id),
        tags: [healthTag],
        summary,
        security: [],
        responses: {
          "200": { description: "It is.", content: { "application/json": { schema } } },
          ...errorResponses(components, "health"),
        },
      },
    };
  }
}
