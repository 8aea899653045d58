/** Something that lies at a destination. */
export interface StoredFile {
  /** Within the destination, with `/`. */
  readonly name: string;
  readonly size: number;
}

/** Where backups are kept: a folder, or a bucket. Failures that may pass were retried already when they are thrown. */
export interface BackupStore {
  /** For people: the folder, or `s3://bucket/prefix`. Holds no secret. */
  readonly description: string;
  /** A folder on the destination's own disk in which files can be made that are then put there, where there is one. */
  readonly stagingFolder: string | undefined;
  /** All files whose names begin so, in the order of their names. */
  list(prefix: string, signal?: AbortSignal): Promise<readonly StoredFile[]>;
  /** Keeps a copy of a file under that name: whole and lasting when it resolves, not there at all when it rejects. One that is there is replaced. */
  put(name: string, path: string, signal?: AbortSignal): Promise<void>;
  /** @throws BackupError where there is none of that name. */
  read(name: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** No failure where there is none. */
  delete(name: string, signal?: AbortSignal): Promise<void>;
}
