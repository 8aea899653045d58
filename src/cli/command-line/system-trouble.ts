/** What the operating system refused, as a sentence that says what to do; by the code of the error. */
const sentences: Readonly<Record<string, (path: string, syscall: string) => string>> = {
  EACCES: (path) => `This user may not use ${path}. Run it as the user that owns it, or change who may.`,
  EDQUOT: (path) => `This user's share of the disk is used up: ${path} could not be written. Make room.`,
  EEXIST: (path, syscall) =>
    syscall === "mkdir" ? `${path} is a file, and would have to be a folder. Name another.` : `There is ${path} already.`,
  EFBIG: (path) => `The file system takes no file as large as ${path} would be.`,
  EIO: (path) => `The disk failed at ${path}. Look into the log of the system before you go on.`,
  EISDIR: (path) => `${path} is a folder, and would have to be a file.`,
  ELOOP: (path) => `${path} is a link that leads to itself.`,
  EMFILE: () => "This process has too many files open. Allow it more: ulimit -n 4096",
  ENAMETOOLONG: (path) => `The file system takes no name as long as ${path}.`,
  ENFILE: () => "This machine has too many files open.",
  ENOENT: (path) => `There is no ${path}.`,
  ENOSPC: (path) => `The disk is full: ${path} could not be written. Make room.`,
  ENOTDIR: (path) => `${path} goes through a file as if it were a folder.`,
  EPERM: (path) => `This user may not use ${path}. Run it as the user that owns it, or change who may.`,
  EROFS: (path) => `${path} is on a file system that is only read.`,
};

/** Undefined for what is no such error, or is about no file: then nobody knows more than its stack. */
export function describeSystemTrouble(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path, dest, syscall }: NodeJS.ErrnoException & { readonly dest?: string } = error;
  const place = dest ?? path;
  if (code === undefined || !Object.hasOwn(sentences, code)) return undefined;
  if (place !== undefined) return sentences[code]?.(place, syscall ?? "");
  return code === "EMFILE" || code === "ENFILE" ? sentences[code]?.("", "") : undefined;
}
