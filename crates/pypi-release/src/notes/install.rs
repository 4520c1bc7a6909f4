//! How to install a version.

use pypi_trusted_upload::{Index, metadata::ProjectName, url::Url, versioning::Version};

/// The commands that install exactly one version of a project.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Install {
    pub(crate) pip: String,
    pub(crate) uv: String,
    /// The page of the version on the index.
    pub(crate) page: Option<String>,
}

impl Install {
    /// `None` if the name is not that of a project, or it is not known where the index serves it.
    pub(crate) fn of(project: &str, version: &Version, index: &Index) -> Option<Self> {
        let project = ProjectName::parse(project).ok()?;
        let simple = index.simple_url()?;
        let public = version.public();
        let what = format!("{}=={public}", project.as_str());
        let (pip, uv) = match index == &Index::pypi() {
            true => (String::new(), String::new()),
            false => (
                format!("--index-url {simple} "),
                format!("--default-index {simple} "),
            ),
        };
        let page = index
            .web_url()
            .map(|web| page(web, project.normalized(), &public.to_string()));
        Some(Self {
            pip: format!("pip install {pip}{what}"),
            uv: format!("uv pip install {uv}{what}"),
            page,
        })
    }
}

fn page(mut web: Url, project: &str, version: &str) -> String {
    if let Ok(mut segments) = web.path_segments_mut() {
        segments
            .pop_if_empty()
            .extend(["project", project, version, ""]);
    }
    web.to_string()
}

/// The instructions as Markdown; empty if they are not known.
pub(crate) fn install_markdown(project: Option<&str>, version: &Version, index: &Index) -> String {
    let install = project.and_then(|project| Install::of(project, version, index));
    let Some(Install { pip, uv, page }) = install else {
        return String::new();
    };
    let page = page.map_or(String::new(), |page| format!("\n<{page}>\n"));
    format!("## Installation\n\n```console\n{pip}\n{uv}\n```\n{page}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_named_unless_it_is_the_default() {
        let version = Version::parse("1.0+local").unwrap();
        let install = Install::of("Demo_X", &version, &Index::pypi()).unwrap();
        assert_eq!(install.pip, "pip install Demo_X==1.0");
        assert_eq!(install.uv, "uv pip install Demo_X==1.0");
        assert_eq!(
            install.page.as_deref(),
            Some("https://pypi.org/project/demo-x/1.0/")
        );
        let install = Install::of("demo", &version, &Index::test_pypi()).unwrap();
        assert_eq!(
            install.pip,
            "pip install --index-url https://test.pypi.org/simple/ demo==1.0"
        );
        assert_eq!(
            install.uv,
            "uv pip install --default-index https://test.pypi.org/simple/ demo==1.0"
        );
        assert_eq!(Install::of("a; b", &version, &Index::pypi()), None);
    }
}
