//! The form of an upload, read within limits.

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};
use multer::{Constraints, Multipart, SizeLimit};

use crate::warehouse::{Digests, Hasher};

/// The limit on the text of a form in bytes, over all its fields. A body may exceed the file size limit by as much, so
/// that a file that is slightly too large is rejected with the name of its project.
const MAX_TEXT: usize = 16 * 1024 * 1024;

/// The limit on the number of fields.
const MAX_FIELDS: usize = 10_000;

/// The fields of a form, in the order in which they were sent.
#[derive(Debug, Default)]
pub(crate) struct Form(Vec<FormField>);

#[derive(Debug)]
pub(crate) struct FormField {
    pub(crate) name: String,
    pub(crate) value: FormValue,
}

#[derive(Debug)]
pub(crate) enum FormValue {
    Text(String),
    File(FilePart),
}

/// A part with a file name.
#[derive(Debug)]
pub(crate) struct FilePart {
    pub(crate) filename: String,
    /// Without parameters and in lower case. `text/plain` if the part has no content type.
    pub(crate) content_type: String,
    pub(crate) size: u64,
    /// Of a file above the limit: of some of its bytes.
    pub(crate) digests: Digests,
    /// Empty if the file is above the limit.
    pub(crate) bytes: Bytes,
}

/// Why a form could not be read.
#[derive(Debug)]
pub(crate) enum FormError {
    Malformed,
    TooLarge,
}

impl Form {
    /// Reads a body of `content_type`. A body that is not a form is read to its end.
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
                let fields = pairs.map(|(name, value)| FormField {
                    name,
                    value: FormValue::text(&value),
                });
                Ok(Self(fields.collect()))
            }
            Err(_) if content_type.is_empty() => {
                drain(body, file_limit.saturating_add(MAX_TEXT as u64)).await?;
                Ok(Self::default())
            }
            Err(_) => Err(FormError::Malformed),
        }
    }

    /// Whether a field is repeated.
    pub(crate) fn has_duplicates(&self) -> bool {
        let mut names: Vec<&str> = self.0.iter().map(|field| field.name.as_str()).collect();
        names.sort_unstable();
        !names.is_sorted_by(|a, b| a != b)
    }

    pub(crate) fn fields(&self) -> impl DoubleEndedIterator<Item = &FormField> {
        self.0.iter()
    }

    /// The last text of a field. Warehouse drops a field whose text is `UNKNOWN`.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let texts = self.texts().filter(|(key, _)| *key == name);
        let (_, text) = texts.last()?;
        (text.trim() != "UNKNOWN").then_some(text)
    }

    /// The first text of a field.
    pub(crate) fn first_text(&self, name: &str) -> Option<&str> {
        let (_, text) = self.texts().find(|(key, _)| *key == name)?;
        Some(text)
    }

    /// The name and the value of each text field.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields().filter_map(|field| match &field.value {
            FormValue::Text(text) => Some((field.name.as_str(), text.as_str())),
            FormValue::File(_) => None,
        })
    }

    /// The distribution: the last value of `content`, if that is a file.
    pub(crate) fn content(&self) -> Option<&FilePart> {
        let mut fields = self.fields().rev();
        match &fields.find(|field| field.name == "content")?.value {
            FormValue::File(file) => Some(file),
            FormValue::Text(_) => None,
        }
    }
}

impl FormValue {
    /// A text as Warehouse stores it: its database has no NUL.
    fn text(text: &str) -> Self {
        Self::Text(text.replace('\0', "\\x00"))
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

async fn read_multipart<S, E>(boundary: String, body: S, file_limit: u64) -> Result<Form, FormError>
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
{
    let body_limit = file_limit.saturating_add(MAX_TEXT as u64);
    let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(body_limit));
    let mut multipart = Multipart::with_constraints(body, boundary, limits);
    let mut form = Form::default();
    let mut text_left = MAX_TEXT;
    while let Some(field) = multipart.next_field().await.map_err(FormError::from)? {
        if form.0.len() == MAX_FIELDS {
            return Err(FormError::TooLarge);
        }
        let name = field.name().unwrap_or_default().to_owned();
        let value = if field.file_name().is_some() {
            FormValue::File(read_file(field, file_limit).await?)
        } else {
            let text = collect(field, text_left).await?;
            text_left -= text.len();
            FormValue::text(&String::from_utf8_lossy(&text))
        };
        form.0.push(FormField { name, value });
    }
    Ok(form)
}

/// Reads a file. Its size is counted, whatever a header says.
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
    let mut hasher = Hasher::default();
    let (mut size, mut bytes) = (0, BytesMut::new());
    while let Some(chunk) = field.chunk().await.map_err(FormError::from)? {
        size += chunk.len() as u64;
        if size > limit {
            bytes = BytesMut::new();
            continue;
        }
        hasher.update(&chunk);
        bytes.extend_from_slice(&chunk);
    }
    Ok(FilePart {
        filename,
        content_type,
        size,
        digests: hasher.finish(),
        bytes: bytes.freeze(),
    })
}

impl From<multer::Error> for FormError {
    fn from(error: multer::Error) -> Self {
        match error {
            multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => {
                Self::TooLarge
            }
            _ => Self::Malformed,
        }
    }
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
        let file = form.content().unwrap();
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
