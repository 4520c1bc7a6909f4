//! Releases, their assets, and the tags that they belong to.

use pypi_trusted_upload::{
    Transport,
    http::{HeaderValue, Method, header},
    transport::{Body, Deadline, Part, Reply, request},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    Error, ErrorKind, GitHub, UPLOAD_TIMEOUT,
    model::{Asset, Reference, Release},
    parse,
    url::upload,
};
use pypi_trusted_upload::url::Url;

/// The most items of a page that GitHub allows.
const PER_PAGE: usize = 100;
/// The most pages that are read: GitHub lists no more than 10,000 items.
const MAX_PAGES: usize = 100;
/// The most annotated tags that point at each other.
const MAX_TAGS: usize = 5;

/// A file that is sent as an asset.
#[derive(Clone, Debug)]
pub(crate) struct Upload<'a> {
    pub(crate) name: &'a str,
    /// The name that GitHub would change.
    pub(crate) label: Option<&'a str>,
    pub(crate) content: Part,
}

impl<T: Transport> GitHub<'_, T> {
    /// All releases; drafts too if the token may write.
    pub(crate) fn releases(&self) -> Result<Vec<Release>, Error> {
        let what = format!("list the releases of {}", self.repository);
        self.pages(&what, self.url(&["releases"]))
    }

    /// The published release of a tag.
    pub(crate) fn published(&self, tag: &str) -> Result<Option<Release>, Error> {
        let what = format!("find the release of tag {tag:?} in {}", self.repository);
        absent(self.get(what, self.url(&["releases", "tags", tag])))
    }

    /// A release or draft.
    pub(crate) fn release(&self, id: u64) -> Result<Option<Release>, Error> {
        let what = format!("read release {id} of {}", self.repository);
        absent(self.get(what, self.url(&["releases", &id.to_string()])))
    }

    /// Creates a release. Not repeated after a failure: it may have been created.
    pub(crate) fn create(&self, release: Value) -> Result<Release, Error> {
        let what = format!("create a release of {}", self.repository);
        self.json(what, Method::POST, self.url(&["releases"]), Some(release))
    }

    /// Changes a release; `{"draft": false}` publishes it.
    pub(crate) fn update(&self, id: u64, change: Value) -> Result<Release, Error> {
        let what = format!("update release {id} of {}", self.repository);
        let url = self.url(&["releases", &id.to_string()]);
        self.json(what, Method::PATCH, url, Some(change))
    }

    /// All assets, also unfinished ones, which the release itself may not list.
    pub(crate) fn assets(&self, release: u64) -> Result<Vec<Asset>, Error> {
        let what = format!(
            "list the assets of release {release} of {}",
            self.repository
        );
        self.pages(
            &what,
            self.url(&["releases", &release.to_string(), "assets"]),
        )
    }

    /// Deletes an asset, if it still exists.
    pub(crate) fn delete_asset(&self, id: u64) -> Result<(), Error> {
        let what = format!("delete asset {id} of {}", self.repository);
        let url = self.url(&["releases", "assets", &id.to_string()]);
        let request = self.request(Method::DELETE, &url, None);
        absent(self.send(what, url, request, true, |_: &Reply| Some(()))).map(|_| ())
    }

    /// Sends an asset. Not repeated after a failure: it may have been stored, or block its name.
    pub(crate) fn upload(&self, release: &Release, file: &Upload<'_>) -> Result<Asset, Error> {
        let what = format!(
            "upload {:?} to release {} of {}",
            file.name, release.id, self.repository
        );
        let url = upload(
            &self.access.api,
            &release.upload_url,
            release.id,
            file.name,
            file.label,
        );
        let Some(url) = url else {
            let message = format!(
                "{what}: GitHub names an upload URL on a host that does not belong to its API"
            );
            return Err(Error::new(
                ErrorKind::Invalid,
                message,
                "check GITHUB_API_URL",
            ));
        };
        let body = Body::from(file.content.clone());
        let request = request(Method::POST, &url, "application/vnd.github+json", body);
        let request = request
            .and_then(|request| self.with_token(request, &url))
            .map(|mut request| {
                let bytes = HeaderValue::from_static("application/octet-stream");
                request.headers_mut().insert(header::CONTENT_TYPE, bytes);
                request
                    .extensions_mut()
                    .insert(Deadline::after_body(UPLOAD_TIMEOUT));
                request
            });
        self.send(what, url, request, false, parse)
    }

    /// The commit that a tag names; `None` if the tag does not exist.
    pub(crate) fn tag_commit(&self, tag: &str) -> Result<Option<String>, Error> {
        let what = format!("read tag {tag:?} of {}", self.repository);
        let mut path = vec!["git", "ref", "tags"];
        path.extend(tag.split('/'));
        let Some(found) = absent(self.get::<Reference>(what.clone(), self.url(&path)))? else {
            return Ok(None);
        };
        let mut object = found.object;
        for _ in 0..MAX_TAGS {
            match object.kind.as_str() {
                "commit" => return Ok(Some(object.sha)),
                "tag" => {
                    let found: Reference =
                        self.get(what.clone(), self.url(&["git", "tags", &object.sha]))?;
                    object = found.object;
                }
                _ => break,
            }
        }
        let message = format!("{what}: the tag does not name a commit");
        Err(Error::new(
            ErrorKind::Invalid,
            message,
            "tag the commit of the release",
        ))
    }

    pub(super) fn url(&self, path: &[&str]) -> Url {
        self.repository.url(&self.access.api, path)
    }

    /// The items of all pages. Their links are not followed: a reply does not decide where the token goes.
    fn pages<R: DeserializeOwned>(&self, what: &str, url: Url) -> Result<Vec<R>, Error> {
        let mut items = Vec::new();
        for page in 1..=MAX_PAGES {
            let mut url = url.clone();
            url.query_pairs_mut()
                .append_pair("per_page", &PER_PAGE.to_string())
                .append_pair("page", &page.to_string());
            let found: Vec<R> = self.get(what.to_owned(), url)?;
            let is_last = found.len() < PER_PAGE;
            items.extend(found);
            if is_last {
                break;
            }
        }
        Ok(items)
    }
}

fn absent<R>(found: Result<R, Error>) -> Result<Option<R>, Error> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
