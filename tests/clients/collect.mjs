// `node collect.mjs URL`: with Node's own EventSource, or with the one of the package `eventsource` in $NODE_PATH.
import { createRequire } from "node:module";
import "./collect.js";

const own = process.execArgv.includes("--experimental-eventsource");
const source = own ? EventSource : createRequire(process.env.NODE_PATH + "/")("eventsource").EventSource;
// Node ends when there is nothing to wait for, and its EventSource does not count as that while it reconnects.
setInterval(() => {}, 1000);
const seen = JSON.stringify(await collect(source, process.argv[2]));
process.stdout.write(seen, () => process.exit());
