//! The multipart form of an upload.

use pypi_http::{Body, Part};
use pypi_metadata::{Distribution, Field};

use crate::Digests;

/// The multipart form of one upload: text fields in order, then the file.
///
/// A field that is newer than the distribution's `Metadata-Version` is left out, because the index would reject the file.
///
/// # Examples
///
/// ```
/// use pypi_http::Part;
/// use pypi_metadata::Distribution;
/// use pypi_upload::{Digests, Form};
///
/// # let wheel = pypi_metadata::testing::wheel("demo", "1.0");
/// # let (name, bytes) = (wheel.filename, wheel.bytes);
/// let distribution = Distribution::read(&name, std::io::Cursor::new(&bytes))?;
/// let form = Form::new(&distribution, &Digests::read(&bytes[..])?, Part::from(bytes));
/// assert_eq!(form.fields()[0], (":action", "file_upload".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
///
/// Field names and rules: Warehouse, 2026-08-21, `forklift/forms.py` and `forklift/metadata.py`.
#[derive(Clone, Debug)]
pub struct Form {
    fields: Vec<(&'static str, String)>,
    filename: String,
    project: String,
    sha256: String,
    content: Part,
}

impl Form {
    /// The form for `distribution` with these digests and the bytes `content`.
    pub fn new(distribution: &Distribution, digests: &Digests, content: Part) -> Self {
        let filename = distribution.filename();
        let mut fields = vec![
            (":action", "file_upload".to_owned()),
            ("protocol_version", "1".to_owned()),
            ("sha256_digest", digests.sha256().to_owned()),
            ("blake2_256_digest", digests.blake2b_256().to_owned()),
            ("filetype", filename.kind().filetype().to_owned()),
            ("pyversion", filename.pyversion().to_owned()),
        ];
        fields.extend(metadata_fields(distribution));
        Self {
            fields,
            filename: filename.as_str().to_owned(),
            project: filename.name().normalized().to_string(),
            sha256: digests.sha256().to_owned(),
            content,
        }
    }

    /// Adds the field `attestations`: a JSON list of PEP 740 objects.
    #[must_use]
    pub fn attestations(mut self, json: String) -> Self {
        self.fields.push(("attestations", json));
        self
    }

    /// Adds the field `md5_digest`, in lower-case hex, for an index whose [profile](crate::Profile::md5) wants it.
    #[must_use]
    pub fn md5(mut self, digest: &str) -> Self {
        self.fields.push(("md5_digest", digest.to_owned()));
        self
    }

    /// The text fields in the order in which they are sent.
    pub fn fields(&self) -> &[(&'static str, String)] {
        &self.fields
    }

    /// The name of the file.
    pub fn filename(&self) -> &str {
        &self.filename
    }

    /// The normalized name of the project.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// The sha256 of the file, in lower-case hex.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The size of the file in bytes.
    pub fn size(&self) -> u64 {
        self.content.length()
    }

    /// The value of the `Content-Type` header.
    pub fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary())
    }

    /// Any text that no field contains would do; one made from the digest is the same in every run. RFC 2046 allows 70
    /// characters.
    fn boundary(&self) -> String {
        format!("form-{}", self.sha256)
    }

    /// The body; each call returns a new one that can be sent. The file is its part [`FILE_PART`].
    pub fn body(&self) -> Body {
        let boundary = self.boundary();
        let mut head = String::new();
        for (name, value) in &self.fields {
            head.push_str(&format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        head.push_str(&format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"content\"; filename=\"{}\"\r\nContent-Type: application/octet-stream\r\n\r\n",
            self.filename
        ));
        Body::new([
            head.into(),
            self.content.clone(),
            format!("\r\n--{boundary}--\r\n").into(),
        ])
    }
}

/// The place of the file among the parts of [`Form::body`].
pub const FILE_PART: usize = 1;

fn metadata_fields(distribution: &Distribution) -> impl Iterator<Item = (&'static str, String)> {
    let metadata = distribution.metadata();
    Field::ALL
        .into_iter()
        .filter(|field| metadata.may_have(*field))
        .flat_map(move |field| {
            // A single-valued field given twice is an error to the index; the first value is sent.
            let most = if field.is_multiple() { usize::MAX } else { 1 };
            metadata
                .all(field)
                .take(most)
                .map(move |value| (field.form_key(), value.to_owned()))
        })
        .filter(|(_, value)| !value.is_empty())
}
