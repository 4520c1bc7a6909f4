//! Project pages in JSON.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::{
    files::{Builder, Entry},
    html::MAX_ESCAPED,
};

/// The status of a project, and why it has it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
pub(crate) struct Status {
    pub(crate) status: Option<String>,
    pub(crate) reason: Option<String>,
}

/// Adds the files of a project page; `None` for anything else.
///
/// # Source
///
/// [PyPA, "Simple repository API"](https://packaging.python.org/en/latest/specifications/simple-repository-api/), JSON API
/// (PEP 691, 700, 740 and 792, read 2026-11-21).
pub(crate) fn read<'a>(text: &'a str, files: &mut Builder<'a>) -> Option<Status> {
    let mut json = serde_json::Deserializer::from_str(text);
    let status = Page(files).deserialize(&mut json).ok()?;
    json.end().ok()?;
    Some(status)
}

struct Page<'b, 'a>(&'b mut Builder<'a>);

impl<'a> DeserializeSeed<'a> for Page<'_, 'a> {
    type Value = Status;

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<Status, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Page<'_, 'a> {
    type Value = Status;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a project page")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut members: M) -> Result<Status, M::Error> {
        let (mut has_files, mut status) = (false, None);
        while let Some(member) = members.next_key()? {
            match member {
                Member::Files if has_files => return Err(M::Error::duplicate_field("files")),
                Member::Files => {
                    members.next_value_seed(Files(&mut *self.0))?;
                    has_files = true;
                }
                Member::Status => status = members.next_value::<Option<Status>>()?,
                Member::Other => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        match has_files {
            true => Ok(status.unwrap_or_default()),
            false => Err(M::Error::missing_field("files")),
        }
    }
}

#[derive(Deserialize)]
#[serde(field_identifier)]
enum Member {
    #[serde(rename = "files")]
    Files,
    #[serde(rename = "project-status")]
    Status,
    #[serde(other)]
    Other,
}

struct Files<'b, 'a>(&'b mut Builder<'a>);

impl<'a> DeserializeSeed<'a> for Files<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'a> Visitor<'a> for Files<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of files")
    }

    fn visit_seq<S: SeqAccess<'a>>(self, mut files: S) -> Result<(), S::Error> {
        while let Some(file) = files.next_element::<File<'a>>()? {
            let added = self.0.add(file.entry());
            added.ok_or_else(|| S::Error::custom("the page has too many files"))?;
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    filename: Text<'a>,
    url: Option<Text<'a>>,
    provenance: Option<Text<'a>>,
    hashes: Hashes<'a>,
    size: Option<u64>,
    yanked: Option<Yanked<'a>>,
}

impl<'a> File<'a> {
    fn entry(self) -> Entry<'a> {
        Entry {
            filename: self.filename.0,
            sha256: self.hashes.sha256.map(|text| text.0),
            url: self.url.map(|text| text.0),
            provenance: self.provenance.map(|text| text.0),
            yanked: self.yanked.and_then(|yanked| yanked.0),
            size: self.size,
        }
    }
}

/// Borrowed unless it is escaped; then it has at most [`MAX_ESCAPED`] bytes.
struct Text<'a>(Cow<'a, str>);

/// The reason; `None` unless the file is yanked.
struct Yanked<'a>(Option<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        match json.deserialize_str(Reason)?.0 {
            Some(text) => Ok(Self(text)),
            None => Err(D::Error::custom("expected a text")),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Yanked<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(Reason)
    }
}

/// A boolean, or the reason (PEP 691).
struct Reason;

impl<'de> Visitor<'de> for Reason {
    type Value = Yanked<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a boolean or a text, of at most {MAX_ESCAPED} bytes if it is escaped"
        )
    }

    fn visit_bool<E>(self, is_yanked: bool) -> Result<Yanked<'de>, E> {
        Ok(Yanked(is_yanked.then(|| "".into())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Yanked<'de>, E> {
        Ok(Yanked(Some(text.into())))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Yanked<'de>, E> {
        match text.len() {
            0..=MAX_ESCAPED => Ok(Yanked(Some(text.to_owned().into()))),
            length => Err(E::invalid_length(length, &self)),
        }
    }
}

#[derive(Deserialize)]
struct Hashes<'a> {
    #[serde(borrow)]
    sha256: Option<Text<'a>>,
}
