//! The least that an upload can cost: both digests of a file on two threads, then its bytes.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, mpsc},
    thread,
};

use blake2::Blake2b256;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use sha2::{Digest as _, Sha256};

/// A client without retries, metadata, forms or progress.
#[derive(Debug)]
pub struct Floor {
    address: String,
    tls: Option<Arc<ClientConfig>>,
}

impl Floor {
    /// A client of the server at `HOST:PORT`, with TLS if there is a file of authorities to trust.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn new(address: &str, authorities: Option<&Path>) -> io::Result<Self> {
        let tls = authorities.map(trust).transpose()?;
        let address = address.to_owned();
        Ok(Self { address, tls })
    }

    /// Uploads every file, on `jobs` connections.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or the server does not reply 200.
    pub fn publish(&self, files: Vec<PathBuf>, jobs: usize) -> io::Result<()> {
        let files = Mutex::new(files.into_iter());
        let next = || files.lock().ok()?.next();
        thread::scope(|scope| {
            let jobs: Vec<_> = (0..jobs)
                .map(|_| {
                    scope.spawn(|| {
                        let Some(first) = next() else {
                            return Ok(());
                        };
                        let mut stream = self.connect()?;
                        std::iter::once(first)
                            .chain(std::iter::from_fn(next))
                            .try_for_each(|path| upload(&path, &mut stream))
                    })
                })
                .collect();
            jobs.into_iter().try_for_each(|job| joined(job.join()))
        })
    }

    #[expect(clippy::disallowed_methods, reason = "the client of a bench connects")]
    fn connect(&self) -> io::Result<BufReader<Box<dyn Stream>>> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        let stream: Box<dyn Stream> = match &self.tls {
            None => Box::new(stream),
            Some(config) => {
                let host = self
                    .address
                    .split(':')
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                let name = ServerName::try_from(host).map_err(io::Error::other)?;
                let connection = ClientConnection::new(Arc::clone(config), name);
                Box::new(StreamOwned::new(
                    connection.map_err(io::Error::other)?,
                    stream,
                ))
            }
        };
        Ok(BufReader::new(stream))
    }
}

trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

fn trust(authorities: &Path) -> io::Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    for authority in CertificateDer::pem_file_iter(authorities).map_err(io::Error::other)? {
        roots
            .add(authority.map_err(io::Error::other)?)
            .map_err(io::Error::other)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the client of a bench opens files"
)]
fn upload(path: &Path, stream: &mut BufReader<Box<dyn Stream>>) -> io::Result<()> {
    let (sha256, blake2b) = digests(File::open(path)?)?;
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let head = format!(
        "POST /legacy/ HTTP/1.1\r\nhost: sink\r\ndigests: {sha256:x?} {blake2b:x?}\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.get_mut().write_all(head.as_bytes())?;
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = file.read(&mut chunk)?;
        if count == 0 {
            break;
        }
        stream
            .get_mut()
            .write_all(chunk.get(..count).unwrap_or_default())?;
    }
    stream.get_mut().flush()?;
    reply(stream)
}

/// Reads a reply without a body.
fn reply(stream: &mut BufReader<Box<dyn Stream>>) -> io::Result<()> {
    let mut status = String::new();
    stream.read_line(&mut status)?;
    if !status.starts_with("HTTP/1.1 200") {
        return Err(io::Error::other(format!(
            "the reply is {status:?}, not 200"
        )));
    }
    let mut line = String::new();
    while stream.read_line(&mut line)? > "\r\n".len() {
        line.clear();
    }
    Ok(())
}

/// Reads a file once: this thread computes its sha256 and passes each chunk on to one that computes blake2b.
fn digests(mut file: File) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let (to_blake2b, chunks) = mpsc::channel::<(Vec<u8>, usize)>();
    let (give_back, free) = mpsc::channel();
    for _ in 0..CHUNKS {
        _ = give_back.send(vec![0; CHUNK]);
    }
    thread::scope(|scope| {
        let blake2b = scope.spawn(move || {
            let mut digest = Blake2b256::new();
            for (chunk, count) in chunks {
                digest.update(chunk.get(..count).unwrap_or_default());
                _ = give_back.send(chunk);
            }
            digest.finalize().to_vec()
        });
        let mut sha256 = Sha256::new();
        for mut chunk in free {
            let count = file.read(&mut chunk)?;
            if count == 0 {
                break;
            }
            sha256.update(chunk.get(..count).unwrap_or_default());
            _ = to_blake2b.send((chunk, count));
        }
        drop(to_blake2b);
        Ok((sha256.finalize().to_vec(), joined(blake2b.join().map(Ok))?))
    })
}

fn joined<T>(result: thread::Result<io::Result<T>>) -> io::Result<T> {
    result.unwrap_or_else(|_| Err(io::Error::other("a thread panicked")))
}

/// The bytes that are read, hashed and sent at a time.
const CHUNK: usize = 256 * 1024;
/// The chunks between the two threads that compute the digests.
const CHUNKS: usize = 4;
