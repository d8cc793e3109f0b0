//! Examples, as programs of their own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

/// A server that runs until it is dropped.
pub(crate) struct Program {
    child: Child,
    // Kept open: a server may say more.
    _out: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
}

pub(crate) fn petstore(arguments: &[&str]) -> Program {
    petstore_at("127.0.0.1:0", arguments)
}

pub(crate) fn petstore_at(listen: &str, arguments: &[&str]) -> Program {
    Program::start("petstore", listen, arguments)
}

pub(crate) fn proxy(upstream: SocketAddr, arguments: &[&str]) -> Program {
    proxy_at("127.0.0.1:0", upstream, arguments)
}

pub(crate) fn proxy_at(listen: &str, upstream: SocketAddr, arguments: &[&str]) -> Program {
    Program::start("proxy", listen, &[&[&*format!("http://{upstream}")], arguments].concat())
}

impl Program {
    fn start(name: &str, listen: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(example(name))
            .args(["--listen", listen])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(',').next());
        let address = address.unwrap_or_else(|| panic!("{name} said {line:?}")).parse().unwrap();
        Program { child, _out: out, address }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Does what Ctrl-C does, and waits for the end.
    pub(crate) fn interrupt(mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        let killed = Command::new("kill").args(["-INT", &self.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let status = self.child.wait().unwrap();
        (status, began.elapsed())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where an example is, built if it is absent or older than its source.
pub(crate) fn example(name: &str) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock();
    // target/<profile>/deps/petstore-<hash>
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let program = profile.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    if !is_fresh(&program, name) {
        build(profile, name);
    }
    program
}

fn is_fresh(program: &Path, name: &str) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = format!("examples/{name}");
    let mut sources = vec!["src", &own];
    sources.extend(match name {
        "tail" => &["examples/display", "examples/http_client"][..],
        "llm_tokens" => &["examples/http_client"],
        _ => &[],
    });
    let newest = sources.iter().map(|folder| newest(&root.join(folder))).max().unwrap();
    program.metadata().is_ok_and(|about| about.modified().unwrap() >= newest)
}

fn newest(path: &Path) -> SystemTime {
    match path.is_dir() {
        true => path.read_dir().unwrap().map(|entry| newest(&entry.unwrap().path())).max().unwrap(),
        false => path.metadata().unwrap().modified().unwrap(),
    }
}

fn build(profile: &Path, name: &str) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--features", &FEATURES.join(","), "--example", name, "--target-dir"]);
    cargo.arg(profile.parent().unwrap()).current_dir(env!("CARGO_MANIFEST_DIR"));
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.status().unwrap().success(), "the example could not be built");
}

/// Those of this test: what it needs is built with them already.
const FEATURES: [&str; 3] = [
    if cfg!(feature = "axum") { "axum" } else { "" },
    if cfg!(feature = "json") { "json" } else { "" },
    if cfg!(feature = "reqwest") { "reqwest" } else { "" },
];
