import { relative } from "node:path";
import type { TestsStream } from "node:test";
import { root } from "./choose-files.ts";
import { keepTimes } from "./plan-processes.ts";

const LISTED = 25;

/** How long each file took, by its tests. What they wait for one another within a process is not counted. */
export function watchTimes(tests: TestsStream): { readonly keep: (list: boolean) => void } {
  const times: Record<string, number> = {};
  tests.on("test:complete", ({ file, name, nesting, details }) => {
    if (file === undefined || nesting > 0 || name === file) return;
    const path = relative(root, file);
    if (!path.startsWith("..")) times[path] = (times[path] ?? 0) + details.duration_ms;
  });
  return {
    keep(list) {
      keepTimes(times);
      if (!list) return;
      const slowest = Object.entries(times).sort(([, a], [, b]) => b - a);
      console.log(`\nThe slowest of ${slowest.length} files, in seconds:`);
      for (const [file, time] of slowest.slice(0, LISTED)) console.log(`${(time / 1000).toFixed(1).padStart(7)}  ${file}`);
    },
  };
}
