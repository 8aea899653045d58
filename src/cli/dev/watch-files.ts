import { type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname, join, sep } from "node:path";

export interface FileWatcher {
  /**
   * Files outside of the back end's folder that it imports: known only once they have been read. What was saved after `since` (milliseconds since 1970, when
   * reading began) and before they are watched counts as a change too.
   */
  add(files: readonly string[], since: number): void;
  close(): void;
}

/** Editors write a file in several steps. */
const QUIET_MILLISECONDS = 50;
const IGNORED = /(?:^|[/\\])(?:\.[^/\\]+|node_modules|dist)(?:[/\\]|$)|~$|\.(?:log|db|db-wal|db-shm|test\.ts)$/;

/**
 * Calls back with what has changed, when a file of the back end's folder, or one that was added, has changed and then nothing more for a moment. Hidden
 * files (the data directory among them), packages and tests do not count.
 */
export function watchFiles(backend: string, onChange: (files: readonly string[]) => void): FileWatcher {
  const root = dirname(backend);
  const watchers = new Map<string, FSWatcher>();
  const outside = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const changedFiles = new Set<string>();
  const changed = (file: string): void => {
    changedFiles.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const files = [...changedFiles];
      changedFiles.clear();
      onChange(files);
    }, QUIET_MILLISECONDS);
  };
  const watchFolder = (folder: string, recursive: boolean, counts: (name: string) => boolean): void => {
    if (watchers.has(folder)) return;
    const watcher = watch(folder, { recursive }, (_event, name) => {
      if (name === null || counts(name)) changed(name === null ? folder : join(folder, name));
    });
    // A folder that is removed is no reason to end.
    watcher.on("error", () => {});
    watchers.set(folder, watcher);
  };
  watchFolder(root, true, (name) => !IGNORED.test(name));
  return {
    add(files, since) {
      for (const file of files) {
        if (file.startsWith(root + sep) || outside.has(file)) continue;
        outside.add(file);
        // The folder and not the file: an editor that saves by renaming puts another file in its place.
        const folder = dirname(file);
        watchFolder(folder, false, (name) => outside.has(`${folder}${sep}${basename(name)}`));
        const saved = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
        if (saved === undefined || saved > since) changed(file);
      }
    },
    close() {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}
