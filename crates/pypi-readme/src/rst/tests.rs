//! What docutils 0.23 reports, at the same lines.

use super::{MAX_CHECKED, check_rst};

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let report = check_rst(text);
    let problems: Vec<String> = report.problems().iter().map(ToString::to_string).collect();
    assert_eq!(problems, expected, "of {text:?}");
    assert_eq!(report.unchecked(), None, "of {text:?}");
}

#[test]
fn inline_markup() {
    check("*a", &["line 1: emphasis (*) is not closed"]);
    check(
        "Text **a and\nmore text",
        &["line 1: strong emphasis (**) is not closed"],
    );
    check("See ``a", &["line 1: a literal (``) is not closed"]);
    check(
        "See `a",
        &["line 1: interpreted text or a reference (`) is not closed"],
    );
    check("See |a", &["line 1: a substitution (|) is not closed"]);
    check("a |b| c", &["line 1: the substitution |b| is not defined"]);
    check(
        "See a_ and `b c`_",
        &[
            "line 1: the reference \"a\" has no target",
            "line 1: the reference \"b c\" has no target",
        ],
    );
    check(
        "a__",
        &["line 2: there are 1 anonymous references for 0 anonymous targets"],
    );
    check(
        "See [1]_ and [#]_ and [*]_",
        &[
            "line 1: there are more references [#]_ than such footnotes",
            "line 1: there are more references [*]_ than such footnotes",
            "line 1: the reference \"1\" has no target",
        ],
    );
    check(
        ":ref:`a`",
        &[
            "line 1: unknown role \"ref\": roles of Sphinx and other tools do not render on the index",
        ],
    );
    check(
        "`a`:ref:",
        &[
            "line 1: unknown role \"ref\": roles of Sphinx and other tools do not render on the index",
        ],
    );
    check(
        ":pep:`x`",
        &["line 1: \"x\" is not a number, which the role \"pep\" needs"],
    );
}

#[test]
fn directives() {
    check(
        ".. toctree::\n   :maxdepth: 2\n\n   a",
        &[
            "line 1: unknown directive \"toctree\": directives of Sphinx and other tools do not render on the index",
        ],
    );
    check(
        "Text\n\n.. raw:: html\n\n   <b>",
        &["line 3: the directive \"raw\" is disabled on the index"],
    );
    check(
        ".. image::",
        &["line 1: the directive \"image\" needs an argument"],
    );
    check(
        ".. image:: a.png\n   :border: 1",
        &["line 1: the directive \"image\" has no option \"border\""],
    );
    check(
        ".. image:: a.png\n   :width: wide",
        &["line 1: the directive \"image\" has an invalid value \"wide\" for the option \"width\""],
    );
    check(
        ".. note::",
        &["line 1: the directive \"note\" needs content"],
    );
    check(
        ".. contents::\n   x\n\n   y",
        &["line 1: the directive \"contents\" takes no content"],
    );
}

#[test]
fn titles() {
    check("A title\n===", &[]);
    check(
        "A title\n====\n\nText",
        &["line 2: the line below the title \"A title\" is too short"],
    );
    check(
        "======\nA title\n======\n\nText",
        &["line 1: the line above the title \"A title\" is too short"],
    );
    check(
        "=======\nA title\n======\n\nText",
        &["line 1: the lines above and below the title differ"],
    );
    check(
        "=======\nA title\n\nText",
        &["line 1: no line below the title matches the one above it"],
    );
    check(
        "A\n=\n\nB\n-\n\nC\n~\n\nD\n=\n\nF\n~",
        &["line 13: the style of the title skips a level"],
    );
}

#[test]
fn blocks() {
    check(
        "- a\n- b\nc",
        &["line 3: the bullet list ends without a blank line"],
    );
    check(
        "1. a\n   b\n  c",
        &["line 3: the enumerated list ends without a blank line"],
    );
    check(
        "term\n  definition\nno term",
        &["line 3: the definition list ends without a blank line"],
    );
    check(
        "  quote\ntext",
        &["line 2: the block quote ends without a blank line"],
    );
    check(
        "| a\ntext",
        &["line 2: the line block ends without a blank line"],
    );
    check(
        ":field: a\ntext",
        &["line 2: the field list ends without a blank line"],
    );
    check(
        ".. comment\ntext",
        &["line 2: the explicit markup ends without a blank line"],
    );
    check(
        "a\n  b\nc\nd\n e",
        &[
            "line 3: the definition list ends without a blank line",
            "line 5: unexpected indent",
        ],
    );
    check("Code::\ntext", &[]);
    check(
        "Code::\n\ntext",
        &["line 3: a literal block is expected after \"::\""],
    );
    check(
        "Code::\n\n> a\n< b",
        &["line 4: the lines of the quoted literal block begin with different characters"],
    );
}

#[test]
fn tables() {
    check(
        "+---+---+\n| a | b\n+---+---+",
        &["line 2: the lines of the table do not all end in its borders"],
    );
    check(
        "+---+---+\n| a | *b|\n+---+---+",
        &["line 2: emphasis (*) is not closed"],
    );
    check(
        "+---+---+\n| a | b |",
        &["line 2: the table has no bottom border"],
    );
    check(
        "+---+---+\n| a | b |\n+---+---+\ntext",
        &["line 4: a blank line must follow the table"],
    );
    check(
        "=== ===\na   b\n=== ===\nc   *d\n=== ===",
        &["line 4: emphasis (*) is not closed"],
    );
    check(
        "=== ===\na  bc\n=== ===",
        &["line 2: there is text between the columns of the table"],
    );
    check(
        "=== ===\na   b",
        &["line 1: the table has no bottom border"],
    );
    check(
        ".. list-table::\n\n   * - a\n     - *b\n   * - c\n     - d",
        &["line 4: emphasis (*) is not closed"],
    );
    check(
        ".. list-table::\n\n   * - a\n     - b\n   * - c",
        &["line 1: the directive \"list-table\" needs a list of lists of the same length"],
    );
    check(
        ".. csv-table::\n\n   a, \"*b\"",
        &["line 2: emphasis (*) is not closed"],
    );
    check(
        ".. csv-table::\n\n   a, \"b",
        &["line 1: the directive \"csv-table\" has invalid values: a quoted value is not closed"],
    );
    check(
        ".. table::\n\n   text",
        &["line 1: the directive \"table\" needs one table as its content"],
    );
}

#[test]
fn names() {
    check(
        ".. _a: b\n\n.. _a: c",
        &["line 3: the hyperlink target \"a\" is defined twice"],
    );
    check(
        ".. _a",
        &["line 1: the hyperlink target is malformed: a colon must follow its name"],
    );
    check(
        ".. _a: b_\n\nText a_",
        &["line 1: the hyperlink target leads to \"b\", which does not exist"],
    );
    check(
        ".. |a| replace:: b\n.. |a| replace:: c\n\n|a|",
        &["line 2: the substitution |a| is defined twice"],
    );
    check(".. |a|", &["line 1: the substitution |a| is empty"]);
    check(
        ".. |a| note:: b",
        &["line 1: the substitution |a| does not name a directive for inline text"],
    );
    check(
        ".. |a| replace:: |a|\n\n|a|",
        &[
            "line 1: the substitution |a| contains itself",
            "line 3: the substitution |a| contains itself",
        ],
    );
    check(".. [1]", &["line 1: the footnote is empty"]);
}

#[test]
fn other() {
    check(
        "Text\n\n----",
        &["line 3: a transition at the end of the document"],
    );
    check(
        "----\n\nText",
        &["line 1: a transition at the start of the document"],
    );
    check(
        "- A\n  ====",
        &["line 2: a section title is not allowed here"],
    );
    check(
        ".. figure:: a.png\n\n   - a",
        &["line 1: the directive \"figure\" has a caption that is not a paragraph"],
    );
    check(
        ".. class:: a",
        &["line 1: the directive \"class\" needs an element after it"],
    );
    check(
        ".. unicode:: 33",
        &["line 1: the directive \"unicode\" is allowed in substitutions only"],
    );
    check(
        ".. role:: a(b)",
        &["line 1: unknown role \"b\": roles of Sphinx and other tools do not render on the index"],
    );
    check(
        ":author:\n\nText",
        &["line 1: the field \"author\" at the beginning of the text is empty"],
    );
    check(".. comment", &["line 1: the text has no visible content"]);
    check(
        "+--------+\n| - a    |\n| - b    |\n| c      |\n+--------+",
        &["line 4: the bullet list ends without a blank line"],
    );
    check(
        "Simple: 中文_ and “*a* ”.",
        &["line 1: the reference \"中文\" has no target"],
    );
    check(
        "A\n=\n\nA\n=\n\nSee A_.",
        &["line 7: the reference \"a\" is ambiguous: several targets have this name"],
    );
    check("`a <b>`_ and `a <c>`_", &[]);
    check(
        "Text [#n]_\n\n.. [#n] note *x",
        &["line 3: emphasis (*) is not closed"],
    );
}

/// A text that is too complex is not judged, and never wrong.
#[test]
fn complex_texts_are_not_judged() {
    let deep: String = (0..200)
        .map(|at| format!("{}- a\n\n", " ".repeat(at * 2)))
        .collect();
    let bomb: String = (1..40)
        .map(|at| format!(".. |a{at}| replace:: |a{0}| |a{0}|\n", at - 1))
        .collect();
    let target = format!(".. _{}", "a\n   ".repeat(100_000));
    let long = "a\n".repeat(MAX_CHECKED);
    for text in [
        deep,
        format!("{bomb}.. |a0| replace:: b\n\n|a39|\n"),
        target,
        long,
    ] {
        let report = check_rst(&text);
        let start: String = text.chars().take(20).collect();
        assert!(report.unchecked().is_some(), "{start:?}");
        assert!(report.problems().is_empty(), "{start:?}");
    }
}

/// Unclosed starts, each of which could search the rest of the text.
#[test]
fn work_is_linear() {
    for unit in [
        "*a ", "**a ", "`a ", "``a ", "|a ", "_`a ", ":a:`b ", "a-", "[a", "<`a",
    ] {
        let text = format!("{}\n", unit.repeat(9_000 / unit.len())).repeat(100);
        let mut checker = super::Checker::default();
        let mut lines = super::lines::split(&text);
        let mut body = super::Body::new(&mut lines, 0, super::Place::Document);
        checker.sections.push(super::Section::default());
        checker.enter(&mut body);
        let steps = checker.work - checker.work.min(super::KEPT * 100_000);
        assert!(steps < 20 * text.len(), "{unit:?}: {steps} steps");
    }
}
