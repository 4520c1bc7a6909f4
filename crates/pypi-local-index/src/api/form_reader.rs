//! The reader of forms, within limits.

use std::io;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};

use super::form::{FilePart, Form, FormField, FormValue};
use super::multipart::{Malformed, MultipartReader, Piece};
use super::part_head::{PartHead, parameters};
use super::python;
use crate::store::Spool;
use crate::warehouse::Hasher;

/// The limit on the text of a form in bytes, over the names and values of its fields. A body may exceed the file size limit
/// by as much, so that a file that is slightly too large is rejected with the name of its project.
const MAX_TEXT: usize = 16 * 1024 * 1024;

/// The text that is kept of a form whose values are not, in bytes.
const MAX_REFUSED_TEXT: usize = 256 * 1024;

/// The limit on the number of fields.
const MAX_FIELDS: usize = 10_000;

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

/// Reads a body of `content_type`. A body that is not a form, whose content type is empty, is read to its end.
pub(crate) async fn read_form<S, E>(
    content_type: &str,
    body: S,
    limits: FormLimits,
) -> Result<Form, FormError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let (kind, parameters) = parameters(content_type);
    let parameter = |name: &str| {
        let mut parameters = parameters.iter().rev();
        let (_, value) = parameters.find(|(key, _)| key == name)?;
        Some(value.as_str())
    };
    if parameter("charset").is_some_and(|charset| !is_utf_8(charset)) {
        return Err(FormError::Charset);
    }
    match kind.as_str() {
        "multipart/form-data" => {
            let reader = MultipartReader::new(parameter("boundary").unwrap_or_default())?;
            let mut receiver = Receiver::new(limits);
            receive(reader, body, &mut receiver).await?;
            receiver.finish()
        }
        "application/x-www-form-urlencoded" => {
            let body = collect(body, limits.text()).await?;
            let pairs = url::form_urlencoded::parse(&body).into_owned();
            let fields = pairs.map(|(name, value)| FormField {
                name,
                value: FormValue::text(&value),
            });
            Ok(Form(fields.collect()))
        }
        _ => {
            drain(body, limits.body()).await?;
            Ok(Form::default())
        }
    }
}

/// Reads `body` to its end, but at most `limit` bytes.
pub(crate) async fn collect<S, E>(mut body: S, limit: usize) -> Result<Bytes, FormError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let mut bytes = BytesMut::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| FormError::Malformed)?;
        if bytes.len() + chunk.len() > limit {
            return Err(FormError::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

/// Reads `body` to its end, but at most `limit` bytes, and keeps nothing.
async fn drain<S, E>(mut body: S, limit: u64) -> Result<(), FormError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let mut size = 0;
    while let Some(chunk) = body.next().await {
        size += chunk.map_err(|_| FormError::Malformed)?.len() as u64;
        if size > limit {
            return Err(FormError::TooLarge);
        }
    }
    Ok(())
}

/// Reads a multipart body into `receiver`.
async fn receive<S, E>(
    mut reader: MultipartReader,
    mut body: S,
    receiver: &mut Receiver,
) -> Result<(), FormError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let mut size = 0;
    loop {
        while let Some(piece) = reader.next()? {
            match piece {
                Piece::Head(head) => receiver.begin(head)?,
                Piece::Data(data) => receiver.add(&data)?,
                Piece::End => return Ok(()),
            }
        }
        match body.next().await {
            Some(chunk) => {
                let chunk = chunk.map_err(|_| FormError::Malformed)?;
                size += chunk.len() as u64;
                if size > receiver.limits.body() {
                    return Err(FormError::TooLarge);
                }
                reader.push(&chunk);
            }
            None => reader.end(),
        }
    }
}

/// The parts of a form as they arrive.
struct Receiver {
    limits: FormLimits,
    form: Form,
    text_left: usize,
    part: Option<Part>,
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
    fn new(limits: FormLimits) -> Self {
        Self {
            limits,
            form: Form::default(),
            text_left: limits.text(),
            part: None,
        }
    }

    fn begin(&mut self, head: PartHead) -> Result<(), FormError> {
        self.end_part()?;
        if self.form.0.len() == MAX_FIELDS {
            return Err(FormError::TooLarge);
        }
        let names = [&head.name, &head.filename].into_iter().flatten();
        self.take_text(names.map(String::len).sum())?;
        self.part = Some(Part {
            head,
            text: Vec::new(),
            spool: Spool::default(),
            hasher: Hasher::default(),
            size: 0,
        });
        Ok(())
    }

    fn add(&mut self, data: &[u8]) -> Result<(), FormError> {
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
            return match self.limits.keeps_values {
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
        // Warehouse knows a part without a name by Python's `None`.
        let name = part.head.name.clone().unwrap_or_else(|| "None".to_owned());
        let value = part.into_value()?;
        self.form.0.push(FormField { name, value });
        Ok(())
    }

    fn finish(mut self) -> Result<Form, FormError> {
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
    /// Whether the part has a file name that is not empty.
    fn is_file(&self) -> bool {
        self.filename
            .as_deref()
            .is_some_and(|name| !name.is_empty())
    }
}

impl FormLimits {
    /// The limit on the text that is kept, in bytes.
    fn text(self) -> usize {
        match self.keeps_values {
            true => MAX_TEXT,
            false => MAX_REFUSED_TEXT,
        }
    }

    /// The size limit of a body, in bytes.
    fn body(self) -> u64 {
        self.file.saturating_add(MAX_TEXT as u64)
    }
}

fn is_utf_8(charset: &str) -> bool {
    charset.trim().replace('-', "").eq_ignore_ascii_case("utf8")
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: u64, bytes: &[u8]) -> Result<Form, FormError> {
        let part =
            b"--b\r\nContent-Disposition: form-data; name=\"content\"; filename=\"f\"\r\n\r\n";
        let body = [part, bytes, b"\r\n--b--\r\n"].concat();
        let chunks: Vec<Result<Bytes, io::Error>> = body
            .chunks(64 * 1024)
            .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
            .collect();
        let body = futures_util::stream::iter(chunks);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(read_form(
            "multipart/form-data; boundary=b",
            body,
            FormLimits {
                file,
                keeps_values: true,
            },
        ))
    }

    #[test]
    fn a_file_above_the_limit_is_counted_and_not_kept() {
        let form = read(99_999, &[0; 100_000]).unwrap();
        let file = form.content().unwrap();
        let kept = file.blob.read().unwrap();
        assert_eq!((file.size, kept.len()), (100_000, 0));
    }

    #[test]
    fn a_body_far_above_the_limit_is_not_read_to_its_end() {
        assert!(matches!(
            read(0, &[0; MAX_TEXT + 1]),
            Err(FormError::TooLarge)
        ));
    }
}
