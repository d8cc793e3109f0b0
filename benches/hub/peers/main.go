// A plain server of event streams with net/http: a goroutine and a channel for each client, as its tutorials write it.
// The protocol with the bench is that of the servers in Rust (src/servers/mod.rs).
package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
)

type message struct {
	number int
	data   string
}

var (
	mutex   sync.RWMutex
	clients = map[chan message]struct{}{}
)

func follow(w http.ResponseWriter, r *http.Request) {
	flusher := w.(http.Flusher)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	events := make(chan message, 256)
	mutex.Lock()
	clients[events] = struct{}{}
	mutex.Unlock()
	defer func() {
		mutex.Lock()
		delete(clients, events)
		mutex.Unlock()
	}()
	w.WriteHeader(http.StatusOK)
	flusher.Flush()
	for {
		select {
		case event := <-events:
			fmt.Fprintf(w, "id: %d\ndata: %s\n\n", event.number, event.data)
			flusher.Flush()
		case <-r.Context().Done():
			return
		}
	}
}

func data(number int, bytes int) string {
	data := fmt.Sprintf("{\"n\":%d,\"pad\":\"", number)
	if pad := bytes - len(data) - 3; pad > 0 {
		data += strings.Repeat("x", pad)
	}
	return data + "\"}~"
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	http.HandleFunc("/events", follow)
	go http.Serve(listener, nil)
	number := 0
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var count, bytes int
		fmt.Sscanf(lines.Text(), "%d %d", &count, &bytes)
		for i := 0; i < count; i++ {
			event := message{number, data(number, bytes)}
			number++
			mutex.RLock()
			for events := range clients {
				select {
				case events <- event:
				default: // Who is too slow loses it.
				}
			}
			mutex.RUnlock()
		}
	}
}
