// Collects every event that an EventSource receives, until one of type `end`.
globalThis.collect = async (EventSource, path) => {
  const types = await (await fetch(new URL("/types", new URL(path, globalThis.location)))).json();
  return new Promise((finish) => {
    const source = new EventSource(path);
    const seen = [];
    const take = (event) => {
      if (typeof event.data !== "string") {
        // A lost connection is an error too, but has no data. After a rejected response, the client does not reconnect.
        if (source.readyState === 2) finish([...seen, ["refused", event.message ?? "", ""]]);
        return;
      }
      if (event.type !== "end") return seen.push([event.type, event.data, event.lastEventId]);
      source.close();
      finish(seen);
    };
    types.forEach((type) => source.addEventListener(type, take));
  });
};
