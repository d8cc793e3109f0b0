// `node collect.mjs URL` runs Node's own EventSource, or that of the package `eventsource` in $NODE_PATH.
import { createRequire } from "node:module";
import "./collect.js";

const own = process.execArgv.includes("--experimental-eventsource");
const source = own ? EventSource : createRequire(process.env.NODE_PATH + "/")("eventsource").EventSource;
// Keeps Node alive: it exits when nothing is pending, and a reconnecting EventSource does not count.
setInterval(() => {}, 1000);
const seen = JSON.stringify(await collect(source, process.argv[2]));
process.stdout.write(seen, () => process.exit());
