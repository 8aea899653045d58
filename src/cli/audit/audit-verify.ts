import { type AuditHead, verifyAudit } from "#database";
import type { ExitCode } from "../command-line/exit-code.ts";
import { UsageError } from "../command-line/command-error.ts";
import { withDatabase } from "../backend/open-audit.ts";
import type { Terminal } from "../command-line/terminal.ts";

export interface AuditVerifyOptions {
  readonly backend: string;
  readonly head?: string;
  readonly json?: boolean;
}

/** Walks the audit log, and ends with 1 where something is wrong with it. */
export async function auditVerify({ backend, head, json = false }: AuditVerifyOptions, terminal: Terminal): Promise<ExitCode> {
  const noted = head === undefined ? undefined : readHead(head);
  const verdict = await withDatabase(backend, (connection) =>
    verifyAudit(connection, {
      ...(noted === undefined ? {} : { noted }),
      report: (entries) => terminal.progress(`${countEntries(entries)} checked`),
    }),
  );
  terminal.progress("");
  const { problem } = verdict;
  const entries = verdict.head.sequence;
  const last = entries === 0 ? null : `${entries}:${verdict.head.hash}`;
  if (json)
    terminal.print(JSON.stringify({ whole: problem === undefined, entries, head: last, problem: problem ?? null }, null, 2));
  else if (problem !== undefined) {
    terminal.print(terminal.style("red", `The audit log is not whole. ${problem}`));
    terminal.print(entries === 0 ? "No entry before that." : `Whole up to entry ${entries}.`);
  } else {
    terminal.print(terminal.style("green", `The audit log is whole: ${countEntries(entries)}.`));
    if (last !== null) describeHead(last, noted, terminal);
  }
  return problem === undefined ? 0 : 1;
}

function describeHead(head: string, noted: AuditHead | undefined, terminal: Terminal): void {
  terminal.print(`Head: ${head}`);
  if (noted !== undefined) terminal.print(`Entry ${noted.sequence} is the one that was noted.`);
  else
    terminal.report(
      terminal.style(
        "dim",
        "Keep the head somewhere else: with --head, a later check also finds entries that were removed at the end.",
      ),
    );
}

function readHead(text: string): AuditHead {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence === undefined || hash === undefined)
    throw new UsageError(
      `--head must be as 'chassis audit verify' and the server's log show it, a number, a colon and 64 hexadecimal digits, not '${text}'.`,
    );
  return { sequence: Number(sequence), hash };
}

function countEntries(number: number): string {
  return `${number} ${number === 1 ? "entry" : "entries"}`;
}
