/** By themselves, for the command line names them before it knows whether anything is exported. */
export const exportFormats = ["csv", "ndjson", "sql"] as const;

export type ExportFormat = (typeof exportFormats)[number];
