//! Bounds: the command needs at most 64 MiB of memory for any file, and for any reply of an index.
//!
//! To add a case, write a function that takes an empty folder, writes hostile files into it and returns the arguments of the
//! command, which runs in that folder; then add it to the table below under the name of its test, with the exit code if it is
//! not 0 or 1. The helpers in [`archive`]
//! write wheels and sdists with any members. Run one case with `cargo test -p pypi-release --test bounds NAME`.
#![cfg(target_os = "linux")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod archive;
mod metadata;
mod ordinary;
mod peak;
mod reply;
mod sdists;
mod text;
mod toml;
mod wheels;

use std::path::Path;

/// The arguments of the command.
type Arguments = Vec<String>;

/// The most memory that the command may use for a case, in kB. Code with debug assertions needs more from the start: some 30
/// MiB, with a client.
const MAX_PEAK: u64 = 1024 * if cfg!(debug_assertions) { 64 + 24 } else { 64 };

macro_rules! cases {
    ($($name:ident: $make:expr $(=> $exit:literal)?;)+) => {
        $(
            #[test]
            fn $name() {
                assert_bounded($make, &[$($exit)?]);
            }
        )+
    };
}

cases! {
    an_ordinary_sdist: ordinary::sdist;
    an_ordinary_wheel: ordinary::wheel;
    attestations_of_many_values: reply::values_as_attestation => 1;
    bundles_of_many_values: reply::values_as_bundle => 1;
    nested_attestations: reply::nested_attestation => 1;
    pages_of_many_attributes: reply::page_of_attributes => 3;
    pages_of_many_files_in_html: reply::html_page => 1;
    pages_of_many_files_in_json: reply::json_page => 1;
    pages_of_many_files_in_json_before_an_upload: reply::json_page_of_publish => 1;
    pages_of_one_string: reply::page_of_one_string => 3;
    pages_of_too_many_files: reply::page_of_too_many_files => 3;
    provenance_of_many_values: reply::values_as_provenance => 1;
    rejections_of_many_values: reply::rejection => 1;
    lock_files_of_many_entries: text::lock => 0;
    scenarios_of_many_values: text::scenario => 1;
    settings_of_many_brackets: text::settings_of_brackets => 1;
    settings_of_many_keys: text::settings_of_keys => 0;
    settings_of_many_values: text::settings_of_values => 1;
    entry_points: wheels::entry_points;
    metadata_of_a_description_in_markdown: metadata::a_description_in_markdown;
    metadata_of_a_folded_description: metadata::a_folded_description;
    metadata_of_a_long_line: metadata::a_long_line;
    metadata_of_invalid_requirements: metadata::invalid_requirements;
    metadata_of_repeated_requires_python: metadata::repeated_requires_python;
    metadata_of_short_headers: metadata::short_headers;
    metadata_of_unknown_classifiers: metadata::unknown_classifiers;
    metadata_of_unprintable_values: metadata::unprintable_values;
    pkg_info_of_short_headers: metadata::short_headers_in_an_sdist;
    pyproject_of_brackets: toml::brackets;
    pyproject_of_dotted_keys: toml::dotted_keys;
    pyproject_of_inline_tables: toml::inline_tables;
    pyproject_of_invalid_requirements: toml::invalid_requirements;
    pyproject_of_tables: toml::tables;
    pyproject_of_unknown_keys: toml::unknown_keys;
    record_of_many_rows: wheels::record_rows;
    record_of_one_field: wheels::record_of_one_field;
    record_of_short_rows: wheels::record_of_short_rows;
    sdist_of_long_names: sdists::long_names;
    sdist_of_long_targets: sdists::long_targets;
    sdist_of_very_long_names: sdists::very_long_names;
    wheel_of_long_names: wheels::long_names;
    wheel_of_names_above_the_limit: wheels::names_above_the_limit;
    wheel_of_names_that_differ_by_case: wheels::names_that_differ_by_case;
    wheel_of_one_name: wheels::one_name;
}

/// Fails if the command panics, is killed, runs for too long, needs too much memory or ends with another exit code than one of
/// these, by default 0 and 1.
#[track_caller]
fn assert_bounded(make: fn(&Path) -> Arguments, exits: &[i32]) {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = make(folder.path());
    let ran = peak::run(&arguments, folder.path());
    let exits = if exits.is_empty() { &[0, 1] } else { exits };
    let is_expected = ran.exit.is_some_and(|exit| exits.contains(&exit));
    assert!(is_expected, "exit code {:?}, expected {exits:?}", ran.exit);
    assert!(ran.peak <= MAX_PEAK, "{} kB, expected {MAX_PEAK}", ran.peak);
}
