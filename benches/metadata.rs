//! Reads the METADATA of wheels of different sizes, looks up classifiers, and checks real distributions.
//!
//! ```text
//! cargo bench -p benches --bench metadata                              sizes and classifiers
//! cargo bench -p benches --bench metadata -- FOLDER path/to/twine      also the files in FOLDER, against `twine check`
//! ```
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench reads its arguments and files, prints, and fails by panicking"
)]

use std::{
    cell::Cell,
    collections::HashSet,
    fs::{self, File},
    hint::black_box,
    io::{self, Read, Seek, SeekFrom, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use benches::compare;
use pypi_metadata::{Classifier, Distribution, Inspection, testing};

const NAME: &str = "demo-1.0-py3-none-any.whl";

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let small = wheel(folder.path(), 1);
    for megabytes in [100, 1024] {
        let large = wheel(folder.path(), megabytes);
        println!(
            "{megabytes} MB wheel: {} bytes read, 1 MB wheel: {}",
            bytes_read(&large),
            bytes_read(&small)
        );
        compare(
            &format!("METADATA of a {megabytes} MB wheel"),
            51,
            || {
                drop(black_box(Distribution::read(
                    NAME,
                    File::open(&large).expect("a file"),
                )))
            },
            ("of a 1 MB wheel", || {
                drop(black_box(Distribution::read(
                    NAME,
                    File::open(&small).expect("a file"),
                )))
            }),
        );
    }
    classifiers();
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    if let [folder, twine] = arguments.as_slice() {
        against_twine(Path::new(folder), twine);
    }
}

/// A wheel with a stored member of zeros, sparse on disk, in front of its metadata.
fn wheel(folder: &Path, megabytes: u64) -> PathBuf {
    const NAME_OF_ZEROS: &[u8] = b"zeros.bin";
    let path = folder.join(format!("{megabytes}.whl"));
    let small = testing::wheel("demo", "1.0").bytes;
    let directory_at = u32::from_le_bytes(
        small[small.len() - 6..small.len() - 2]
            .try_into()
            .expect("four bytes"),
    );
    let (members, directory) = small.split_at(directory_at as usize);
    let size = u32::try_from(megabytes * 1024 * 1024).expect("less than 4 GB");
    let shift = 30 + NAME_OF_ZEROS.len() as u32 + size;

    let mut file = File::create(&path).expect("a file");
    let sizes = [0, size, size].map(u32::to_le_bytes).concat();
    let lengths = [NAME_OF_ZEROS.len() as u16, 0]
        .map(u16::to_le_bytes)
        .concat();
    file.write_all(
        &[
            &b"PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0"[..],
            &sizes,
            &lengths,
            NAME_OF_ZEROS,
        ]
        .concat(),
    )
    .expect("written");
    file.seek(SeekFrom::Current(i64::from(size)))
        .expect("a place");
    file.write_all(members).expect("written");
    let mut directory = directory.to_vec();
    let mut at = 0;
    while directory[at..].starts_with(b"PK\x01\x02") {
        let field = at + 42..at + 46;
        let offset =
            u32::from_le_bytes(directory[field.clone()].try_into().expect("four bytes")) + shift;
        directory[field].copy_from_slice(&offset.to_le_bytes());
        let length = |place: usize| {
            usize::from(u16::from_le_bytes([
                directory[at + place],
                directory[at + place + 1],
            ]))
        };
        at += 46 + length(28) + length(30) + length(32);
    }
    directory[at + 16..at + 20].copy_from_slice(&(directory_at + shift).to_le_bytes());
    file.write_all(&directory).expect("written");
    path
}

/// The number of bytes of a file that are read for its metadata.
fn bytes_read(path: &Path) -> u64 {
    let count = Cell::new(0);
    let file = File::open(path).expect("a file");
    Distribution::read(
        NAME,
        Counting {
            file,
            count: &count,
        },
    )
    .expect("a wheel");
    count.get()
}

struct Counting<'a> {
    file: File,
    count: &'a Cell<u64>,
}

impl Read for Counting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

impl Seek for Counting<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

fn classifiers() {
    let texts = [
        "Programming Language :: Python :: 3.12",
        "Framework :: Django",
        "Private :: Do Not Upload",
        "Topic :: Utilities",
    ];
    let set: HashSet<&str> = texts.into_iter().collect();
    let each = |look_up: &dyn Fn(&str)| (0..2_500).flat_map(|_| texts).for_each(look_up);
    compare(
        "look up 10,000 classifiers",
        51,
        || each(&|text| _ = black_box(Classifier::look_up(text))),
        ("a hash set of four", || {
            each(&|text| _ = black_box(set.contains(text)))
        }),
    );
}

fn against_twine(folder: &Path, twine: &str) {
    let files = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    let files: Vec<PathBuf> = files
        .filter(|path| {
            path.extension()
                .is_some_and(|end| end == "gz" || end == "whl")
        })
        .collect();
    let twine_check = || {
        let mut command = Command::new(twine);
        let status = command
            .arg("check")
            .args(&files)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        black_box(status.expect("twine runs"));
    };
    // What twine checks: the metadata and the description.
    compare(
        &format!("check the metadata of {} distributions", files.len()),
        5,
        || {
            files
                .iter()
                .for_each(|file| drop(black_box(Distribution::open(file).map(|read| read.check()))))
        },
        ("twine check", twine_check),
    );
    compare(
        &format!("inspect {} distributions completely", files.len()),
        5,
        || {
            files
                .iter()
                .for_each(|file| drop(black_box(Inspection::open(file).expect("a file"))))
        },
        ("twine check", twine_check),
    );
}
