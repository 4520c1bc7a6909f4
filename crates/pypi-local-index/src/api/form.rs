//! The form of an upload, read within limits.

use blake2::Blake2b;
use blake2::digest::consts::U32;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};
use md5::Md5;
use multer::{Constraints, Multipart, SizeLimit};
use sha2::{Digest as _, Sha256};

/// The most bytes of text that a form may have, over all its fields; and the most that a body may have beyond the file
/// limit, so that a file that is only a little too large is refused by its project's name.
const MAX_TEXT: usize = 16 * 1024 * 1024;

/// The most fields that a form may have.
const MAX_FIELDS: usize = 10_000;

/// The pairs of a form, in the order in which they were sent.
#[derive(Debug, Default)]
pub(crate) struct Form(pub(crate) Vec<(String, Value)>);

#[derive(Debug)]
pub(crate) enum Value {
    Text(String),
    File(FilePart),
}

/// A part with a file name.
#[derive(Debug)]
pub(crate) struct FilePart {
    pub(crate) filename: String,
    /// Without parameters and in lower case; `text/plain` when the part names none.
    pub(crate) content_type: String,
    pub(crate) size: u64,
    pub(crate) md5: String,
    pub(crate) sha256: String,
    pub(crate) blake2b_256: String,
    /// Empty when the file is larger than the limit.
    pub(crate) bytes: Bytes,
}

/// Why a form could not be read.
#[derive(Debug)]
pub(crate) enum FormError {
    Malformed,
    TooLarge,
}

impl Form {
    /// Reads a body of `content_type`; of one that is no form, only the end is awaited.
    pub(crate) async fn read<S, E>(
        content_type: &str,
        body: S,
        file_limit: u64,
    ) -> Result<Self, FormError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
    {
        match multer::parse_boundary(content_type) {
            Ok(boundary) => read_multipart(boundary, body, file_limit).await,
            Err(_) if content_type.starts_with("application/x-www-form-urlencoded") => {
                let body = collect(body, MAX_TEXT).await?;
                let pairs = url::form_urlencoded::parse(&body).into_owned();
                Ok(Self(
                    pairs
                        .map(|(name, value)| (name, Value::text(&value)))
                        .collect(),
                ))
            }
            Err(_) => collect(body, MAX_TEXT).await.map(|_| Self::default()),
        }
    }

    /// The last text of a field; an index drops a field that says `UNKNOWN`.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.texts(name)
            .last()
            .filter(|text| text.trim() != "UNKNOWN")
    }

    /// Every text of a field.
    pub(crate) fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.0.iter().filter(move |(key, _)| key == name);
        values.filter_map(|(_, value)| match value {
            Value::Text(text) => Some(text.as_str()),
            Value::File(_) => None,
        })
    }

    /// The fields that were sent as files.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &FilePart)> {
        self.0.iter().filter_map(|(key, value)| match value {
            Value::File(file) => Some((key.as_str(), file)),
            Value::Text(_) => None,
        })
    }
}

impl Value {
    /// A text as the index stores it: its database has no NUL.
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.replace('\0', "\\x00"))
    }
}

/// Reads `body` to its end, `limit` bytes at most.
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

async fn read_multipart<S, E>(boundary: String, body: S, file_limit: u64) -> Result<Form, FormError>
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
{
    let whole = file_limit.saturating_add(MAX_TEXT as u64);
    let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(whole));
    let mut multipart = Multipart::with_constraints(body, boundary, limits);
    let mut form = Form::default();
    let mut left = MAX_TEXT;
    while let Some(field) = multipart.next_field().await.map_err(of_multer)? {
        if form.0.len() == MAX_FIELDS {
            return Err(FormError::TooLarge);
        }
        let name = field.name().unwrap_or_default().to_owned();
        let value = if field.file_name().is_some() {
            Value::File(read_file(field, file_limit).await?)
        } else {
            let text = collect(field, left).await?;
            left -= text.len();
            Value::text(&String::from_utf8_lossy(&text))
        };
        form.0.push((name, value));
    }
    Ok(form)
}

/// Reads a file part: its own bytes are counted, whatever a header declares.
async fn read_file(mut field: multer::Field<'_>, limit: u64) -> Result<FilePart, FormError> {
    let filename = field.file_name().unwrap_or_default().to_owned();
    let content_type = match field.headers().get("content-type") {
        Some(value) => value
            .to_str()
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default(),
        None => "text/plain",
    };
    let content_type = content_type.trim().to_ascii_lowercase();
    let (mut md5, mut sha256, mut blake2) = (Md5::new(), Sha256::new(), Blake2b::<U32>::new());
    let (mut size, mut bytes) = (0, BytesMut::new());
    while let Some(chunk) = field.chunk().await.map_err(of_multer)? {
        size += chunk.len() as u64;
        if size > limit {
            bytes = BytesMut::new();
            continue;
        }
        md5.update(&chunk);
        sha256.update(&chunk);
        blake2.update(&chunk);
        bytes.extend_from_slice(&chunk);
    }
    Ok(FilePart {
        filename,
        content_type,
        size,
        md5: hex(&md5.finalize()),
        sha256: hex(&sha256.finalize()),
        blake2b_256: hex(&blake2.finalize()),
        bytes: bytes.freeze(),
    })
}

fn of_multer(error: multer::Error) -> FormError {
    match error {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => {
            FormError::TooLarge
        }
        _ => FormError::Malformed,
    }
}

/// The digests that an index keeps of a file, in lower-case hexadecimal digits.
pub(crate) struct Digests {
    pub(crate) md5: String,
    pub(crate) sha256: String,
    pub(crate) blake2b_256: String,
}

impl Digests {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self {
            md5: hex(&Md5::digest(bytes)),
            sha256: hex(&Sha256::digest(bytes)),
            blake2b_256: hex(&Blake2b::<U32>::digest(bytes)),
        }
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file_limit: u64, file: &[u8]) -> Result<Form, FormError> {
        let part =
            b"--b\r\nContent-Disposition: form-data; name=\"content\"; filename=\"f\"\r\n\r\n";
        let body = [part, file, b"\r\n--b--\r\n"].concat();
        let chunks: Vec<Result<Bytes, std::io::Error>> = body
            .chunks(64 * 1024)
            .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
            .collect();
        let body = futures_util::stream::iter(chunks);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(Form::read(
            "multipart/form-data; boundary=b",
            body,
            file_limit,
        ))
    }

    #[test]
    fn a_file_above_the_limit_is_counted_and_not_kept() {
        let form = read(99_999, &[0; 100_000]).unwrap();
        let (_, file) = form.files().next().unwrap();
        assert_eq!((file.size, file.bytes.len()), (100_000, 0));
    }

    #[test]
    fn a_body_far_above_the_limit_is_not_read_to_its_end() {
        assert!(matches!(
            read(0, &[0; MAX_TEXT + 1]),
            Err(FormError::TooLarge)
        ));
    }
}
