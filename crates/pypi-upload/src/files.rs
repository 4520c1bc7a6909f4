//! The files of a project page, by their places in it.
//!
//! A page may list hundreds of thousands of files: what is in it as it is read is not copied.

use std::{
    borrow::Cow,
    fmt,
    num::{NonZeroU32, NonZeroU64},
};

/// A page and its files, in the order of their names.
#[derive(Clone, Default)]
pub(crate) struct Files {
    text: String,
    /// What is not in the text as it is read, because it is escaped there or has capital letters.
    rest: String,
    files: Vec<File>,
}

/// What a page says of a file.
#[derive(Clone)]
struct File {
    filename: Place,
    sha256: Option<Place>,
    url: Option<Place>,
    provenance: Option<Place>,
    yanked: Option<Place>,
    /// One more than the size.
    size: Option<NonZeroU64>,
    /// Its place among the files of the page.
    at: u32,
}

/// A part of the text, or of the rest, which begins where the text ends.
#[derive(Clone, Copy)]
struct Place {
    start: u32,
    /// One more than the length.
    after: NonZeroU32,
}

/// What a page says of a file, as it is read.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Entry<'a> {
    pub(crate) filename: Cow<'a, str>,
    pub(crate) sha256: Option<Cow<'a, str>>,
    /// Without the fragment.
    pub(crate) url: Option<Cow<'a, str>>,
    pub(crate) provenance: Option<Cow<'a, str>>,
    /// The reason, which may be empty, if it is yanked.
    pub(crate) yanked: Option<Cow<'a, str>>,
    pub(crate) size: Option<u64>,
}

impl PartialEq for Files {
    fn eq(&self, other: &Self) -> bool {
        self.rows().eq(other.rows())
    }
}

impl Eq for Files {}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.rows()).finish()
    }
}

/// A file of a page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Row<'a> {
    pub(crate) filename: &'a str,
    pub(crate) sha256: Option<&'a str>,
    pub(crate) url: Option<&'a str>,
    pub(crate) provenance: Option<&'a str>,
    pub(crate) yanked: Option<&'a str>,
    pub(crate) size: Option<u64>,
}

impl Files {
    /// The files that `read` finds in a page, and what else it finds; the page when it finds none, or too many.
    pub(crate) fn read<T>(
        text: String,
        read: impl for<'a> FnOnce(&'a str, &mut Builder<'a>) -> Option<T>,
    ) -> Result<(Self, T), String> {
        let mut builder = Builder {
            text: &text,
            rest: String::new(),
            files: Vec::new(),
        };
        let Some(read) = read(&text, &mut builder) else {
            return Err(text);
        };
        let Builder { rest, files, .. } = builder;
        let mut found = Self { text, rest, files };
        found.sort();
        Ok((found, read))
    }

    fn sort(&mut self) {
        let mut files = std::mem::take(&mut self.files);
        files.sort_unstable_by(|one, other| {
            let by_name = self.part(one.filename).cmp(self.part(other.filename));
            by_name.then(one.at.cmp(&other.at))
        });
        self.files = files;
    }

    /// The files, in the order of their names.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.files.iter().map(|file| self.row(file))
    }

    /// The files with this name, in the order of the page.
    pub(crate) fn named(&self, filename: &str) -> impl Iterator<Item = Row<'_>> + Clone {
        let name = |file: &File| self.part(file.filename);
        let start = self.files.partition_point(|file| name(file) < filename);
        let files = self.files.get(start..).unwrap_or_default();
        let end = files.partition_point(|file| name(file) == filename);
        let files = files.get(..end).unwrap_or_default();
        files.iter().map(|file| self.row(file))
    }

    fn row(&self, file: &File) -> Row<'_> {
        let part = |place: Option<Place>| place.map(|place| self.part(place));
        Row {
            filename: self.part(file.filename),
            sha256: part(file.sha256),
            url: part(file.url),
            provenance: part(file.provenance),
            yanked: part(file.yanked),
            size: file.size.map(|size| size.get() - 1),
        }
    }

    fn part(&self, place: Place) -> &str {
        let (text, start) = match (place.start as usize).checked_sub(self.text.len()) {
            Some(start) => (&self.rest, start),
            None => (&self.text, place.start as usize),
        };
        let end = start + place.after.get() as usize - 1;
        text.get(start..end).unwrap_or_default()
    }
}

/// Finds the places of what is read.
pub(crate) struct Builder<'a> {
    text: &'a str,
    rest: String,
    files: Vec<File>,
}

impl<'a> Builder<'a> {
    /// Adds a file; `None` when there are too many.
    pub(crate) fn add(&mut self, entry: Entry<'a>) -> Option<()> {
        if self.files.len() >= MAX_FILES {
            return None;
        }
        let sha256 =
            entry.sha256.map(
                |hex| match hex.bytes().any(|byte| byte.is_ascii_uppercase()) {
                    true => hex.to_ascii_lowercase().into(),
                    false => hex,
                },
            );
        let file = File {
            filename: self.place(entry.filename)?,
            sha256: self.optional(sha256)?,
            url: self.optional(entry.url)?,
            provenance: self.optional(entry.provenance)?,
            yanked: self.optional(entry.yanked)?,
            size: entry
                .size
                .and_then(|size| NonZeroU64::new(size.wrapping_add(1))),
            at: u32::try_from(self.files.len()).ok()?,
        };
        self.files.push(file);
        Some(())
    }

    #[expect(clippy::option_option, reason = "the outer one ends the reading")]
    fn optional(&mut self, part: Option<Cow<'a, str>>) -> Option<Option<Place>> {
        match part {
            Some(part) => self.place(part).map(Some),
            None => Some(None),
        }
    }

    fn place(&mut self, part: Cow<'a, str>) -> Option<Place> {
        let start = match part {
            // A part of the text: its address is in it.
            Cow::Borrowed(part) if !part.is_empty() => {
                let start = (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
                (start < self.text.len()).then_some(start)?
            }
            _ => {
                let start = self.text.len() + self.rest.len();
                if self.rest.len() + part.len() > MAX_REST {
                    return None;
                }
                self.rest.push_str(&part);
                start
            }
        };
        let after = u32::try_from(part.len() + 1).ok()?;
        Some(Place {
            start: u32::try_from(start).ok()?,
            after: NonZeroU32::new(after)?,
        })
    }
}

/// The most files of a project page; the projects of PyPI have some ten thousands.
const MAX_FILES: usize = 250_000;

/// The most bytes of a page that are escaped, or capital letters of a sha256.
const MAX_REST: usize = 8 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(filename: Cow<'_, str>) -> Entry<'_> {
        Entry {
            filename,
            ..Entry::default()
        }
    }

    #[test]
    fn a_file_needs_few_bytes() {
        assert!(size_of::<File>() <= 56);
    }

    #[test]
    fn files_are_in_the_order_of_their_names_and_then_of_the_page() {
        let read = Files::read("b a b".to_owned(), |text, files| {
            for (place, name) in text.split(' ').enumerate() {
                files.add(Entry {
                    size: Some(place as u64),
                    sha256: Some("AB".into()),
                    ..entry(name.into())
                })?;
            }
            files.add(entry("ä".to_owned().into()))
        });
        let (files, ()) = read.expect("few files");
        let found: Vec<_> = files.rows().map(|row| (row.filename, row.size)).collect();
        let expected = [("a", Some(1)), ("b", Some(0)), ("b", Some(2)), ("ä", None)];
        assert_eq!(found, expected);
        assert_eq!(files.named("b").count(), 2);
        assert_eq!(files.named("c").count(), 0);
        assert_eq!(
            files.named("a").next().and_then(|row| row.sha256),
            Some("ab")
        );
    }

    #[test]
    fn the_files_and_what_is_escaped_are_bounded() {
        let read = |count: usize, text: &str| {
            let read = Files::read("page".to_owned(), |_, files| {
                (0..count).try_for_each(|_| files.add(entry(text.to_owned().into())))
            });
            read.is_ok()
        };
        assert!(read(MAX_FILES, ""));
        assert!(!read(MAX_FILES + 1, ""));
        assert!(read(8, &"x".repeat(MAX_REST / 8)));
        assert!(!read(9, &"x".repeat(MAX_REST / 8)));
    }
}
