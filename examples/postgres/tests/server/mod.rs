//! A PostgreSQL server for a test: in its own folder, with its socket there, stopped by its process ID.

use std::fs;
use std::os::unix::fs::{chown, MetadataExt};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tokio_postgres::Config;

/// A server that runs until it is dropped.
pub struct Server {
    child: Option<Child>,
    folder: PathBuf,
    programs: PathBuf,
    user: Option<(u32, u32)>,
}

impl Server {
    /// Starts a server; if PostgreSQL is missing, says so and returns `None`.
    pub fn start() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Some(programs) = programs() else {
            assert!(std::env::var_os("EVENTWIRE_NEEDS_POSTGRES").is_none(), "there is no PostgreSQL server");
            eprintln!("skipped: there is no PostgreSQL server");
            return None;
        };
        let name = format!("eventwire-pg-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        // It refuses to run as root.
        let is_root = fs::metadata(&folder).unwrap().uid() == 0;
        let user = is_root.then(|| (number("-u"), number("-g")));
        if let Some((user, group)) = user {
            chown(&folder, Some(user), Some(group)).unwrap();
        }
        let mut server = Server { child: None, folder, programs, user };
        let data = server.folder.join("data");
        let initdb =
            server.command("initdb").arg("-D").arg(data).args(["-A", "trust", "-U", "test", "-N"]).status();
        assert!(initdb.unwrap().success());
        server.run();
        Some(server)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.stdout(Stdio::null()).stderr(Stdio::null()).current_dir(&self.folder);
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }

    pub fn run(&mut self) {
        let mut postgres = self.command("postgres");
        postgres.arg("-D").arg(self.folder.join("data")).arg("-k").arg(&self.folder);
        self.child = Some(postgres.args(["-c", "listen_addresses=", "-c", "fsync=off"]).spawn().unwrap());
        let began = Instant::now();
        // Written when it accepts connections.
        let state = self.folder.join("data/postmaster.pid");
        while !fs::read_to_string(&state).is_ok_and(|state| state.contains("ready")) {
            assert!(began.elapsed() < Duration::from_secs(60), "PostgreSQL does not answer");
            sleep(Duration::from_millis(20));
        }
    }

    /// Stops it as fast as possible without a recovery at the next start.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        if !killed.is_ok_and(|killed| killed.success()) {
            let _ = child.kill();
        }
        let _ = child.wait();
    }

    pub fn config(&self) -> Config {
        let mut config = Config::new();
        config.host_path(&self.folder).user("test").dbname("postgres");
        config
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The user `postgres`, which the package of the system creates.
fn number(of: &str) -> u32 {
    let id = Command::new("id").args([of, "postgres"]).output().unwrap();
    String::from_utf8(id.stdout).unwrap().trim().parse().expect("a user postgres")
}

/// The folder of the server: Debian does not put it on the path.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders = std::env::split_paths(&path).chain(versions.map(|version| version.path().join("bin")));
    let has_both = |folder: &PathBuf| folder.join("initdb").exists() && folder.join("postgres").exists();
    folders.find(has_both)
}
