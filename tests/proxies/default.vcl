# UPSTREAM_PORT is filled in by tests/proxies/gateway.rs.
vcl 4.1;

backend shop {
    .host = "127.0.0.1";
    .port = "UPSTREAM_PORT";
    # 60 s by default: a test should not take that long.
    .between_bytes_timeout = 1s;
}

sub vcl_recv {
    # An event stream is nobody else's answer.
    return (pass);
}
