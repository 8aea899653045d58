/** Searches for as long as it is told: `npm run histories -- --minutes 5`. Ends with 1 where a history is bad. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { HurriedFunctions } from "./product/functions-store.ts";
import { RunningChassis } from "./product/platform-store.ts";
import { search } from "./run/search.ts";

const help = `npm run histories -- [options]

Runs random transactions against Chassis, and checks that each history of them has a serial order.

  --minutes <n>  how long (1)
  --seed <n>     the first seed (from the clock); each round takes the next
  --only <what>  http or functions (both, in turn)
  --help`;

/** Histories of one seed, on one database. */
const roundLength = 100;

const stores = { http: RunningChassis, functions: HurriedFunctions } as const;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === "string") {
    print(options);
    return options === help ? 0 : 2;
  }
  const { minutes, seed, only } = options;
  const deadline = performance.now() + minutes * 60_000;
  let [histories, transactions] = [0, 0];
  for (let round = 0; round === 0 || performance.now() < deadline; round++) {
    for (const name of only) {
      const left = Math.max(1000, deadline - performance.now());
      const found = await runRound({ name, seed: seed + round, time: left });
      histories += found.histories;
      transactions += found.transactions;
      if (found.failure !== undefined) {
        print(`${found.failure}\nAgain: npm run histories -- --seed ${seed + round} --only ${name}`);
        return 1;
      }
    }
    print(`seed ${seed + round}: ${histories} histories, ${transactions} transactions, all in some serial order`);
  }
  return 0;
}

interface Round {
  readonly name: keyof typeof stores;
  readonly seed: number;
  readonly time: number;
}

async function runRound({
  name,
  seed,
  time,
}: Round): Promise<{ histories: number; transactions: number; failure: string | undefined }> {
  const folder = await mkdtemp(join(tmpdir(), "chassis-histories-"));
  try {
    const running = await stores[name].start(folder);
    const { store, tally } = running;
    const found = await search({ store, seed, histories: roundLength, time, timeToShrink: 60_000 });
    await running.close();
    return { ...found, transactions: tally.transactions };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function readOptions(args: readonly string[]): { minutes: number; seed: number; only: readonly Round["name"][] } | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: "string", default: "1" },
        seed: { type: "string", default: String(Math.floor(Date.now() / 1000)) },
        only: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return help;
    const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
    if (!(minutes > 0)) return `--minutes needs a number above 0, not '${values.minutes}'.`;
    if (!Number.isSafeInteger(seed)) return `--seed needs a whole number, not '${values.seed}'.`;
    const { only } = values;
    if (only === undefined) return { minutes, seed, only: ["http", "functions"] };
    if (only !== "http" && only !== "functions") return `--only is http or functions, not '${only}'.`;
    return { minutes, seed, only: [only] };
  } catch (error) {
    return `${(error as Error).message}\n\n${help}`;
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
