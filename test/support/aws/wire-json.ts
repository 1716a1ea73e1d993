import { ScanCommand, type ScanCommandInput } from "@aws-sdk/client-dynamodb";
import {
  GetIPSetCommand,
  ListIPSetsCommand,
  UpdateIPSetCommand,
  type GetIPSetCommandInput,
  type ListIPSetsCommandInput,
  type UpdateIPSetCommandInput,
} from "@aws-sdk/client-wafv2";
import { faultOf, type ServedFakes, type WireReply, type WireRequest } from "./wire";

/** Names the operation in AWS's JSON protocols. */
export const TARGET_HEADER = "x-amz-target";

/** Calls a stand-in with what the SDK serialized; undefined when there is no such stand-in. */
type Operation = (fakes: ServedFakes, input: unknown) => Promise<object> | undefined;

/** Every operation by its target. The SDK's shapes are the wire's as long as no dates and no bytes are in them. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["AWSWAF_20190729.ListIPSets", ({ waf }, input) => waf?.send(new ListIPSetsCommand(input as ListIPSetsCommandInput))],
  ["AWSWAF_20190729.GetIPSet", ({ waf }, input) => waf?.send(new GetIPSetCommand(input as GetIPSetCommandInput))],
  [
    "AWSWAF_20190729.UpdateIPSet",
    ({ waf }, input) => waf?.send(new UpdateIPSetCommand(input as UpdateIPSetCommandInput)),
  ],
  ["DynamoDB_20120810.Scan", ({ table }, input) => table?.send(new ScanCommand(input as ScanCommandInput))],
]);

/** Answers a request of AWS JSON 1.0 or 1.1. */
export async function answerJson(fakes: ServedFakes, request: WireRequest): Promise<WireReply> {
  const headers = { "content-type": request.header("content-type") };
  const refuse = (status: number, type: string, message: string): WireReply => ({
    status,
    headers,
    body: JSON.stringify({ __type: type, message }),
  });
  const target = request.header(TARGET_HEADER);
  try {
    const call = OPERATIONS.get(target)?.(fakes, JSON.parse(request.body.toString("utf8")));
    if (call === undefined) return refuse(400, "UnknownOperationException", `nothing here answers ${target}`);
    const output = await call;
    return { status: 200, headers, body: JSON.stringify({ ...output, $metadata: undefined }) };
  } catch (error) {
    const { status, code, message } = faultOf(error);
    return refuse(status, code, message);
  }
}
