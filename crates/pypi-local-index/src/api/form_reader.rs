//! The reader of forms, within limits.

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};

use super::form::{Form, FormField, FormValue};
use super::form_parts::{FormError, FormLimits, MAX_FIELDS, Receiver};
use super::multipart::{MultipartReader, Piece};
use super::part_head::parameters;

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
            let pairs = url::form_urlencoded::parse(&body);
            let fields = pairs.map(|(name, value)| FormField {
                name: name.into_owned(),
                value: FormValue::text(&value),
            });
            let fields: Vec<FormField> = fields.take(MAX_FIELDS + 1).collect();
            match fields.len() {
                ..=MAX_FIELDS => Ok(Form(fields)),
                _ => Err(FormError::TooLarge),
            }
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

fn is_utf_8(charset: &str) -> bool {
    charset.trim().replace('-', "").eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::super::form_parts::MAX_TEXT;
    use super::*;

    fn read_whole(content_type: &str, body: &str) -> Result<Form, FormError> {
        let body = Bytes::copy_from_slice(body.as_bytes());
        let body = futures_util::stream::iter([Ok::<_, io::Error>(body)]);
        let limits = FormLimits {
            file: 100_000_000,
            keeps_values: true,
        };
        futures_util::FutureExt::now_or_never(read_form(content_type, body, limits)).unwrap()
    }

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
    fn only_the_last_distribution_is_kept() {
        let parts = [("content", "a"), ("other", "b"), ("content", "c")].map(|(name, bytes)| {
            format!(
                "--b\r\nContent-Disposition: form-data; name={name}; filename=f\r\n\r\n{bytes}\r\n"
            )
        });
        let form = read_whole("multipart/form-data; boundary=b", &parts.concat());
        let kept: Vec<Bytes> = form
            .unwrap()
            .fields()
            .filter_map(|field| match &field.value {
                FormValue::File(file) => file.blob.read().ok(),
                FormValue::Text(_) => None,
            })
            .collect();
        assert_eq!(kept, ["", "", "c"]);
    }

    #[test]
    fn the_number_of_fields_and_their_content_types_are_limited() {
        let urlencoded = "application/x-www-form-urlencoded";
        assert_eq!(
            read_whole(urlencoded, &"a&".repeat(MAX_FIELDS))
                .unwrap()
                .0
                .len(),
            MAX_FIELDS
        );
        assert!(matches!(
            read_whole(urlencoded, &"a&".repeat(MAX_FIELDS + 1)),
            Err(FormError::TooLarge)
        ));
        let part = format!(
            "--b\r\nContent-Disposition: x; name=a; filename=b\r\nContent-Type: {}\r\n\r\n\r\n",
            "x".repeat(60_000)
        );
        assert!(matches!(
            read_whole("multipart/form-data; boundary=b", &part.repeat(300)),
            Err(FormError::TooLarge)
        ));
    }

    #[test]
    fn a_body_far_above_the_limit_is_not_read_to_its_end() {
        assert!(matches!(
            read(0, &[0; MAX_TEXT + 1]),
            Err(FormError::TooLarge)
        ));
    }
}
