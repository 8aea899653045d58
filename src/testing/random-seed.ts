import { randomInt } from "node:crypto";
import { readTestSeed, testSeedVariable } from "#config";
import type { Random } from "./factories/random.ts";

/** Of the processes that run tests at the same time, each draws its own. */
const usual = randomInt(2 ** 32);

/** The seed that is asked for: by the test, else by whoever wants to see again what a seed made. */
export function readSeedNumber(given: number | undefined): number {
  const text = readTestSeed();
  if (given === undefined && text === undefined) return usual;
  const seed = given ?? Number(text);
  if (Number.isSafeInteger(seed) && seed >= 0 && seed < 2 ** 32) return seed;
  const [place, value] = given === undefined ? [testSeedVariable, JSON.stringify(text)] : ["random", String(given)];
  throw new TypeError(`${place} must be a whole number from 0 to ${2 ** 32 - 1}, not ${value}.`);
}

const used = new Set<number>();

/** Where the process of the tests fails, its last line says from which seed the data came. */
export function tellSeed({ seed }: Random): void {
  if (used.size === 0) process.once("exit", tell);
  used.add(seed);
}

function tell(code: number): void {
  if (code === 0 && Number(process.exitCode ?? 0) === 0) return;
  const [first, ...others] = used;
  const more = others.length === 0 ? "" : ` (and ${others.join(", ")})`;
  process.stderr.write(`Made-up data came from the seed ${first}${more}. To have the same again: ${testSeedVariable}=${first}\n`);
}
