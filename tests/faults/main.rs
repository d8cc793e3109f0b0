//! Small inputs that real use has shown to fail: a test for each. `LIST.md` names them, and what covers each class.

#[path = "../server/ask.rs"]
#[allow(dead_code)]
mod ask;
#[path = "../clients/browser.rs"]
#[allow(dead_code)]
mod browser;
#[path = "../client/chunks.rs"]
#[allow(dead_code)]
mod chunks;
#[path = "../client_tcp/peer.rs"]
#[allow(dead_code)]
mod peer;
#[path = "../support/programs.rs"]
#[allow(dead_code)]
mod programs;
#[path = "../server/script.rs"]
#[allow(dead_code)]
mod script;
#[path = "../client/server.rs"]
#[allow(dead_code)]
mod server;
#[path = "../snippets/snippet.rs"]
#[allow(dead_code)]
mod snippets;
#[path = "../support/tools.rs"]
mod tools;

mod blocking;
mod code;
mod list;
mod missing;
mod pages;
mod promises;
mod wrong;
