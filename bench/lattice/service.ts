/** A service of VPC Lattice for the benchmark beside it, in a process of its own: answers 200 and a kilobyte, by HTTPS. */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

const { BENCH_KEY: key, BENCH_CERT: cert, BENCH_ADDRESS: address } = process.env;
const BODY = Buffer.alloc(1024, "x");

const server = createServer({ key, cert, keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume();
  response.end(BODY);
});
server.listen(0, address, () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());
