//! Changes, as commit messages describe them.

use git_conventional::Commit as Conventional;

/// The kind of a change, in the order of the notes.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Kind {
    Security,
    Feature,
    Fix,
    Performance,
    Deprecation,
    Removal,
    Other,
    Documentation,
    Dependencies,
    Maintenance,
}

impl Kind {
    pub(crate) const ALL: [Self; 10] = [
        Self::Security,
        Self::Feature,
        Self::Fix,
        Self::Performance,
        Self::Deprecation,
        Self::Removal,
        Self::Other,
        Self::Documentation,
        Self::Dependencies,
        Self::Maintenance,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Feature => "feature",
            Self::Fix => "fix",
            Self::Performance => "performance",
            Self::Deprecation => "deprecation",
            Self::Removal => "removal",
            Self::Other => "other",
            Self::Documentation => "documentation",
            Self::Dependencies => "dependencies",
            Self::Maintenance => "maintenance",
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Security => "Security",
            Self::Feature => "Features",
            Self::Fix => "Fixes",
            Self::Performance => "Performance",
            Self::Deprecation => "Deprecations",
            Self::Removal => "Removals",
            Self::Other => "Changes",
            Self::Documentation => "Documentation",
            Self::Dependencies => "Dependencies",
            Self::Maintenance => "Maintenance",
        }
    }

    /// The kind of a type of Conventional Commits; `None` for any other word.
    fn of(word: &str, scope: Option<&str>) -> Option<Self> {
        let is_dependencies =
            scope.is_some_and(|scope| scope.to_ascii_lowercase().starts_with("deps"));
        Some(match word.to_ascii_lowercase().as_str() {
            "security" | "sec" => Self::Security,
            "feat" | "feature" => Self::Feature,
            "fix" | "bugfix" | "hotfix" => Self::Fix,
            "perf" => Self::Performance,
            "deprecate" | "deprecated" => Self::Deprecation,
            "remove" | "removed" => Self::Removal,
            "change" | "revert" => Self::Other,
            "docs" | "doc" => Self::Documentation,
            "deps" => Self::Dependencies,
            "build" | "chore" | "fix-deps" if is_dependencies => Self::Dependencies,
            "build" | "chore" | "ci" | "refactor" | "style" | "test" | "tests" => Self::Maintenance,
            _ => return None,
        })
    }
}

/// A change, as its author describes it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Change {
    pub(crate) kind: Kind,
    pub(crate) scope: Option<String>,
    pub(crate) text: String,
    /// What breaks; empty if the description of the change says it.
    pub(crate) breaking: Option<String>,
    /// The number of the pull or merge request.
    pub(crate) request: Option<u64>,
    /// The ID of the commit.
    pub(crate) commit: String,
    pub(crate) is_conventional: bool,
}

impl Change {
    /// The change that a message describes.
    pub(super) fn parse(message: &str, commit: &str, request: Option<u64>) -> Self {
        let message = message.trim();
        let (subject, body) = message.split_once('\n').unwrap_or((message, ""));
        let (subject, own_request) = without_request(subject.trim());
        let request = request.or(own_request);
        let parsed = format!("{subject}\n{body}");
        let parsed = Conventional::parse(parsed.trim_end()).ok();
        let kind = parsed.as_ref().and_then(|parsed| {
            Kind::of(
                parsed.type_().as_str(),
                parsed.scope().map(|scope| scope.as_str()),
            )
        });
        let Some((parsed, kind)) = parsed.zip(kind) else {
            return Self {
                kind: Kind::Other,
                scope: None,
                text: subject.to_owned(),
                breaking: None,
                request,
                commit: commit.to_owned(),
                is_conventional: false,
            };
        };
        let text = parsed.description();
        let breaking = parsed.breaking().then(|| {
            let breaking = parsed.breaking_description().unwrap_or_default();
            if breaking == text {
                String::new()
            } else {
                breaking.to_owned()
            }
        });
        Self {
            kind,
            scope: parsed.scope().map(|scope| scope.as_str().to_owned()),
            text: text.to_owned(),
            breaking,
            request,
            commit: commit.to_owned(),
            is_conventional: true,
        }
    }

    /// The changes of a commit that is not a merge. The body of a squashed branch lists its commits: they count if the
    /// subject says less than they do.
    pub(super) fn of_commit(message: &str, commit: &str, request: Option<u64>) -> Vec<Self> {
        let whole = Self::parse(message, commit, request);
        let items = message.lines().skip(1).filter_map(|line| {
            let item = line
                .trim_start()
                .strip_prefix("* ")
                .or_else(|| line.trim_start().strip_prefix("- "))?;
            let change = Self::parse(item, commit, request.or(whole.request));
            change.is_conventional.then_some(change)
        });
        let mut items: Vec<Self> = items.take(MAX_ITEMS).collect();
        if whole.is_conventional {
            items.retain(|item| item.breaking.is_some() && whole.breaking.is_none());
            items.insert(0, whole);
            items
        } else if items.is_empty() {
            vec![whole]
        } else {
            items
        }
    }
}

/// The most commits of a squashed branch.
const MAX_ITEMS: usize = 100;

/// `Fix it (#12)` as `Fix it` and 12; `!12` is a merge request of GitLab.
fn without_request(subject: &str) -> (&str, Option<u64>) {
    let found = subject.strip_suffix(')').and_then(|rest| {
        let (text, number) = rest.rsplit_once(" (")?;
        let number = number.strip_prefix(['#', '!'])?;
        Some((text.trim_end(), number.parse().ok()?))
    });
    found.map_or((subject, None), |(text, number)| (text, Some(number)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_message_is_a_change(message in "(feat|fix|x|BREAKING CHANGE|\\* |- |\\(#1\\)|[(:!) \n\r\u{e9}\u{0}]){0,12}") {
            prop_assert!(!Change::of_commit(&message, "c", None).is_empty());
        }
    }

    fn shown(message: &str) -> Vec<String> {
        Change::of_commit(message, "c", None)
            .iter()
            .map(|change| {
                let scope = change
                    .scope
                    .as_ref()
                    .map_or(String::new(), |scope| format!("({scope})"));
                let breaking = change
                    .breaking
                    .as_ref()
                    .map_or(String::new(), |text| format!(" !{text}"));
                let request = change
                    .request
                    .map_or(String::new(), |number| format!(" #{number}"));
                format!(
                    "{}{scope}: {}{breaking}{request}",
                    change.kind.name(),
                    change.text
                )
            })
            .collect()
    }

    #[test]
    fn messages_are_changes() {
        for (message, expected) in [
            ("feat(api): add it (#12)", &["feature(api): add it #12"][..]),
            ("Feat!: drop it\n\nBody", &["feature: drop it !"]),
            (
                "fix: a\n\nBREAKING CHANGE: b is gone",
                &["fix: a !b is gone"],
            ),
            (
                "chore(deps): bump x from 1 to 2 (#3)",
                &["dependencies(deps): bump x from 1 to 2 #3"],
            ),
            ("Note: not a type", &["other: Note: not a type"]),
            ("Fix the parser (!7)", &["other: Fix the parser #7"]),
            (
                "Parser (#7)\n\n* feat: one\n\n* wip\n\n* fix(x): two\n",
                &["feature: one #7", "fix(x): two #7"],
            ),
            (
                "feat: all (#7)\n\n* feat: one\n* fix!: two",
                &["feature: all #7", "fix: two ! #7"],
            ),
            ("Parser (#7)\n\n* one\n* two", &["other: Parser #7"]),
            ("", &["other: "]),
            ("fix:", &["other: fix:"]),
        ] {
            assert_eq!(shown(message), expected, "{message:?}");
        }
    }
}
