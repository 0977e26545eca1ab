//! A file server for `www/dist`, for this machine only.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::thread;

use anyhow::{Context, Result, bail, ensure};
use axum::Router;
use axum::http::{HeaderValue, header::CACHE_CONTROL};
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::build;

const DEFAULT_PORTS: Range<u16> = 8080..8100;

/// Serves `www/dist` on 127.0.0.1 until the process is ended.
pub fn serve(port: Option<u16>) -> Result<()> {
    ensure!(
        build::dist().join("index.html").is_file(),
        "www/dist holds no site: run `cargo xtask build` first"
    );
    let listener = listen(port)?;
    println!("http://{}/ (Ctrl-C ends it)", listener.local_addr()?);
    answer(listener)
}

/// Serves `www/dist` beside what this process does, to its end, and returns the address, with a slash last.
pub fn background() -> Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = format!("http://{}/", listener.local_addr()?);
    thread::spawn(move || answer(listener));
    Ok(address)
}

fn answer(listener: TcpListener) -> Result<()> {
    listener.set_nonblocking(true)?;
    // A browser that kept yesterday's page would hide today's build.
    let fresh = SetResponseHeaderLayer::overriding(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let files = Router::new()
        .fallback_service(ServeDir::new(build::dist()))
        .layer(CompressionLayer::new())
        .layer(fresh);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    runtime.block_on(async { Ok(axum::serve(tokio::net::TcpListener::from_std(listener)?, files).await?) })
}

/// Listens on the port asked for, or on the first free one from 8080.
fn listen(port: Option<u16>) -> Result<TcpListener> {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    if let Some(port) = port {
        return bind(port)
            .with_context(|| format!("could not listen on port {port}: choose another with --port"));
    }
    for port in DEFAULT_PORTS {
        match bind(port) {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == ErrorKind::AddrInUse => println!("Port {port} is taken."),
            Err(error) => return Err(error).with_context(|| format!("could not listen on port {port}")),
        }
    }
    bail!("choose a free port with --port")
}
