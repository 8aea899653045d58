import type { Command } from "commander";
import { backendOf, takesBackend } from "../backend/backend-argument.ts";
import { choiceOption, jobStateWords } from "../command-line/choices.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { wholeNumber } from "../command-line/values.ts";

const orders = [
  { action: "retry", argument: "id", description: "run a job again that failed, was cancelled or waits for its time" },
  { action: "cancel", argument: "id", description: "end a job that waits, and tell one that runs to stop" },
  { action: "pause", argument: "queue", description: "begin no more jobs of a queue, until it is resumed" },
  { action: "resume", argument: "queue", description: "begin jobs of a paused queue again" },
] as const;

/** `jobs` and its subcommands. */
export function addJobsCommands(program: Command, terminal: Terminal): void {
  const jobs = program.command("jobs").description("see what work waits, runs and failed, and steer it");

  takesBackend(jobs.command("list", { isDefault: true }).description("list jobs, the newest last"))
    .addOption(choiceOption("--state <state>", "jobs in this state alone", jobStateWords))
    .option("--job <name>", "jobs of this name alone")
    .option("--queue <name>", "jobs of this queue alone")
    .option("--limit <count>", "no more than the newest of them (default: 50)", wholeNumber(1))
    .option("--json", "print all that is known of each job, as JSON, one a line")
    .action(async (given, options, command) =>
      (await import("./jobs-list.ts")).jobsList({ ...options, backend: backendOf(given, command) }, terminal),
    );

  takesBackend(jobs.command("show").description("show one job: its input, its progress, its last error").argument("<id>"))
    .option("--json", "print it as JSON")
    .action(async (id, given, options, command) =>
      (await import("./jobs-show.ts")).jobsShow(id, { ...options, backend: backendOf(given, command) }, terminal),
    );

  takesBackend(jobs.command("queues").description("count the jobs of each queue by state, and say which are paused"))
    .option("--json", "print the counts as JSON")
    .action(async (given, options, command) =>
      (await import("./jobs-queues.ts")).jobsQueues({ ...options, backend: backendOf(given, command) }, terminal),
    );

  for (const { action, argument, description } of orders) {
    takesBackend(jobs.command(action).description(description).argument(`<${argument}>`)).action(
      async (target, given, _, command) =>
        (await import("./jobs-order.ts")).jobsOrder({ action, target, backend: backendOf(given, command) }, terminal),
    );
  }
}
