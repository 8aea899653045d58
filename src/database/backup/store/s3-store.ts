import { type FileHandle, open } from "node:fs/promises";
import { createS3Client, elementsOf, type S3Client, type S3Options } from "./s3-client.ts";
import type { BackupStore, StoredFile } from "./store.ts";

export interface S3StoreOptions extends S3Options {
  /** Before every name, without a `/` at its end; may be empty. */
  readonly prefix: string;
  /** Bytes of one part of a large file. Default 16 MiB; S3 wants 5 MiB at least, and 10,000 parts at most. */
  readonly partSize?: number;
}

const PART = 16 * 1_048_576;
const MOST_PARTS = 9_000;

/** Backups in a bucket of Amazon S3 or of anything that speaks its protocol. Files appear there only once they are whole. */
export function createS3Store(options: S3StoreOptions): BackupStore {
  const client = createS3Client(options);
  const { bucket, prefix } = options;
  const keyOf = (name: string): string => (prefix === "" ? name : `${prefix}/${name}`);
  return {
    description: `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`,
    stagingFolder: undefined,
    async list(start, signal) {
      const files: StoredFile[] = [];
      for (let next: string | undefined; ; ) {
        const query = { "list-type": "2", prefix: keyOf(start), ...(next === undefined ? {} : { "continuation-token": next }) };
        const xml = await (await client({ method: "GET", key: "", query, signal })).text();
        for (const item of xml.match(/<Contents>[\s\S]*?<\/Contents>/g) ?? []) {
          const [key = "", size = "0"] = [elementsOf(item, "Key")[0], elementsOf(item, "Size")[0]];
          files.push({ name: prefix === "" ? key : key.slice(prefix.length + 1), size: Number(size) });
        }
        next = elementsOf(xml, "NextContinuationToken")[0];
        if (next === undefined) return files.sort((left, right) => (left.name < right.name ? -1 : 1));
      }
    },
    async put(name, path, signal) {
      const file = await open(path, "r");
      try {
        const { size } = await file.stat();
        const partSize = Math.max(options.partSize ?? PART, Math.ceil(size / MOST_PARTS));
        if (size <= partSize) await client({ method: "PUT", key: keyOf(name), body: await part(file, 0, size), signal });
        else await putInParts(client, { key: keyOf(name), file, size, partSize, signal });
      } finally {
        await file.close();
      }
    },
    async read(name, signal) {
      const response = await client({ method: "GET", key: keyOf(name), signal });
      return (response.body ?? []) as AsyncIterable<Uint8Array>;
    },
    async delete(name, signal) {
      await client({ method: "DELETE", key: keyOf(name), signal });
    },
  };
}

interface Upload {
  readonly key: string;
  readonly file: FileHandle;
  readonly size: number;
  readonly partSize: number;
  readonly signal: AbortSignal | undefined;
}

async function putInParts(client: S3Client, { key, file, size, partSize, signal }: Upload): Promise<void> {
  const begun = await client({ method: "POST", key, query: { uploads: "" }, signal });
  const uploadId = elementsOf(await begun.text(), "UploadId")[0] ?? "";
  try {
    const tags: string[] = [];
    for (let at = 0; at < size; at += partSize) {
      const body = await part(file, at, Math.min(partSize, size - at));
      const response = await client({
        method: "PUT",
        key,
        query: { partNumber: String(tags.length + 1), uploadId },
        body,
        signal,
      });
      tags.push(response.headers.get("etag") ?? "");
    }
    const list = tags.map((tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag}</ETag></Part>`).join("");
    const body = Buffer.from(`<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`);
    const done = await (await client({ method: "POST", key, query: { uploadId }, body, signal })).text();
    // S3 may find out that it failed after it has said 200.
    if (done.includes("<Error>")) throw new Error(`${key} could not be put together: ${elementsOf(done, "Message")[0] ?? done}`);
  } catch (error) {
    // Parts that nobody finishes are paid for until somebody looks.
    await client({ method: "DELETE", key, query: { uploadId } }).catch(() => {});
    throw error;
  }
}

async function part(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let have = 0; have < length; ) {
    const { bytesRead } = await file.read(bytes, have, length - have, position + have);
    if (bytesRead === 0) throw new Error("The file became shorter while it was sent.");
    have += bytesRead;
  }
  return bytes;
}
