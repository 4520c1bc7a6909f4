//! Which file of a repository a job comes from.

/// The file name in GitHub's `OWNER/REPOSITORY/.github/workflows/FILE@REF`, as PyPI finds it: in the first segment that has
/// one, up to the last `.yml` or `.yaml` before an `@`.
pub(crate) fn github_file(workflow_ref: &str) -> Option<&str> {
    workflow_ref
        .split('/')
        .find_map(|segment| up_to_extension(segment))
}

/// The path in GitLab's `HOST/NAMESPACE/PROJECT//PATH@REF`, as PyPI finds it.
pub(crate) fn gitlab_path(config_ref: &str) -> Option<&str> {
    let (_, path) = config_ref.split_once("//")?;
    let path = up_to_extension(path)?;
    // A name that is only an extension is not a file name.
    let is_named = path
        .rsplit_once('/')
        .is_none_or(|(_, name)| !matches!(name, ".yml" | ".yaml"));
    is_named.then_some(path)
}

/// `OWNER/REPOSITORY` of GitHub's `OWNER/REPOSITORY/.github/workflows/FILE@REF`.
pub(crate) fn github_repository(workflow_ref: &str) -> Option<&str> {
    let (repository, _) = workflow_ref.split_once("/.github/workflows/")?;
    Some(repository)
}

/// The longest start of `text` that ends with `.yml` or `.yaml`, has more than that, and is
/// followed by `@`.
fn up_to_extension(text: &str) -> Option<&str> {
    let end = |extension: &str| {
        let at = text.rfind(extension).filter(|at| *at > 0)?;
        Some(at + extension.len() - 1)
    };
    let end = end(".yml@").max(end(".yaml@"))?;
    text.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflow_file_is_found_as_pypi_finds_it() {
        for (workflow_ref, file) in [
            (
                "o/r/.github/workflows/release.yml@refs/heads/main",
                Some("release.yml"),
            ),
            (
                "o/r/.github/workflows/release.yaml@0123",
                Some("release.yaml"),
            ),
            (
                "o/r/.github/workflows/a.yml@refs/heads/b.yml@c",
                Some("a.yml"),
            ),
            (
                "o/r/.github/workflows/a@b.yml@c.yml@d",
                Some("a@b.yml@c.yml"),
            ),
            ("o/r/.github/workflows/release.yml", None),
            ("o/r/.github/workflows/.yml@main", None),
            ("", None),
        ] {
            assert_eq!(github_file(workflow_ref), file, "{workflow_ref}");
        }
    }

    #[test]
    fn a_pipeline_file_is_found_as_pypi_finds_it() {
        for (config_ref, path) in [
            (
                "gitlab.com/group/demo//.gitlab-ci.yml@refs/heads/main",
                Some(".gitlab-ci.yml"),
            ),
            (
                "gitlab.com/group/demo//ci/release.yaml@0123",
                Some("ci/release.yaml"),
            ),
            ("gitlab.com/group/demo//ci/.yml@main", None),
            ("gitlab.com/group/demo//.yml@main", None),
            ("gitlab.com/group/demo/.gitlab-ci.yml@main", None),
            ("gitlab.com/group/demo//.gitlab-ci.yml", None),
        ] {
            assert_eq!(gitlab_path(config_ref), path, "{config_ref}");
        }
    }
}
