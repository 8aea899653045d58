/** A line of the server's log, as JSON. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly in?: string;
  readonly at?: readonly string[];
  readonly milliseconds?: number;
  readonly err?: { readonly message?: string };
}

/** The lines of a text that are whole. */
export function logLines(text: string): readonly LogLine[] {
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as LogLine];
    } catch {
      return [];
    }
  });
}
