"""`python collect.py URL` prints every event that httpx-sse receives, until one of type `end`."""

import json
import sys

import httpx
import httpx_sse

seen, last, is_open = [], "", True
with httpx.Client(timeout=20) as client:
    while is_open:
        headers = {b"Last-Event-ID": last.encode()} if last else {}
        try:
            with httpx_sse.connect_sse(client, "GET", sys.argv[1], headers=headers) as source:
                for event in source.iter_sse():
                    last = event.id
                    if event.event == "end":
                        is_open = False
                        break
                    seen.append([event.event, event.data, event.id])
        except httpx.RemoteProtocolError:
            pass
print(json.dumps(seen))
