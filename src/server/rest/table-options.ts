import type { Answer } from "../http/exchange.ts";

export const tableMethods = "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE";
export const rowMethods = "OPTIONS,GET,HEAD,PUT,PATCH,DELETE";

/**
 * OPTIONS of a table or a row: what the address can do, whoever asks. It does not say whether there is such a table, because
 * that is nobody's business who may not read it.
 */
export function answerOptions(allow: string): Answer {
  return { status: 200, headers: { allow }, body: undefined };
}
