//! The pipeline of GitLab CI.

use super::{
    Setup, pins,
    project::{Project, VersionSource},
    template::{fill, yaml},
};
use crate::{settings::tag_start, shell::word};

/// The jobs that release `project`; `is_whole` if no other file defines the pipeline.
pub(super) fn pipeline(setup: &Setup, project: &Project, is_whole: bool) -> String {
    let url = |index: &str| yaml(&format!("https://{index}/project/{}/", project.name));
    // In another pipeline, the stage after all of its stages: nothing starts unless its tests have succeeded.
    let (stages, stage) = match is_whole {
        true => ("stages: [deploy]\n\n", "deploy"),
        false => ("", ".post"),
    };
    // Names of jobs are those of the whole pipeline.
    let name = match setup.is_monorepo {
        true => format!("pypi-release-{}", project.normalized),
        false => "pypi-release".to_owned(),
    };
    let path = yaml(&setup.repository);
    let default = || format!("{}*", tag_start(&project.tag_prefix));
    let tags = regex(&project.release_tags.clone().unwrap_or_else(default));
    let branch = format!(r#"$CI_PROJECT_PATH == {path} && $CI_PIPELINE_SOURCE == "push" && "#);
    let on_branch = yaml(&format!("{branch}$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"));
    let on_tag = yaml(&format!("{branch}$CI_COMMIT_TAG =~ /{tags}/"));
    fill(
        TEXT,
        &[
            ("command", &setup.command),
            ("version", env!("CARGO_PKG_VERSION")),
            ("name", &name),
            ("stages", stages),
            ("root", &project.root()),
            ("stage", stage),
            ("image", &yaml(pins::IMAGE)),
            ("builder", pins::BUILD),
            ("on-branch", &on_branch),
            ("on-tag", &on_tag),
            ("route", &yaml(&route(project))),
            ("build", &build(project)),
            ("attest", &attest(setup, &name)),
            ("needs-attest", &needs_attest(setup, &name)),
            ("attested", if setup.attest { " --attest" } else { "" }),
            ("testpypi-url", &url("test.pypi.org")),
            ("pypi-url", &url("pypi.org")),
        ],
    )
}

/// A pattern with `*` and `?` as a regular expression of the whole tag.
fn regex(pattern: &str) -> String {
    let mut regex = "^".to_owned();
    for c in pattern.chars() {
        match c {
            '*' => regex.push_str(".*"),
            '?' => regex.push('.'),
            '-' | '_' => regex.push(c),
            _ if c.is_ascii_punctuation() => regex.extend(['\\', c]),
            _ => regex.push(c),
        }
    }
    regex.push('$');
    regex
}

fn route(project: &Project) -> String {
    let arguments = project.arguments();
    format!(
        r#"pypi-release route{arguments} --default-branch "$CI_DEFAULT_BRANCH" --dotenv release.env"#
    )
}

fn build(project: &Project) -> String {
    let root = project.root();
    let folder = match project.folder.as_str() {
        "" => String::new(),
        folder => format!(" {}", word(folder)),
    };
    let mut lines = Vec::new();
    match &project.version {
        VersionSource::Static => lines.push(format!(
            r#"if [ "$PYPI_RELEASE_CODE" = development-to-testpypi ]; then pypi-release bump "$PYPI_RELEASE_VERSION"{root}; fi"#
        )),
        VersionSource::Dynamic {
            variables,
            writes_files,
        } => {
            let set = variables.iter();
            let set = set.map(|variable| format!(r#" {variable}="$PYPI_RELEASE_VERSION""#));
            lines.push(format!("export{}", set.collect::<String>()));
            if *writes_files {
                lines.push(format!("pypi-release version --write{root}"));
            }
        }
    }
    lines.push(format!("python -m build --outdir dist{folder}"));
    let lines = lines.iter().map(|line| format!("    - {}", yaml(line)));
    lines.collect::<Vec<_>>().join("\n")
}

/// The job that signs attestations.
fn attest(setup: &Setup, name: &str) -> String {
    match setup.attest {
        true => fill(ATTEST, &[("name", name)]),
        false => String::new(),
    }
}

fn needs_attest(setup: &Setup, name: &str) -> String {
    match setup.attest {
        true => format!(", {name}-attest"),
        false => String::new(),
    }
}

const ATTEST: &str = r"@name@-attest:
  extends: .@name@
  needs: [@name@-build, @name@-check]
  variables:
    GIT_STRATEGY: none
  id_tokens:
    SIGSTORE_ID_TOKEN:
      aud: sigstore
  script:
    - pypi-release attest sign dist/*
  artifacts:
    paths: [dist/*.attestation]

";

const TEXT: &str = r#"# Written by pypi-release @version@: @command@
# `--check` with the same arguments prints what differs, `--force` replaces this file.
@stages@.@name@:
  stage: @stage@
  image: @image@
  interruptible: false # an upload could be half done
  rules:
    - if: @on-branch@
    - if: @on-tag@
  before_script:
    - python -m pip install pypi-release==@version@ build==@builder@
    - |
      if [ -n "$PYPI_RELEASE_SUMS" ]; then
        echo "$PYPI_RELEASE_SUMS  SHA256SUMS" | sha256sum --check --strict
        (cd dist && sha256sum --check --strict ../SHA256SUMS)
      elif [ "$CI_JOB_NAME" != @name@-build ]; then
        echo "nothing to publish"
        exit 0
      fi

@name@-build:
  extends: .@name@
  variables:
    GIT_DEPTH: "0" # the version is counted from the tags
  script:
    - @route@
    - set -a && . ./release.env && set +a
    - if [ "$PYPI_RELEASE_PUBLISH" != true ]; then exit 0; fi
    - SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
    - export SOURCE_DATE_EPOCH
@build@
    - |
      for file in dist/*; do
        case "$file" in
          *-"$PYPI_RELEASE_VERSION".tar.gz | *-"$PYPI_RELEASE_VERSION"-*.whl) ;;
          *) echo "the build made $file, expected version $PYPI_RELEASE_VERSION"; exit 1 ;;
        esac
      done
    - (cd dist && sha256sum -- *) > SHA256SUMS
    - echo "PYPI_RELEASE_SUMS=$(sha256sum < SHA256SUMS | cut -d ' ' -f 1)" >> release.env
  artifacts:
    paths: [dist/, SHA256SUMS]
    reports:
      dotenv: release.env

@name@-check:
  extends: .@name@
  needs: [@name@-build]
  variables:
    GIT_STRATEGY: none
  script:
    - pypi-release check --sums SHA256SUMS dist/*

@attest@@name@-testpypi:
  extends: .@name@
  needs: [@name@-build, @name@-check@needs-attest@]
  variables:
    GIT_STRATEGY: none
  environment:
    name: testpypi
    url: @testpypi-url@
  resource_group: testpypi
  id_tokens:
    TESTPYPI_ID_TOKEN:
      aud: testpypi
  script:
    - pypi-release publish@attested@ --index testpypi --sums SHA256SUMS dist/*

@name@-verify-testpypi:
  extends: .@name@
  needs: [@name@-build, @name@-testpypi]
  script:
    - pypi-release verify --install --index testpypi@root@ dist/*

@name@-pypi:
  extends: .@name@
  needs: [@name@-build, @name@-verify-testpypi@needs-attest@]
  rules:
    - if: @on-tag@
  variables:
    GIT_STRATEGY: none
  environment:
    name: pypi
    url: @pypi-url@
  resource_group: pypi
  id_tokens:
    PYPI_ID_TOKEN:
      aud: pypi
  script:
    - pypi-release publish@attested@ --index pypi --sums SHA256SUMS dist/*

@name@-verify-pypi:
  extends: .@name@
  needs: [@name@-build, @name@-pypi]
  rules:
    - if: @on-tag@
  script:
    - pypi-release verify --install --index pypi@root@ dist/*
"#;
