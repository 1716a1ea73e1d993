import type { DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";

import { callAws } from "./aws-json";

/**
 * Reads a table's stream as Lambda's poller does: every call returns what has happened since the last one, in the very form
 * in which the stream's API gives it, which is also the form of the event.
 */
export class StreamReader {
  readonly #url: string;
  readonly #streamArn: string;
  #iterator: string | undefined;

  constructor(url: string, streamArn: string) {
    this.#url = url;
    this.#streamArn = streamArn;
  }

  async take(): Promise<DynamoDBStreamEvent> {
    this.#iterator ??= await this.#oldest();
    const reply = (await this.#call("GetRecords", { ShardIterator: this.#iterator })) as {
      readonly Records: DynamoDBRecord[];
      readonly NextShardIterator?: string;
    };
    this.#iterator = reply.NextShardIterator;
    return { Records: reply.Records.map((record) => ({ ...record, eventSourceARN: this.#streamArn })) };
  }

  async #oldest(): Promise<string> {
    const StreamArn = this.#streamArn;
    const { StreamDescription } = (await this.#call("DescribeStream", { StreamArn })) as {
      readonly StreamDescription: { readonly Shards: readonly { readonly ShardId: string }[] };
    };
    const [shard, ...others] = StreamDescription.Shards;
    if (shard === undefined || others.length > 0) throw new Error("expected a stream of one shard");
    const position = { StreamArn, ShardId: shard.ShardId, ShardIteratorType: "TRIM_HORIZON" };
    const { ShardIterator } = (await this.#call("GetShardIterator", position)) as { readonly ShardIterator: string };
    return ShardIterator;
  }

  #call(operation: string, body: unknown): Promise<unknown> {
    const headers = { "x-amz-target": `DynamoDBStreams_20120810.${operation}` };
    return callAws(this.#url, { service: "dynamodb", headers, body });
  }
}
