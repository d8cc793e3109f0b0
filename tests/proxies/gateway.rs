//! A reverse proxy in front of one of our servers.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::tools::tool;

/// The proxy program and its configuration.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Nginx,
    /// With nginx's defaults: HTTP/1.0 to the server, where the end of the connection is the end of the body.
    NginxOverHttp10,
    HaProxy,
    Caddy,
    Apache,
    Varnish,
}

pub(crate) const ALL: [Kind; 6] =
    [Kind::Nginx, Kind::NginxOverHttp10, Kind::HaProxy, Kind::Caddy, Kind::Apache, Kind::Varnish];

/// A running proxy; dropping it ends the process.
pub(crate) struct Gateway {
    child: Child,
    folder: PathBuf,
    pub(crate) address: SocketAddr,
}

impl Kind {
    /// Starts the proxy in front of a server; `None` if its environment variable is not set.
    pub(crate) fn before(self, upstream: SocketAddr) -> Option<Gateway> {
        let (variable, name, conf) = match self {
            Kind::Nginx | Kind::NginxOverHttp10 => ("NGINX", "nginx.conf", include_str!("nginx.conf")),
            Kind::HaProxy => ("HAPROXY", "haproxy.cfg", include_str!("haproxy.cfg")),
            Kind::Caddy => ("CADDY", "Caddyfile", include_str!("Caddyfile")),
            Kind::Apache => ("APACHE", "apache.conf", include_str!("apache.conf")),
            Kind::Varnish => ("VARNISH", "default.vcl", include_str!("default.vcl")),
        };
        let program = tool(variable)?;
        // The port is free now, and nothing else should take it.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let folder = std::env::temp_dir().join(format!("eventwire-{name}-{}", address.port()));
        std::fs::create_dir(&folder).unwrap();
        let version = if matches!(self, Kind::NginxOverHttp10) { "1.0" } else { "1.1" };
        let conf = conf
            .replace("FOLDER", folder.to_str().unwrap())
            .replace("LISTEN", &address.to_string())
            .replace("UPSTREAM_PORT", &upstream.port().to_string())
            .replace("PORT", &address.port().to_string())
            .replace("UPSTREAM", &upstream.to_string())
            .replace("VERSION", version);
        std::fs::write(folder.join(name), conf).unwrap();
        let mut command = self.command(&program, &folder, &folder.join(name), address);
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let child =
            command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        let mut gateway = Gateway { child, folder, address };
        gateway.wait_until_it_listens(self);
        Some(gateway)
    }

    fn command(self, program: &str, folder: &Path, conf: &Path, address: SocketAddr) -> Command {
        let mut command = Command::new(program);
        match self {
            Kind::Nginx | Kind::NginxOverHttp10 => command.arg("-p").arg(folder).arg("-c").arg(conf),
            Kind::HaProxy => command.arg("-db").arg("-f").arg(conf),
            Kind::Caddy => {
                // For the files that the proxy writes.
                command.env("HOME", folder).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
                command.args(["run", "--adapter", "caddyfile", "--config"]).arg(conf)
            }
            Kind::Apache => command.arg("-DFOREGROUND").arg("-d").arg(folder).arg("-f").arg(conf),
            Kind::Varnish => {
                command.args(["-F", "-j", "none", "-T", "none", "-s", "malloc,16m"]);
                command.args(["-a", &address.to_string()]).arg("-n").arg(folder.join("varnish"));
                command.arg("-f").arg(conf)
            }
        };
        command
    }
}

impl Gateway {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn wait_until_it_listens(&mut self, kind: Kind) {
        let began = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            let log = || std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("{kind:?} exited with {status}: {}", log());
            }
            assert!(began.elapsed() < PATIENCE, "{kind:?} did not start listening in time: {}", log());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // SIGTERM first, so that the proxy can end its worker processes.
        if let Ok(None) = self.child.try_wait() {
            let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        }
        let began = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && began.elapsed() < LAST_WORDS {
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// 2 s: when asked to exit, Caddy and others wait for open streams, some of them forever.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// 20 s: Varnish first compiles its configuration.
const PATIENCE: Duration = Duration::from_secs(20);
