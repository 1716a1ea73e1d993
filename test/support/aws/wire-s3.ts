import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { FakeBucket } from "./s3";
import { faultOf, type ServedFakes, type WireFault, type WireReply, type WireRequest } from "./wire";

/** Answers a request of S3's REST API, with the bucket in the path. */
export async function answerS3({ bucket }: ServedFakes, request: WireRequest): Promise<WireReply> {
  const send = bucket && operation(bucket, request);
  if (send === undefined) {
    const message = `nothing here answers ${request.method} ${request.url.pathname}${request.url.search}`;
    return fault({ code: "NotImplemented", message, status: 501 });
  }
  try {
    return await send();
  } catch (error) {
    return fault(faultOf(error));
  }
}

function operation(bucket: FakeBucket, request: WireRequest): (() => Promise<WireReply>) | undefined {
  const { method, url, body } = request;
  // The SDK names the operation in the query; any other parameter asks for something else than a whole object.
  if ([...url.searchParams.keys()].some((name) => name !== "x-id")) return undefined;
  // A body in pieces would be stored with their frames.
  if (request.header("content-encoding").includes("aws-chunked")) return undefined;
  const [, name = "", ...segments] = url.pathname.split("/").map(decodeURIComponent);
  const address = { Bucket: name, Key: segments.join("/") };

  if (method === "GET") {
    return async () => {
      const {
        Body: content,
        ContentType: type = "",
        ETag: etag = "",
      } = await bucket.send(new GetObjectCommand(address));
      const bytes = Buffer.from((await content?.transformToByteArray()) ?? []);
      return { status: 200, headers: { "content-type": type, etag }, body: bytes };
    };
  }
  if (method === "PUT") {
    const ContentType = request.header("content-type") || undefined;
    return async () => {
      const { ETag: etag = "" } = await bucket.send(new PutObjectCommand({ ...address, Body: body, ContentType }));
      return { status: 200, headers: { etag }, body: "" };
    };
  }
  return undefined;
}

function fault({ code, message, status }: WireFault): WireReply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escape(code)}</Code><Message>${escape(message)}</Message></Error>`;
  return { status, headers: { "content-type": "application/xml" }, body };
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
