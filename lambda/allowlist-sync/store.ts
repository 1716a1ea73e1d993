import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type GetObjectCommandOutput,
  type PutObjectCommandOutput,
} from "@aws-sdk/client-s3";

/** The part of `S3Client` in use. */
export interface StoreClient {
  send(command: GetObjectCommand): Promise<GetObjectCommandOutput>;
  send(command: PutObjectCommand): Promise<PutObjectCommandOutput>;
}

/** Texts that may be lost at any time. */
export interface TextStore {
  /** The text under the key, or nothing when there is none. */
  get(key: string): Promise<string | undefined>;
  put(key: string, text: string): Promise<void>;
}

/** The objects of a bucket. */
export function bucketStore(client: StoreClient, bucket: string): TextStore {
  return {
    async get(key) {
      try {
        const { Body: body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return await body?.transformToString();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },

    async put(key, text) {
      // As bytes: the SDK takes an empty text for a stream whose length it cannot know, and warns.
      const body = Buffer.from(text);
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: "text/plain" }));
    },
  };
}
