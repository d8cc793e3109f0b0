// Events of a stream of bytes: a class around the WebAssembly module, for pages, workers and Node.
//
//     const module = await WebAssembly.compileStreaming(fetch("eventwire_wasm.wasm"));
//     for await (const event of events((await fetch("/ticks")).body, new Decoder(module))) {
//         console.log(event.type, event.data, event.lastEventId);
//     }

/** The decoder of one stream. */
export class Decoder {
    #wasm;

    /** @param {WebAssembly.Module} module */
    constructor(module) {
        this.#wasm = new WebAssembly.Instance(module).exports;
    }

    /**
     * Takes the next chunk, of any size, and gives its events: `{ type, data, lastEventId }`, strings.
     *
     * Throws at an event that is too large, more than 16 MiB. What is behind it, or was left in the middle, is read
     * with the next chunk; that may be an empty one.
     *
     * @param {Uint8Array} chunk
     */
    *feed(chunk) {
        const at = this.#wasm.room(chunk.length);
        // Grown memory has a new buffer, so get it each time.
        new Uint8Array(this.#wasm.memory.buffer, at, chunk.length).set(chunk);
        this.#wasm.push();
        for (let found; (found = this.#wasm.next()) !== 0; ) {
            const [what, ...places] = new Uint32Array(this.#wasm.memory.buffer, found, 7);
            const [type, data, lastEventId] = [0, 2, 4].map((n) => this.#text(places[n], places[n + 1]));
            if (what === GIVEN_UP) {
                throw new Error(data);
            }
            yield { type, data, lastEventId };
        }
    }

    /** Ends the connection: what it left unfinished is no event. The next chunk begins another one. */
    finish() {
        this.#wasm.finish();
    }

    #text(at, length) {
        return utf8.decode(new Uint8Array(this.#wasm.memory.buffer, at, length));
    }
}

/**
 * The events of one connection, and no longer than somebody asks for them.
 *
 * @param {ReadableStream<Uint8Array>} body of a response
 * @param {Decoder} decoder one that may have read an earlier connection
 */
export async function* events(body, decoder) {
    const reader = body.getReader();
    try {
        for (let chunk; !(chunk = await reader.read()).done; ) {
            yield* decoder.feed(chunk.value);
        }
    } finally {
        decoder.finish();
        await reader.cancel();
    }
}

// The constants of src/lib.rs.
const GIVEN_UP = 2;

// A byte order mark at the beginning of data is data.
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
