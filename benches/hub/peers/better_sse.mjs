// better-sse with its channel, over Node's own server. The first argument is where npm has put it.
// The protocol with the bench is that of the servers in Rust (src/servers/mod.rs).
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { createSession, createChannel } = createRequire(process.argv[2] + "/")("better-sse");

const channel = createChannel();
const server = createServer(async (request, response) => {
  response.socket.setNoDelay(true);
  channel.register(await createSession(request, response, { serializer: String }));
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => console.log(server.address().port));

const data = (number, bytes) => {
  const data = `{"n":${number},"pad":"`;
  return data + "x".repeat(Math.max(bytes - data.length - 3, 0)) + '"}~';
};

let number = 0;
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const [count, bytes] = line.split(" ").map(Number);
  for (let i = 0; i < count; i++) {
    channel.broadcast(data(number, bytes), "message", { eventId: String(number) });
    number += 1;
  }
});
lines.on("close", () => process.exit(0));
