// Checks that the module reads the samples correctly, from bodies of `fetch`: `node check.mjs [MODULE.wasm]`.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { setImmediate } from "node:timers/promises";

import { Decoder, events } from "./decoder.mjs";

const built = "target/wasm32-unknown-unknown/release/eventwire_wasm.wasm";
const bytes = readFileSync(process.argv[2] ?? new URL(built, import.meta.url));
const module = new WebAssembly.Module(bytes);
const samples = new URL("../samples/", import.meta.url);

// A limit, in case the server fails.
const signal = AbortSignal.timeout(60_000);

async function samplesAreReadHoweverTheyAreCut() {
    const names = readdirSync(samples).filter((name) => name.endsWith(".sse"));
    assert.ok(names.length > 0, "no samples");
    for (const name of names) {
        const whole = readFileSync(new URL(name, samples));
        const lines = readFileSync(new URL(name.replace(".sse", ".expected.jsonl"), samples), "utf8");
        const expected = lines.trimEnd().split("\n").map((line) => JSON.parse(line));
        for (const size of [1, 7, 64, whole.length]) {
            let chunks = 0;
            const body = await fetched(async (response) => {
                for (let at = 0; at < whole.length; at += size) {
                    response.write(whole.subarray(at, at + size));
                    await setImmediate();
                }
                response.end();
            });
            const counted = body.pipeThrough(new TransformStream({
                transform(chunk, controller) {
                    chunks += 1;
                    controller.enqueue(chunk);
                },
            }));
            const seen = [];
            for await (const { type, data, lastEventId } of events(counted, new Decoder(module))) {
                seen.push({ event: type, data, id: lastEventId });
            }
            assert.deepEqual(seen, expected, `${name} in pieces of ${size}`);
            assert.ok(chunks > 1 || size === whole.length, `${name} came in one piece`);
        }
    }
    return `${names.length} samples`;
}

async function anEventComesOutBeforeTheNextIsSent() {
    let goOn;
    const body = await fetched(async (response) => {
        for (let number = 0; number < 5; number += 1) {
            const seen = new Promise((resolve) => (goOn = resolve));
            response.write(`id: ${number}\ndata: tick\r\r`);
            await seen;
        }
        response.end();
    });
    let count = 0;
    for await (const event of events(body, new Decoder(module))) {
        assert.deepEqual(event, { type: "message", data: "tick", lastEventId: `${count}` });
        count += 1;
        goOn();
    }
    assert.equal(count, 5);
}

async function anotherConnectionGoesOnFromTheLastEvent() {
    const decoder = new Decoder(module);
    const seen = [];
    for (const text of ["id: 7\ndata: a\n\nid: 8\ndata: cut", "\ufeffdata: \ufeffb\n\n"]) {
        const body = await fetched(async (response) => response.end(text));
        for await (const event of events(body, decoder)) {
            seen.push(event);
        }
    }
    assert.deepEqual(seen, [
        { type: "message", data: "a", lastEventId: "7" },
        { type: "message", data: "\ufeffb", lastEventId: "7" },
    ]);
}

function anEventThatIsTooLargeIsNotTheEnd() {
    const decoder = new Decoder(module);
    const piece = new TextEncoder().encode("x".repeat(1024 * 1024));
    const feed = (chunk) => [...decoder.feed(chunk)];
    feed(new TextEncoder().encode("data: "));
    const tooMuch = () => Array.from({ length: 20 }, () => feed(piece)).flat();
    assert.throws(tooMuch, /^Error: event exceeds the limit of 16777216 bytes/);
    assert.deepEqual(feed(new TextEncoder().encode("\n\ndata: b\n\n")), [
        { type: "message", data: "b", lastEventId: "" },
    ]);
}

// The body of a response that a function writes, over a loopback connection.
async function fetched(write) {
    const server = createServer((_, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        write(response);
        server.close();
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address();
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" }, signal });
    return response.body;
}

assert.deepEqual(WebAssembly.Module.imports(module), [], "the module needs nothing of its host");
const read = await samplesAreReadHoweverTheyAreCut();
await anEventComesOutBeforeTheNextIsSent();
await anotherConnectionGoesOnFromTheLastEvent();
anEventThatIsTooLargeIsNotTheEnd();
console.log(`${read} as expected, by ${(bytes.length / 1024).toFixed()} KiB of WebAssembly`);
