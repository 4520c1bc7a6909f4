//! The parts of a form as they arrive, within limits.

use std::io;

use super::form::{FilePart, Form, FormField, FormValue};
use super::multipart::Malformed;
use super::part_head::PartHead;
use crate::python;
use crate::store::{Blob, Spool};
use crate::warehouse::Hasher;

/// The limit on the text of a form in bytes, over the names and values of its fields. A body may exceed the file size limit
/// by as much, so that a file that is slightly too large is rejected with the name of its project.
pub(super) const MAX_TEXT: usize = 16 * 1024 * 1024;

/// The text that is kept of a form whose values are not, in bytes.
const MAX_REFUSED_TEXT: usize = 256 * 1024;

/// The limit on the number of fields.
pub(super) const MAX_FIELDS: usize = 10_000;

/// What is kept of a form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FormLimits {
    /// The size limit of a file, in bytes.
    pub(crate) file: u64,
    /// Whether everything is kept. Otherwise, the names are, the first texts, and the sizes and digests of files.
    pub(crate) keeps_values: bool,
}

/// Why a form could not be read.
#[derive(Debug)]
pub(crate) enum FormError {
    /// A text is in a charset for which Warehouse fails.
    Charset,
    Malformed,
    /// No temporary file could be written.
    Storage,
    TooLarge,
}

/// The parts of a form as they arrive.
pub(super) struct Receiver {
    pub(super) limits: FormLimits,
    form: Form,
    text_left: usize,
    part: Option<Part>,
    /// Where the last field `content` is in the form.
    content: Option<usize>,
}

/// The part that arrives.
struct Part {
    head: PartHead,
    text: Vec<u8>,
    spool: Spool,
    hasher: Hasher,
    size: u64,
}

impl Receiver {
    pub(super) fn new(limits: FormLimits) -> Self {
        Self {
            limits,
            form: Form::default(),
            text_left: limits.text(),
            part: None,
            content: None,
        }
    }

    pub(super) fn begin(&mut self, head: PartHead) -> Result<(), FormError> {
        self.end_part()?;
        if self.form.0.len() == MAX_FIELDS {
            return Err(FormError::TooLarge);
        }
        let names = [&head.name, &head.filename].into_iter().flatten();
        let names: usize = names.map(String::len).sum();
        self.take_text(names + head.content_type.len())?;
        self.part = Some(Part {
            head,
            text: Vec::new(),
            spool: Spool::default(),
            hasher: Hasher::default(),
            size: 0,
        });
        Ok(())
    }

    pub(super) fn add(&mut self, data: &[u8]) -> Result<(), FormError> {
        let Some(part) = &mut self.part else {
            return Ok(());
        };
        part.size += data.len() as u64;
        if part.head.is_file() {
            if part.size > self.limits.file {
                part.spool = Spool::default();
                return Ok(());
            }
            part.hasher.update(data);
            return match self.limits.keeps_values && part.head.is_content() {
                true => part.spool.write(data).map_err(FormError::from),
                false => Ok(()),
            };
        }
        if self.text_left < data.len() && !self.limits.keeps_values {
            return Ok(());
        }
        part.text.extend_from_slice(data);
        self.take_text(data.len())
    }

    /// Counts text against the limit.
    fn take_text(&mut self, size: usize) -> Result<(), FormError> {
        let left = self.text_left.checked_sub(size);
        self.text_left = left.ok_or(FormError::TooLarge)?;
        Ok(())
    }

    fn end_part(&mut self) -> Result<(), FormError> {
        let Some(part) = self.part.take() else {
            return Ok(());
        };
        if part.head.is_content() {
            // Only the last one counts.
            let before = self.content.replace(self.form.0.len());
            let before = before.and_then(|place| self.form.0.get_mut(place));
            if let Some(FormValue::File(file)) = before.map(|field| &mut field.value) {
                file.blob = Blob::default();
            }
        }
        // Warehouse knows a part without a name by Python's `None`.
        let name = part.head.name.clone().unwrap_or_else(|| "None".to_owned());
        let value = part.into_value()?;
        self.form.0.push(FormField { name, value });
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Form, FormError> {
        self.end_part()?;
        Ok(self.form)
    }
}

impl Part {
    fn into_value(self) -> Result<FormValue, FormError> {
        let charset = self.head.charset.as_deref().unwrap_or("utf8").to_owned();
        let encoding = self.head.transfer_encoding.as_deref();
        let is_encoded = matches!(encoding, Some("base64" | "quoted-printable"));
        let is_unknown = !is_known(&charset) && (self.head.is_file() || !self.text.is_empty());
        // A part with an empty file name has bytes instead of a text, which Warehouse cannot decode.
        let is_binary = self.head.filename.as_deref() == Some("");
        if is_unknown || (is_binary && (is_encoded || charset != "utf8")) {
            return Err(FormError::Charset);
        }
        if self.head.is_file() {
            return Ok(FormValue::File(FilePart {
                filename: self.head.filename.unwrap_or_default(),
                content_type: self.head.content_type,
                size: self.size,
                digests: self.hasher.finish(),
                blob: self.spool.finish(),
            }));
        }
        let decoded = match self.head.transfer_encoding.as_deref() {
            Some("base64") => python::base64(&self.text),
            Some("quoted-printable") => Some(python::quoted_printable(&self.text)),
            _ => Some(String::from_utf8_lossy(&self.text).into_owned().into()),
        };
        let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
        let text = decoded.ok_or(FormError::Malformed)?;
        Ok(match charset.to_ascii_lowercase().as_str() {
            // Warehouse has decoded the text already, and decodes it a second time.
            "iso-8859-1" | "latin-1" | "latin1" => {
                FormValue::text(&text.bytes().map(char::from).collect::<String>())
            }
            "us-ascii" | "ascii" if !text.is_ascii() => return Err(FormError::Malformed),
            _ => FormValue::text(&text),
        })
    }
}

/// Whether Python knows a charset, by its name.
fn is_known(charset: &str) -> bool {
    let families = [
        "utf", "ascii", "us-ascii", "iso", "cp", "windows", "koi8", "big5", "gb", "shift", "euc",
        "mac",
    ];
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    charset.bytes().all(is_name) && families.iter().any(|family| charset.starts_with(family))
}

impl PartHead {
    /// Whether the part may be the distribution, the only file that is used.
    fn is_content(&self) -> bool {
        self.name.as_deref() == Some("content")
    }

    /// Whether the part has a file name that is not empty.
    fn is_file(&self) -> bool {
        self.filename
            .as_deref()
            .is_some_and(|name| !name.is_empty())
    }
}

impl FormLimits {
    /// The limit on the text that is kept, in bytes.
    pub(super) fn text(self) -> usize {
        match self.keeps_values {
            true => MAX_TEXT,
            false => MAX_REFUSED_TEXT,
        }
    }

    /// The size limit of a body, in bytes.
    pub(super) fn body(self) -> u64 {
        self.file.saturating_add(MAX_TEXT as u64)
    }
}

impl From<Malformed> for FormError {
    fn from(Malformed: Malformed) -> Self {
        Self::Malformed
    }
}

impl From<io::Error> for FormError {
    fn from(_: io::Error) -> Self {
        Self::Storage
    }
}
