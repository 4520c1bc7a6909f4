//! The part of a scenario in the folder.

use pypi_local_index::Builder;
use pypi_metadata::testing::{sdist, wheel};
use serde_json::json;

use super::{LAST_MONTH, TODAY, form, listed, page, refused, save, saved, sent, start};
use crate::client::Form;
use crate::trusted::{mint, minted};

#[test]
fn sizes_of_all_files_count_and_other_names_than_ours_too() {
    let egg = json!({
        "filename": "demo-0.1-py2.5.egg",
        "hashes": {"sha256": "0".repeat(64)},
        "size": 2000,
        "upload-time": LAST_MONTH,
    });
    let pages = page("demo", &[listed(&wheel("demo", "0.9"), LAST_MONTH), egg]);
    let folder = saved(&[("demo", pages)]);
    save(&folder, "scenario.toml", "total-limit = 2500\n");
    let form = Form::of("demo", &wheel("demo", "1.0"));
    let text = "Project size too large. Limit for project 'demo' total size is 0 GB.";
    refused(&start(&folder), &form, text);
    // As on PyPI, a raised limit of the project replaces the general one.
    let raised = "total-limit = 2500\n[[project]]\nname = \"demo\"\ntotal-limit = 100_000\n";
    save(&folder, "scenario.toml", raised);
    assert_eq!(sent(&start(&folder), &form).0, 200);
}

#[test]
fn an_archived_project_stays_archived() {
    let mut archived = page("demo", &[listed(&wheel("demo", "1.0"), TODAY)]);
    archived["project-status"]["status"] = json!("archived");
    let folder = saved(&[("demo", archived)]);
    // A fragment that is about something else leaves it so.
    let fragment = "[[project]]\nname = \"Demo\"\nfile-limit = 200_000_000\n";
    save(&folder, "scenario.toml", fragment);
    let index = start(&folder);
    let (status, reason) = sent(&index, &Form::of("demo", &sdist("demo", "1.0")));
    assert_eq!(status, 403);
    let text = "The user 'local-index' isn't allowed to upload to project 'demo'.";
    assert!(reason.starts_with(text), "{reason}");
}

#[test]
fn only_named_publishers_publish() {
    let folder = saved(&[(
        "demo",
        page("demo", &[listed(&wheel("demo", "1.0"), TODAY)]),
    )]);
    minted(&start(&folder));
    let fragment = "deleted-files = [\"demo-1.1.tar.gz\"]\nprohibited = [\"requests\"]\n\
        [[trust]]\nproject = \"demo\"\n\
        publisher = { kind = \"github\", repository = \"octo-org/demo\", workflow = \"deploy.yml\" }\n";
    save(&folder, "scenario.toml", fragment);
    let index = start(&folder);
    let job = pypi_local_index::Identity::github("octo-org/demo", "release.yml");
    let token = index.id_token(job, "pypi").expect("an ID token");
    let response = mint(&index, token.reveal());
    assert_eq!(response.status, 422);
    assert_eq!(response.json()["errors"][0]["code"], "invalid-publisher");
    let form = |name: &str, version: &str| form(name, &sdist(name, version), version);
    let text = "This filename was previously used by a file that has since been deleted.";
    refused(&index, &form("demo", "1.1"), text);
    let text = "The name 'requests' isn't allowed.";
    refused(&index, &form("requests", "1.0"), text);
    let named = format!(
        "{fragment}[[trust]]\nproject = \"demo\"\n\
         publisher = {{ kind = \"github\", repository = \"octo-org/demo\", workflow = \"release.yml\" }}\n"
    );
    save(&folder, "scenario.toml", named);
    minted(&start(&folder));
}

#[test]
fn a_scenario_names_the_folder() {
    let folder = saved(&[(
        "demo",
        page("demo", &[listed(&wheel("demo", "1.0"), TODAY)]),
    )]);
    let scenario = format!("seed-folder = {:?}\n", folder.path());
    let index = Builder::from_scenario(&scenario)
        .expect("a scenario")
        .start();
    assert_eq!(index.expect("an index").files().len(), 1);
}
