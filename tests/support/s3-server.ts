import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Scope } from "./temporary-folder.ts";

export interface S3Server {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What lies in the buckets, by `bucket/key`. */
  readonly objects: Map<string, Buffer>;
  /** Uploads in parts that were neither finished nor given up. */
  readonly uploads: ReadonlyMap<string, unknown>;
  /** Every request, as `PUT /bucket/key?query`. */
  readonly requests: readonly string[];
  /** Answers that many requests with this status before it does what it is asked. */
  fail(times: number, status: number): void;
}

/**
 * A server that speaks as much of S3 as backups need, and checks every signature as its documentation says, independently of the code
 * that makes them. Lists give two keys at a time. Ends with the test.
 */
export async function startS3Server(t: Scope): Promise<S3Server> {
  const [accessKeyId, secretAccessKey] = ["TESTKEY", "test/secret+key"];
  const objects = new Map<string, Buffer>();
  const uploads = new Map<string, Map<number, Buffer>>();
  const requests: string[] = [];
  let failures = { left: 0, status: 500 };

  const handle = (request: IncomingMessage, response: ServerResponse, body: Buffer): void => {
    const url = new URL(request.url ?? "/", "http://x");
    requests.push(`${request.method} ${request.url}`);
    const answer = (status: number, text: string | Buffer = "", headers: Readonly<Record<string, string>> = {}): void =>
      void response.writeHead(status, headers).end(text);
    const refuse = (status: number, code: string): void =>
      answer(status, `<Error><Code>${code}</Code><Message>${code} &amp; so on</Message></Error>`);
    if (failures.left > 0) {
      failures.left -= 1;
      return refuse(failures.status, "SlowDown");
    }
    if (!isSigned(request, body, { accessKeyId, secretAccessKey })) return refuse(403, "SignatureDoesNotMatch");
    const path = decodeURIComponent(url.pathname).slice(1);
    const query = url.searchParams;
    const uploadId = query.get("uploadId");
    if (request.method === "GET" && query.has("list-type")) return answer(200, list(objects, path.replace(/\/$/, ""), query));
    if (request.method === "POST" && query.has("uploads")) {
      const id = `upload ${uploads.size + 1}`;
      uploads.set(id, new Map());
      return answer(200, `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    }
    if (uploadId !== null) {
      const parts = uploads.get(uploadId);
      if (parts === undefined) return refuse(404, "NoSuchUpload");
      if (request.method === "PUT") {
        parts.set(Number(query.get("partNumber")), body);
        return answer(200, "", { etag: `"${createHash("md5").update(body).digest("hex")}"` });
      }
      uploads.delete(uploadId);
      if (request.method === "DELETE") return answer(204);
      const wanted = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>"(\w+)"/g)];
      const chosen = wanted.map(([, number]) => parts.get(Number(number)) ?? Buffer.alloc(0));
      const same = wanted.every(
        ([, , tag], index) =>
          createHash("md5")
            .update(chosen[index] ?? "")
            .digest("hex") === tag,
      );
      if (!same || chosen.length !== parts.size) return refuse(400, "InvalidPart");
      objects.set(path, Buffer.concat(chosen));
      return answer(200, "<CompleteMultipartUploadResult/>");
    }
    const object = objects.get(path);
    switch (request.method) {
      case "PUT":
        objects.set(path, body);
        return answer(200);
      case "DELETE":
        objects.delete(path);
        return answer(204);
      case "GET":
        return object === undefined ? refuse(404, "NoSuchKey") : answer(200, object);
      default:
        return refuse(405, "MethodNotAllowed");
    }
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => handle(request, response, Buffer.concat(chunks)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    accessKeyId,
    secretAccessKey,
    objects,
    uploads,
    requests,
    fail: (left, status) => void (failures = { left, status }),
  };
}

function list(objects: ReadonlyMap<string, Buffer>, bucket: string, query: URLSearchParams): string {
  const prefix = query.get("prefix") ?? "";
  const after = query.get("continuation-token") ?? "";
  const keys = [...objects.keys()]
    .filter((name) => name.startsWith(`${bucket}/${prefix}`))
    .map((name) => name.slice(bucket.length + 1))
    .sort()
    .filter((key) => key > after);
  const page = keys.slice(0, 2);
  const items = page.map(
    (key) => `<Contents><Key>${key}</Key><Size>${objects.get(`${bucket}/${key}`)?.length}</Size></Contents>`,
  );
  const next = keys.length > page.length ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
  return `<ListBucketResult>${items.join("")}${next}</ListBucketResult>`;
}

/** docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, from what came over the wire. */
function isSigned(
  request: IncomingMessage,
  body: Buffer,
  { accessKeyId, secretAccessKey }: { readonly accessKeyId: string; readonly secretAccessKey: string },
): boolean {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=(\w{64})$/.exec(
      request.headers.authorization ?? "",
    );
  if (match === null || match[1] !== accessKeyId) return false;
  const [, , date = "", region = "", names = "", signature = ""] = match;
  const hash = createHash("sha256").update(body).digest("hex");
  if (request.headers["x-amz-content-sha256"] !== hash) return false;
  const time = String(request.headers["x-amz-date"]);
  const sentAt = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!time.startsWith(date) || Math.abs(Date.now() - sentAt) > 900_000) return false;
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const parameters = query === "" ? [] : query.split("&").map((pair) => (pair.includes("=") ? pair : `${pair}=`));
  const canonical = [
    request.method,
    path,
    parameters
      .map((pair) => pair.replaceAll("+", "%20"))
      .sort()
      .join("&"),
    ...names.split(";").map((name) => `${name}:${String(request.headers[name]).trim()}`),
    "",
    names,
    hash,
  ].join("\n");
  let key: Buffer | string = `AWS4${secretAccessKey}`;
  for (const part of [date, region, "s3", "aws4_request"]) key = createHmac("sha256", key).update(part).digest();
  const digest = createHash("sha256").update(canonical).digest("hex");
  const wanted = createHmac("sha256", key)
    .update(`AWS4-HMAC-SHA256\n${time}\n${date}/${region}/s3/aws4_request\n${digest}`)
    .digest();
  return timingSafeEqual(wanted, Buffer.from(signature, "hex"));
}
