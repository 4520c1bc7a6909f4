//! Distributions that are not files: bytes in memory, and readers that are opened again.

use std::{
    io::{self, Cursor, Read, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use pypi_http::{AsyncClient, BlockingClient, drive};
use pypi_local_index::LocalIndex;
use pypi_metadata::testing::{self, TestDistribution};
use pypi_publish::{DistSource, Dists, Next, Publisher, Report};
use pypi_upload::{CHUNK, FailureKind, Outcome};
use serde_json::Value;

use crate::{
    folder::release,
    local_index::{assert_published, publisher},
};

fn wheel() -> TestDistribution {
    testing::wheel("demo", "1.0")
}

fn sdist() -> TestDistribution {
    testing::sdist("demo", "1.0")
}

fn bytes(file: TestDistribution) -> DistSource {
    DistSource::bytes(file.filename, file.bytes)
}

/// A source whose openings give what `open` makes of their number, which begins at 0.
fn opened<R: Read + Seek + Send + 'static>(
    filename: &str,
    open: impl Fn(usize) -> io::Result<R> + Send + Sync + 'static,
) -> DistSource {
    let count = AtomicUsize::new(0);
    DistSource::open_with(filename, move || {
        open(count.fetch_add(1, Ordering::Relaxed))
    })
}

fn publish(local: &LocalIndex, dists: Dists) -> Report {
    let transport = BlockingClient::new().expect("a client");
    let publication = publisher(local).publish(dists, &transport);
    publication.expect("something was sent")
}

/// A report without what differs between two runs, and between memory and a disk.
fn comparable(report: &Report) -> Value {
    let mut document: Value = serde_json::from_str(&report.to_json()).expect("JSON");
    for member in ["upload_url", "index", "token_expires"] {
        document[member].take();
    }
    for file in document["files"].as_array_mut().expect("files") {
        file["url"].take();
        file["path"].take();
        for attempt in file["attempts"].as_array_mut().expect("attempts") {
            attempt["started"].take();
            attempt["duration"].take();
        }
    }
    document
}

#[test]
fn memory_is_published_with_the_report_of_a_disk() {
    let folder = release();
    let dists = Dists::read_dir(folder.path()).expect("a folder");
    let local = LocalIndex::start().expect("a server");
    let from_disk = publish(&local, dists);
    assert_published(&from_disk, &local);
    let path = from_disk.files()[0].path().expect("a path");
    assert_eq!(path.parent(), Some(folder.path()));

    let reopened = |file: TestDistribution| {
        let bytes = file.bytes;
        DistSource::open_with(file.filename, move || Ok(Cursor::new(bytes.clone())))
    };
    for sources in [
        [bytes(wheel()), bytes(sdist())],
        [reopened(wheel()), reopened(sdist())],
        [bytes(wheel()), folder.path().join("demo-1.0.tar.gz").into()],
    ] {
        let local = LocalIndex::start().expect("a server");
        let report = publish(&local, Dists::read(sources));
        assert_published(&report, &local);
        assert_eq!(comparable(&report), comparable(&from_disk));
        assert_eq!(report.files()[0].path(), None);
    }
}

#[test]
fn memory_is_published_by_every_driver() {
    let dists = || Dists::read([bytes(wheel()), bytes(sdist())]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let local = LocalIndex::start().expect("a server");
    let client = AsyncClient::new().expect("a client");
    let publisher_of = publisher(&local);
    let report = runtime.block_on(publisher_of.publish_async(dists(), &client));
    assert_published(&report.expect("published"), &local);

    let local = LocalIndex::start().expect("a server");
    let client = BlockingClient::new().expect("a client");
    let publisher = publisher(&local);
    let mut publication = publisher
        .publication(publisher.plan(dists()))
        .expect("a plan");
    let report = loop {
        match publication.advance() {
            Next::Start(task) => {
                let Ok(finished) = drive(task, &client);
                publication.finish(finished);
            }
            Next::Done(report) => break report,
            other => panic!("each task ends before the next begins: {other:?}"),
        }
    };
    assert_published(&report, &local);
}

/// The outcome of an sdist whose second opening is not what the first was, with each client.
#[track_caller]
fn assert_not_stored<R: Read + Seek + Send + 'static>(
    expected: &str,
    second: impl Fn(Vec<u8>) -> io::Result<R> + Copy + Send + Sync + 'static,
) {
    let file = sdist();
    let source = || {
        let bytes = file.bytes.clone();
        opened(&file.filename, move |count| -> io::Result<Box<dyn Both>> {
            Ok(match count {
                0 => Box::new(Cursor::new(bytes.clone())),
                _ => Box::new(second(bytes.clone())?),
            })
        })
    };
    let local = LocalIndex::start().expect("a server");
    let blocking = BlockingClient::new().expect("a client");
    let client = AsyncClient::new().expect("a client");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let publisher: Publisher = publisher(&local).verify(None);
    let reports = [
        publisher.publish(Dists::read([source()]), &blocking),
        runtime.block_on(publisher.publish_async(Dists::read([source()]), &client)),
        publisher.publish(Dists::read([source()]), &local),
    ];
    for report in reports {
        let report = report.expect("a report");
        let [file] = report.files() else {
            panic!("one file");
        };
        let Outcome::Failed(failure) = file.outcome() else {
            panic!("{expected}: {}", report.to_json());
        };
        assert_eq!(failure.kind, FailureKind::File);
        assert!(failure.message.contains(expected), "{}", failure.message);
        assert_eq!(file.filename(), "demo-1.0.tar.gz");
        assert_eq!(file.attempts().len(), 1, "such a file is not sent again");
        assert_eq!(report.token_burned(), Some(true));
    }
    assert!(local.files().is_empty(), "nothing wrong is stored");
}

trait Both: Read + Seek + Send {}

impl<R: Read + Seek + Send> Both for R {}

#[test]
fn a_second_opening_with_other_bytes_is_an_error() {
    assert_not_stored(
        "the bytes are not those that were read before",
        |mut bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            Ok(Cursor::new(bytes))
        },
    );
}

#[test]
fn a_second_opening_of_another_length_is_an_error() {
    assert_not_stored(
        "the bytes are not those that were read before",
        |mut bytes| {
            bytes.pop();
            Ok(Cursor::new(bytes))
        },
    );
    assert_not_stored("there are more bytes than were read before", |mut bytes| {
        bytes.push(0);
        Ok(Cursor::new(bytes))
    });
}

#[test]
fn a_second_opening_that_fails_is_an_error() {
    assert_not_stored("the store is gone", |_| {
        Err::<Cursor<Vec<u8>>, _>(io::Error::other("the store is gone"))
    });
}

/// Says that it has one byte more or less than it gives.
struct Lying(Cursor<Vec<u8>>, i64);

impl Read for Lying {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Lying {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = self.0.seek(to)?;
        Ok(match to {
            SeekFrom::End(0) => place.saturating_add_signed(self.1),
            _ => place,
        })
    }
}

#[test]
fn a_source_that_cannot_be_read_is_a_problem_of_the_plan() {
    let gone = || Err::<Cursor<Vec<u8>>, _>(io::Error::other("the store is gone"));
    let lying = |by: i64| {
        let bytes = sdist().bytes;
        DistSource::open_with("demo-1.0.tar.gz", move || {
            Ok(Lying(Cursor::new(bytes.clone()), by))
        })
    };
    for (source, expected) in [
        (
            DistSource::open_with("demo-1.0.tar.gz", gone),
            "the file cannot be read: the store is gone",
        ),
        (lying(1), "the file changed while it was being read"),
        (lying(-1), "the file changed while it was being read"),
    ] {
        let plan = Publisher::pypi().plan(Dists::read([source]));
        assert_eq!(
            plan.problems()[0].to_string(),
            format!("demo-1.0.tar.gz: {expected}")
        );
        assert!(!plan.is_publishable());
    }
}

/// Notes the number of bytes that were read, and the longest buffer.
struct Watched(Cursor<Vec<u8>>, Arc<[AtomicUsize; 2]>);

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1[0].fetch_add(count, Ordering::Relaxed);
        self.1[1].fetch_max(buffer.len(), Ordering::Relaxed);
        Ok(count)
    }
}

impl Seek for Watched {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_source_is_read_twice_and_in_chunks() {
    let metadata = testing::metadata("demo", "1.0");
    let members = [
        ("demo-1.0/PKG-INFO".to_owned(), metadata),
        ("demo-1.0/data".to_owned(), noise(3 * CHUNK)),
    ];
    let bytes = testing::tar_gz(&members);
    assert!(bytes.len() > 2 * CHUNK, "{}", bytes.len());
    let seen: Arc<[AtomicUsize; 2]> = Arc::default();
    let source = DistSource::open_with("demo-1.0.tar.gz", {
        let (bytes, seen) = (bytes.clone(), Arc::clone(&seen));
        move || Ok(Watched(Cursor::new(bytes.clone()), Arc::clone(&seen)))
    });
    let local = LocalIndex::start().expect("a server");
    let report = publish(&local, Dists::read([source]));
    assert!(report.is_success(), "{}", report.to_json());
    let [read, longest] = [0, 1].map(|at| seen[at].load(Ordering::Relaxed));
    assert!(read <= 2 * bytes.len() + CHUNK, "{read} of {}", bytes.len());
    assert!(longest <= CHUNK, "{longest}");
}

/// Text that does not compress to less than half.
fn noise(length: usize) -> String {
    let mut state: u32 = 1;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b' ' + (state >> 25) as u8 % 90)
    };
    (0..length).map(|_| next()).collect()
}
