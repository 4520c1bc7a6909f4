//! Jobs and registered publishers that differ, pending publishers, and several of either.

use pypi_local_index::{AdminFlag, Identity as Job, LocalIndex, TrustedPublisher};

use crate::{
    activestate, github, gitlab, google, id_token, index_of, jobs, replies, result, started,
};

const NOT_REGISTERED: &str = "422 invalid-publisher: UnknownPublisher, NotRegistered";

#[test]
fn no_publisher_at_all() {
    let index = started(LocalIndex::builder().project("demo"));
    for job in jobs() {
        replies(&index, &job, NOT_REGISTERED);
        let token = id_token(&index, &job);
        let new = result(&index, token.clone(), false);
        assert_eq!(
            new,
            "422 invalid-publisher: UnknownPublisher, PendingPublisher"
        );
        assert!(index.add_publisher("demo", job.publisher()));
        let after = result(&index, token, true);
        assert_eq!(after, "200", "a token that matched nothing is not used up");
    }
}

#[test]
fn another_letter_case() {
    let index = index_of(&github());
    for job in [
        Job::github("Octo-Org/demo", "release.yml"),
        Job::github("octo-org/Demo", "release.yml"),
        Job::github("octo-org/demo", "Release.yml"),
    ] {
        replies(&index, &job, NOT_REGISTERED);
    }
    let owner = github().claim("repository_owner", "Octo-Org");
    replies(
        &index,
        &owner,
        "422 invalid-publisher: UnknownPublisher, Token",
    );

    // GitLab's projects are found in any letter case, but the path of the file contains that of the project.
    let index = index_of(&gitlab());
    let job = Job::gitlab("Group/Demo", ".gitlab-ci.yml");
    replies(
        &index,
        &job,
        "422 invalid-publisher: UnknownPublisher, Renamed",
    );
    let job = Job::gitlab("group/demo", ".GitLab-ci.yml");
    replies(&index, &job, NOT_REGISTERED);

    let index = index_of(&google());
    let job = Job::google("Robot@example.iam.gserviceaccount.com");
    replies(&index, &job, NOT_REGISTERED);

    let index = index_of(&activestate());
    for job in [
        Job::activestate("Octo-Org", "demo", "7"),
        Job::activestate("octo-org", "Demo", "7"),
        Job::activestate("octo-org", "demo", "8"),
    ] {
        replies(&index, &job, NOT_REGISTERED);
    }
}

#[test]
fn another_owner_or_subject_under_the_same_name() {
    let index = index_of(&github());
    replies(&index, &github().owner_id("1"), NOT_REGISTERED);

    let publisher = google().publisher().subject("1");
    let index = started(LocalIndex::builder().publisher("demo", publisher));
    replies(&index, &google(), NOT_REGISTERED);
    replies(&index, &google().claim("sub", "1"), "200");
}

#[test]
fn environments_on_either_side() {
    for job in [github(), gitlab()] {
        let index = index_of(&job);
        replies(&index, &job.clone().environment("release"), "200");

        let index = index_of(&job.clone().environment("release"));
        replies(&index, &job, NOT_REGISTERED);
        replies(&index, &job.clone().environment("staging"), NOT_REGISTERED);
        replies(&index, &job.environment("release"), "200");
    }
    let index = index_of(&github().environment("release"));
    replies(&index, &github().environment("Release"), "200");
    let index = index_of(&gitlab().environment("release"));
    replies(&index, &gitlab().environment("Release"), NOT_REGISTERED);
}

#[test]
fn reusable_workflows() {
    let called = |path: &str| github().claim("job_workflow_ref", format!("{path}@refs/heads/main"));
    let own = called("octo-org/demo/.github/workflows/publish.yml");
    const REUSABLE: &str = "422 invalid-publisher: UnknownPublisher, ReusableWorkflow";
    // The calling file is registered, then the called one.
    replies(&index_of(&github()), &own, REUSABLE);
    let publisher = TrustedPublisher::github("octo-org/demo", "publish.yml");
    let index = started(LocalIndex::builder().publisher("demo", publisher));
    replies(&index, &own, "200");

    for path in [
        "tools/ci/.github/workflows/publish.yml",
        "tools/ci/.github/workflows/release.yml",
    ] {
        replies(&index_of(&github()), &called(path), REUSABLE);
    }
    let elsewhere = "octo-org/demo/.github/workflows/release.yml@refs/heads/old";
    let job = github().claim("job_workflow_ref", elsewhere);
    replies(&index_of(&github()), &job, REUSABLE);
    let index = index_of(&gitlab());
    let uri = "gitlab.com/other/ci//.gitlab-ci.yml@refs/heads/main";
    let job = gitlab().claim("ci_config_ref_uri", uri);
    replies(
        &index,
        &job,
        "422 invalid-publisher: UnknownPublisher, Token",
    );
}

#[test]
fn jobs_that_may_not_publish() {
    const TOKEN: &str = "422 invalid-publisher: UnknownPublisher, Token";
    for job in [
        github().claim("event_name", "pull_request_target"),
        google().claim("email_verified", false),
        activestate().claim("builder", "mine"),
        activestate().claim("sub", "org:octo-org"),
        gitlab().claim("sub", "project_path:other/demo:ref_type:branch:ref:main"),
    ] {
        replies(&index_of(&job), &job, TOKEN);
    }
    replies(
        &index_of(&github()),
        &github().claim("event_name", "pull_request"),
        "200",
    );
}

#[test]
fn pending_publishers() {
    for job in jobs() {
        let builder = LocalIndex::builder().pending_publisher("demo", job.publisher());
        let index = started(builder);
        replies(&index, &job, "200");
        replies(&index, &job, "200");
        assert_eq!(index.emails().len(), 1, "it was used once");

        let builder = LocalIndex::builder().project("demo");
        let index = started(builder.pending_publisher("demo", job.publisher()));
        replies(
            &index,
            &job,
            "422 invalid-pending-publisher: ProjectExists, PendingPublisher",
        );
        replies(&index, &job, NOT_REGISTERED);
    }
}

#[test]
fn pending_publishers_of_projects_that_cannot_be_created() {
    let pending = |name: &str| LocalIndex::builder().pending_publisher(name, github().publisher());
    for (builder, cause) in [
        (
            pending("demo").admin_flag(AdminFlag::DisallowNewProjectRegistration),
            "Disabled",
        ),
        (pending("demo").prohibited_name("demo"), "NameNotAllowed"),
        (pending("json"), "NameNotAllowed"),
        (pending("dem0").project("demo"), "NameTaken"),
    ] {
        let expected = format!("422 invalid-payload: InvalidPayload, {cause}");
        replies(&started(builder), &github(), &expected);
    }
}

#[test]
fn several_publishers() {
    for job in jobs() {
        let builder = LocalIndex::builder()
            .publisher("demo", job.publisher())
            .publisher("demo-core", job.publisher())
            .pending_publisher("demo-new", job.publisher())
            .pending_publisher("demo-newer", job.publisher());
        let index = started(builder);
        let created = |index: &LocalIndex| index.emails().len();
        // Each exchange creates the project of one pending publisher.
        for expected in [1, 2, 2] {
            replies(&index, &job, "200");
            assert_eq!(created(&index), expected);
        }
    }
    // The publisher with the environment of the job is preferred.
    let builder = LocalIndex::builder()
        .publisher("demo", github().publisher())
        .publisher("other", github().environment("release").publisher());
    let index = started(builder);
    replies(&index, &github().environment("release"), "200");
    replies(&index, &github(), "200");
}
