import { DynamoDBServiceException } from "@aws-sdk/client-dynamodb";
import { S3ServiceException } from "@aws-sdk/client-s3";
import { WAFV2ServiceException } from "@aws-sdk/client-wafv2";
import type { FakeTable } from "./dynamodb";
import type { FakeBucket } from "./s3";
import type { FakeWaf } from "./waf";

/** The stand-ins behind a server; a call of a service that is missing is answered with an error. */
export interface ServedFakes {
  readonly waf?: FakeWaf;
  readonly table?: FakeTable;
  readonly bucket?: FakeBucket;
}

/** A request that has arrived whole. */
export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  /** A header's value, or an empty text. */
  readonly header: (name: string) => string;
  readonly body: Buffer;
}

/** What goes back. */
export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** An error as every protocol of AWS tells it. */
export interface WireFault {
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

/**
 * What an error thrown by a stand-in or a hook is on the wire. An error that is not the SDK's is a failure of the service.
 *
 * @throws the error itself when it is a broken connection, for which there is no reply
 */
export function faultOf(error: unknown): WireFault {
  if (error instanceof Error && "code" in error && error.code === "ECONNRESET") throw error;
  if (
    error instanceof WAFV2ServiceException ||
    error instanceof DynamoDBServiceException ||
    error instanceof S3ServiceException
  ) {
    const status = error.$metadata.httpStatusCode ?? (error.$fault === "server" ? 500 : 400);
    return { code: error.name, message: error.message, status };
  }
  return { code: "InternalFailure", message: String(error), status: 500 };
}
