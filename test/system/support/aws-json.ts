/** Where and as whom the suites call an emulator; none of them checks the credentials. */
export const CLIENT = {
  region: "eu-central-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
} as const;

/** The same for a process that reads its environment. */
export const CLIENT_VARIABLES = {
  AWS_REGION: CLIENT.region,
  AWS_ACCESS_KEY_ID: CLIENT.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CLIENT.credentials.secretAccessKey,
} as const;

/** A call to an AWS API for which the project has no client. */
export interface AwsCall {
  /** Name of the service in signatures. */
  readonly service: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default "/" */
  readonly path?: string;
  readonly body: unknown;
}

/**
 * Calls an emulator's JSON API.
 *
 * @throws Error with the emulator's reply unless it is a success
 */
export async function callAws(url: string, { service, headers, path = "/", body }: AwsCall): Promise<unknown> {
  const scope = `${CLIENT.credentials.accessKeyId}/20260101/${CLIENT.region}/${service}/aws4_request`;
  const response = await fetch(new URL(path, url), {
    method: "POST",
    headers: {
      // Emulators find the service in the signature's scope and do not check the signature.
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      "content-type": "application/x-amz-json-1.0",
      ...headers,
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${service} ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}
