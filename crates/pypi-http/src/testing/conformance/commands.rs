//! Programs that a transport runs.

use std::{thread, time::Duration};

use super::{
    bench::{Bench, DEADLINE, Ran, Subject},
    rule::Rule,
};
use crate::{
    CancelToken, Command, MAX_COMMAND_ERROR, MAX_COMMAND_OUTPUT,
    TransportErrorKind::{Cancelled, Reply, Timeout, Unusable},
};

/// When a token is cancelled, after the program has begun.
const SOON: Duration = Duration::from_millis(50);

/// A transport that runs no programs keeps these rules. The programs are on every Unix.
pub(super) async fn check<S: Subject>(bench: &mut Bench<'_, S>) {
    let probe = bench.run(shell(":")).await.result;
    if !cfg!(unix) || probe.is_err_and(|error| error.kind() == Unusable) {
        return;
    }
    output(bench).await;
    arguments(bench).await;
    environment(bench).await;
    limit(bench).await;
    deadline(bench).await;
    cancel(bench).await;
}

async fn output<S: Subject>(bench: &mut Bench<'_, S>) {
    let rule = Rule::RunOutput;
    for (script, code) in [
        ("printf token; printf why >&2", Some(0)),
        ("printf token; printf why >&2; exit 3", Some(3)),
        ("printf token; printf why >&2; kill -9 $$", None),
    ] {
        let ran = bench.run(shell(script)).await;
        let is_met = ran.result.as_ref().is_ok_and(|output| {
            output.code() == code && output.stdout().reveal() == "token" && output.stderr() == "why"
        });
        let found = format_args!("expected the code {code:?} and both outputs, found {ran}");
        bench.expect(rule, script, is_met, found);
    }
    let ran = bench.run(Command::new("/nowhere/agent")).await;
    bench.expect_error(rule, "a program that does not exist", &ran, &[Unusable]);
}

async fn arguments<S: Subject>(bench: &mut Bench<'_, S>) {
    const ARGUMENTS: [&str; 7] = ["a b", "", "$HOME", "*", "; exit 3", "\"'", "\\"];
    let each = shell(r#"for one; do printf '%s|' "$one"; done"#);
    let ran = bench
        .run(each.arguments(["name"]).arguments(ARGUMENTS))
        .await;
    let expected = ARGUMENTS.map(|one| format!("{one}|")).concat();
    let is_met = prints(&ran, &expected);
    let found = format_args!("they arrived changed: {ran}");
    bench.expect(Rule::RunArguments, "arguments for a shell", is_met, found);
}

async fn environment<S: Subject>(bench: &mut Bench<'_, S>) {
    let rule = Rule::RunEnvironment;
    let ran = bench
        .run(Command::new("/usr/bin/env").variable("JOB", "7"))
        .await;
    let found = format_args!("expected JOB=7 and nothing else, found {ran}");
    bench.expect(rule, "a variable", prints(&ran, "JOB=7\n"), found);

    let elsewhere = Command::new("sh")
        .arguments(["-c", ":"])
        .variable("PATH", "/nowhere");
    let ran = bench.run(elsewhere).await;
    bench.expect_error(rule, "a PATH without the program", &ran, &[Unusable]);
}

async fn limit<S: Subject>(bench: &mut Bench<'_, S>) {
    let rule = Rule::RunLimit;
    let zeros = |count: usize| shell(&format!("head -c {count} /dev/zero"));
    let ran = bench.run(zeros(MAX_COMMAND_OUTPUT)).await;
    let is_met = prints(&ran, &"\0".repeat(MAX_COMMAND_OUTPUT));
    bench.expect(rule, "as much as is allowed", is_met, &ran);
    for count in [MAX_COMMAND_OUTPUT + 1, 4 * 1024 * 1024] {
        let ran = bench.run(zeros(count)).await;
        bench.expect_error(rule, &format!("{count} bytes"), &ran, &[Reply]);
    }

    let script = format!(
        "head -c {} /dev/zero >&2; printf token",
        64 * MAX_COMMAND_ERROR
    );
    let ran = bench.run(shell(&script)).await;
    let kept = ran.result.as_ref().map(|output| output.stderr().len());
    let is_met = prints(&ran, "token") && kept.is_ok_and(|kept| kept <= MAX_COMMAND_ERROR);
    bench.expect(rule, "much standard error", is_met, &ran);
}

async fn deadline<S: Subject>(bench: &mut Bench<'_, S>) {
    let ran = bench.run(endless().deadline(DEADLINE)).await;
    let (rule, case) = (Rule::RunDeadline, "a program that does not end");
    bench.expect_end(rule, case, &ran, &[Timeout], DEADLINE);
}

async fn cancel<S: Subject>(bench: &mut Bench<'_, S>) {
    let rule = Rule::RunCancel;
    let cancel = CancelToken::new();
    let token = cancel.clone();
    let canceller = thread::spawn(move || {
        CancelToken::new().sleep(SOON);
        token.cancel();
    });
    for case in ["cancelled while it runs", "cancelled before"] {
        let ran = bench.run(endless().cancelled_by(&cancel)).await;
        bench.expect_end(rule, case, &ran, &[Cancelled], SOON);
    }
    canceller.join().expect("it cancels");
}

fn shell(script: &str) -> Command {
    Command::new("/bin/sh")
        .arguments(["-c", script])
        .variable("PATH", "/usr/bin:/bin")
}

/// Longer than a transport may run it.
fn endless() -> Command {
    shell("exec sleep 3")
}

fn prints(ran: &Ran, text: &str) -> bool {
    let output = ran.result.as_ref().ok();
    output.is_some_and(|output| output.stdout().reveal() == text)
}
