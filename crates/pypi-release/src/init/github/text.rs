//! The text of the workflow. Names between `@` are replaced.

pub(super) const WORKFLOW: &str = r#"# Written by pypi-release @version@: @command@
# `--check` with the same arguments prints what differs, `--force` replaces this file.
name: @title@

on:
@on@

permissions: {}

# A run is never cancelled, because an upload could be half done. Of the runs that wait, the newest remains.
concurrency:
  group: @group@
  cancel-in-progress: false

jobs:
  route:
    name: Choose the index
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      contents: read # for the checkout
    outputs:
      index: ${{ steps.route.outputs.index }}
      publish: ${{ steps.route.outputs.publish }}
      version: ${{ steps.route.outputs.version }}
      code: ${{ steps.route.outputs.code }}
    steps:
      - uses: @checkout@
        with:
          fetch-depth: 0 # the version is counted from the tags
          persist-credentials: false
@python@
      - name: Install pypi-release
        run: python -m pip install pypi-release==@version@
      - name: Choose the index
        id: route
        run: @route@

@tests@  build:
    name: Build
    needs: route
    if: needs.route.outputs.publish == 'true'
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      contents: read # for the checkout
    outputs:
      artifact: ${{ steps.upload.outputs.artifact-id }}
      sums: ${{ steps.sums.outputs.sha256 }}
    steps:
      - uses: @checkout@
        with:
          fetch-depth: 0 # build backends that ask git need the tags
          persist-credentials: false
@python@
      - name: Install the tools
        run: python -m pip install pypi-release==@version@ build==@builder@
@build@
      - name: Compare the version
        env:
          VERSION: ${{ needs.route.outputs.version }}
        run: |
          for file in dist/*; do
            case "$file" in
              *-"$VERSION".tar.gz | *-"$VERSION"-*.whl) ;;
              *) echo "::error::the build made $file, expected version $VERSION"; exit 1 ;;
            esac
          done
      - name: Write the checksums
        id: sums
        run: |
          (cd dist && sha256sum -- *) > SHA256SUMS
          echo "sha256=$(sha256sum < SHA256SUMS | cut -d ' ' -f 1)" >> "$GITHUB_OUTPUT"
      - name: Hand the distributions over
        id: upload
        uses: @upload@
        with:
          name: dist
          path: |
            dist/
            SHA256SUMS
          if-no-files-found: error
          compression-level: 0

  check:
    name: Check
    needs: build
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions: {}
    steps:
@receive@
      - name: Check
        run: pypi-release check --sums SHA256SUMS dist/*

@attest@  testpypi:
    name: Publish to TestPyPI
    needs: [build, check@needs@@needs-attest@]
    runs-on: ubuntu-latest
    timeout-minutes: 20
    environment:
      name: testpypi
      url: @testpypi-url@
    permissions:
      id-token: write # for trusted publishing
    steps:
@receive-all@
      - name: Publish to TestPyPI
        run: pypi-release publish@attested@ --index testpypi --sums SHA256SUMS --github-output dist/*

  verify-testpypi:
    name: Install from TestPyPI
    needs: [build, testpypi]
    runs-on: ubuntu-latest
    timeout-minutes: 20
    permissions:
      contents: read # for the settings of the verification
    steps:
      - uses: @checkout@
        with:
          persist-credentials: false
@receive@
      - name: Install from TestPyPI
        run: pypi-release verify --install --index testpypi@root@ dist/*

@draft@  pypi:
    name: Publish to PyPI
    needs: [route, build, verify-testpypi@needs-draft@@needs-attest@]
    if: needs.route.outputs.index == 'pypi'@stable@
    runs-on: ubuntu-latest
    timeout-minutes: 20
    environment:
      name: pypi
      url: @pypi-url@
    permissions:
      id-token: write # for trusted publishing
    steps:
@receive-all@
      - name: Publish to PyPI
        run: pypi-release publish@attested@ --index pypi --sums SHA256SUMS --github-output dist/*

  verify-pypi:
    name: Install from PyPI
    needs: [build, pypi]
    runs-on: ubuntu-latest
    timeout-minutes: 20
    permissions:
      contents: read # for the settings of the verification
    steps:
      - uses: @checkout@
        with:
          persist-credentials: false
@receive@
      - name: Install from PyPI
        run: pypi-release verify --install --index pypi@root@ dist/*
@release@"#;

pub(super) const PYTHON: &str = r"      - uses: @uses@
        with:
          python-version: @python@";

pub(super) const RECEIVE: &str = r#"@python@
      - name: Install pypi-release
        run: python -m pip install pypi-release==@version@
      - name: Receive the distributions
        uses: @download@
        with:
          artifact-ids: ${{ needs.build.outputs.artifact }}
      - name: Compare the checksums
        env:
          SUMS: ${{ needs.build.outputs.sums }}
        run: |
          echo "$SUMS  SHA256SUMS" | sha256sum --check --strict
          cd dist && sha256sum --check --strict ../SHA256SUMS"#;

/// A job of its own, so that the GitHub release has the attestations that the indexes are sent.
pub(super) const ATTEST: &str = r"  attest:
    name: Sign attestations
    needs: [build, check@needs@]
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      id-token: write # for the signing certificate
    outputs:
      artifact: ${{ steps.upload.outputs.artifact-id }}
    steps:
@receive@
      - name: Sign attestations
        run: pypi-release attest sign --output-dir attestations dist/*
      - name: Hand the attestations over
        id: upload
        uses: @upload@
        with:
          name: attestations
          path: attestations/
          if-no-files-found: error

";

/// The attestations beside the distributions, after the checksums were compared.
pub(super) const RECEIVE_ATTESTATIONS: &str = r"
      - name: Receive the attestations
        uses: @download@
        with:
          artifact-ids: ${{ needs.attest.outputs.artifact }}
          path: dist";

/// `./` means the same commit. Older runners and actionlint do not know the new spelling that zizmor recommends.
pub(super) const CALLED: &str = r"  @name@:
    name: Tests
    needs: route
    if: needs.route.outputs.publish == 'true'
    permissions:
      contents: read # for the checkout
    uses: @uses@ # zizmor: ignore[self-repository]

";

pub(super) const GATE: &str = r"  gate:
    name: Wait for the tests
    needs: route
    if: needs.route.outputs.publish == 'true'
    runs-on: ubuntu-latest
    timeout-minutes: 60
    permissions:
      actions: read # for the runs of the tests
      contents: read # for the settings of the gate
    steps:
      - uses: @checkout@
        with:
          persist-credentials: false
@python@
      - name: Install pypi-release
        run: python -m pip install pypi-release==@version@
      - name: Wait for the tests
        env:
          GITHUB_TOKEN: ${{ github.token }}
        run: @gate@

";

pub(super) const BUILD_STATIC: &str = r#"      - name: Set the development version
        if: needs.route.outputs.code == 'development-to-testpypi'
        env:
          VERSION: ${{ needs.route.outputs.version }}
        run: pypi-release bump "$VERSION"@root@
      - name: Build
        run: |
          SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
          export SOURCE_DATE_EPOCH
          python -m build --outdir dist@folder@"#;

pub(super) const BUILD_DYNAMIC: &str = r"      - name: Build
        env:
@variables@        run: |
@write@          SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
          export SOURCE_DATE_EPOCH
          python -m build --outdir dist@folder@";

/// The order that immutable releases need, and that leaves nothing half done: a draft, the index, the release.
pub(super) const DRAFT: &str = r"  draft:
    name: Draft the GitHub release
    needs: [route, build, check@needs@@needs-attest@]
    if: needs.route.outputs.index == 'pypi'
    runs-on: ubuntu-latest
    timeout-minutes: 20
    permissions:
      contents: write # for the release
    steps:
      - uses: @checkout@
        with:
          fetch-depth: 0 # the notes are made from the history
          persist-credentials: false
@receive-all@
      - name: Draft the GitHub release
        env:
          GITHUB_TOKEN: ${{ github.token }}
        run: @command@

";

/// Of a draft, or of the release that started the workflow.
pub(super) const RELEASE: &str = r"
  github-release:
    name: @title@
    needs: [build, verify-pypi@needs-attest@]
    runs-on: ubuntu-latest
    timeout-minutes: 20
    permissions:
      contents: write # for the release
    steps:
      - uses: @checkout@
        with:
          fetch-depth: 0 # the tag says which release it is
          persist-credentials: false
@receive-all@
      - name: @title@
        env:
          GITHUB_TOKEN: ${{ github.token }}
        run: @command@
";
