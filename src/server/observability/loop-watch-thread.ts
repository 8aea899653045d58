import { writeSync } from "node:fs";
import { Session } from "node:inspector";
import { parentPort, workerData } from "node:worker_threads";
import { type LoopStall, type LoopThreadOptions, type Place, placeFields } from "./loop-stall.ts";

// The thread of a LoopWatch: see there.
const { shared, limit, tick, long, format } = workerData as LoopThreadOptions;
const state = new BigInt64Array(shared);

/** Milliseconds that an answer is waited for: native code is not interrupted, and the question is answered once it comes back. */
const PATIENCE = 60_000;

interface Held {
  readonly since: number;
  place: Place;
  /** Milliseconds after which it is told next. */
  tellAfter: number;
}

const now = (): number => Number(process.hrtime.bigint()) / 1e6;
let lastLook = now();
/** Before that the whole process was stopped. */
let awakeSince = lastLook;
let held: Held | undefined;

function look(): void {
  const moment = now();
  if (moment - lastLook > Math.max(limit, 3 * tick)) awakeSince = moment;
  lastLook = moment;
  const since = Math.max(Number(Atomics.load(state, 0)) / 1e6, awakeSince);
  if (held !== undefined && since > held.since) {
    parentPort?.postMessage({ milliseconds: Math.round(since - held.since), ...held.place } satisfies LoopStall);
    held = undefined;
  }
  if (held === undefined && moment - since > limit) {
    held = { since, place: {}, tellAfter: long };
    askPlace(held);
  }
  if (held !== undefined && moment - held.since > held.tellAfter) {
    tell(held, Math.round(moment - held.since));
    held.tellAfter *= 2;
    askPlace(held);
  }
}

/** What is evaluated in the main thread is so at its next safe point, on top of whatever it is doing. */
function askPlace(stall: Held): void {
  const session = new Session();
  const leave = (): void => {
    clearTimeout(timer);
    session.disconnect();
  };
  const timer = setTimeout(leave, PATIENCE);
  try {
    session.connectToMainThread();
    const expression = "globalThis[Symbol.for('chassis.loop-watch')]()";
    session.post("Runtime.evaluate", { expression, returnByValue: true, silent: true }, (_error, answer) => {
      const { result } = (answer ?? {}) as { readonly result?: { readonly value?: unknown } };
      if (typeof result?.value === "string") stall.place = JSON.parse(result.value) as Place;
      leave();
    });
  } catch {
    // A Node.js without an inspector: then only the time is told.
    leave();
  }
}

/** While it lasts the logger cannot: it is on the main thread. */
function tell({ place }: Held, milliseconds: number): void {
  const words = "The event loop is held, and nobody is served.";
  const fields = { milliseconds, ...placeFields(place) };
  const time = new Date().toISOString();
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const line =
    format === "json"
      ? JSON.stringify({ level: "error", time, pid: process.pid, ...fields, msg: words })
      : `${time.slice(11, 23)} error ${words} ${pairs.join(" ")}`;
  try {
    writeSync(format === "json" ? 1 : 2, `${line}\n`);
  } catch {
    // The log's disk is full.
  }
}

setInterval(look, tick);
