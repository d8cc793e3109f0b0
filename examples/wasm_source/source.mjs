// A client that stays connected and sends headers: a class around the WebAssembly module, for pages and workers.
//
//     const module = await WebAssembly.compileStreaming(fetch("eventwire_wasm_source.wasm"));
//     const source = new Source(module, "https://api.example/ticks", { authorization: "Bearer .." });
//     source.addEventListener("tick", (event) => console.log(event.data, event.lastEventId));
//     source.addEventListener("change", (event) => console.log(event.detail));

/** Dispatches each event by its type, `change` for the connection, and `closed` at the end. */
export class Source extends EventTarget {
    #wasm;
    // Cancels a request or a timer.
    #running = new Map();

    /**
     * @param {WebAssembly.Module} module
     * @param {string} url
     * @param {Record<string, string>} headers of every request
     */
    constructor(module, url, headers = {}) {
        super();
        this.#wasm = new WebAssembly.Instance(module).exports;
        this.#write(`${new URL(url, location)}\n${lines(Object.entries(headers))}`);
        if (!this.#wasm.open(crypto.getRandomValues(new Uint32Array(1))[0])) {
            throw new TypeError("not a URL and headers");
        }
        // So that the caller can add listeners first.
        queueMicrotask(() => this.#go());
    }

    close() {
        this.#wasm.close();
        this.#go();
    }

    #go() {
        for (let found; (found = this.#wasm.next()) !== 0; ) {
            const [what, id, millis, ...places] = new Uint32Array(this.#wasm.memory.buffer, found, 7);
            const [first, second] = [0, 2].map((n) => this.#text(places[n], places[n + 1]));
            this.#do(what, id, millis, first, second);
        }
    }

    #do(what, id, millis, first, second) {
        switch (what) {
            case FETCH:
                this.#fetch(id, first, second);
                break;
            case SLEEP: {
                const timer = setTimeout(() => this.#finish(id), millis);
                this.#running.set(id, () => clearTimeout(timer));
                break;
            }
            case CANCEL:
                this.#running.get(id)?.();
                this.#running.delete(id);
                break;
            case EVENT: {
                const end = second.indexOf("\n");
                const [lastEventId, data] = [second.slice(0, end), second.slice(end + 1)];
                this.dispatchEvent(new MessageEvent(first, { data, lastEventId }));
                break;
            }
            case CHANGE:
                this.dispatchEvent(new CustomEvent("change", { detail: first }));
                break;
            case CLOSED:
                this.dispatchEvent(new CustomEvent("closed", { detail: first }));
        }
    }

    async #fetch(id, url, head) {
        const abort = new AbortController();
        this.#running.set(id, () => abort.abort());
        const headers = head.split("\n").filter(Boolean).map((line) => line.split(/: (.*)/s, 2));
        try {
            const response = await fetch(url, { headers, signal: abort.signal, cache: "no-store" });
            this.#write(lines(response.headers));
            this.#wasm.respond(id, response.status);
            this.#go();
            const body = response.body?.getReader();
            for (let chunk; body && !(chunk = await body.read()).done; ) {
                this.#write(chunk.value);
                this.#wasm.push(id);
                this.#go();
            }
            this.#finish(id);
        } catch (error) {
            this.#finish(id, `${error}`);
        }
    }

    #finish(id, why = "") {
        this.#write(why);
        this.#wasm.finish(id);
        this.#go();
    }

    #write(what) {
        const bytes = typeof what === "string" ? new TextEncoder().encode(what) : what;
        const at = this.#wasm.room(bytes.length);
        // Grown memory has a new buffer, so get it each time.
        new Uint8Array(this.#wasm.memory.buffer, at, bytes.length).set(bytes);
    }

    #text(at, length) {
        return utf8.decode(new Uint8Array(this.#wasm.memory.buffer, at, length));
    }
}

const lines = (headers) => [...headers].map(([name, value]) => `${name}: ${value}\n`).join("");

// The constants of src/host.rs.
const [FETCH, SLEEP, CANCEL, EVENT, CHANGE, CLOSED] = [1, 2, 3, 4, 5, 6];

// A byte order mark at the beginning of data is data.
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
