//! What each directive takes.

use super::{
    super::roles::Role,
    value::Value::{self, *},
};

/// The arguments, options and content that a directive takes.
pub(super) struct Spec {
    names: &'static [&'static str],
    /// The fewest and the most arguments.
    pub(super) required: usize,
    pub(super) most: usize,
    /// Whether the last argument may contain blanks.
    pub(super) is_whole: bool,
    /// Whether the argument is text with inline markup.
    pub(super) is_title: bool,
    pub(super) options: &'static [(&'static str, Value)],
    pub(super) has_content: bool,
    pub(super) needs_content: bool,
    pub(super) kind: Kind,
}

/// What a directive does with its content.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Body,
    Class,
    Container,
    Contents,
    CsvTable,
    Date,
    DefaultRole,
    /// PyPI does not allow it.
    Disabled,
    Figure,
    Header,
    Image,
    LineBlock,
    ListTable,
    Literal,
    Meta,
    ParsedLiteral,
    /// It changes the document later.
    Pending,
    Quote,
    Replace,
    Role,
    Sidebar,
    Table,
    Title,
    Topic,
    Unicode,
}

/// The specification of a directive by its name in lower case.
pub(super) fn find(name: &str) -> Option<&'static Spec> {
    SPECS.iter().find(|spec| spec.names.contains(&name))
}

const WITH: (bool, bool) = (true, false);
const NEEDS: (bool, bool) = (true, true);
const NONE: (bool, bool) = (false, false);

const CLASS_NAME: &[(&str, Value)] = &[("class", Class), ("name", Text)];
const IMAGE: &[(&str, Value)] = &[
    ("alt", Text),
    ("height", Length),
    ("width", LengthOrPercentage),
    ("scale", Percentage),
    (
        "align",
        Choice(&["top", "middle", "bottom", "left", "center", "right"]),
    ),
    ("target", Required),
    ("loading", Choice(&["embed", "link", "lazy"])),
    ("class", Class),
    ("name", Text),
];
const FIGURE: &[(&str, Value)] = &[
    ("alt", Text),
    ("height", Length),
    ("width", LengthOrPercentage),
    ("scale", Percentage),
    ("align", Choice(&["left", "center", "right"])),
    ("target", Required),
    ("loading", Choice(&["embed", "link", "lazy"])),
    ("class", Class),
    ("name", Text),
    ("figwidth", FigureWidth),
    ("figclass", Class),
    ("figname", Text),
];
const SIDES: Value = Choice(&["left", "center", "right"]);
const TABLE: &[(&str, Value)] = &[
    ("class", Class),
    ("name", Text),
    ("align", SIDES),
    ("width", LengthOrPercentage),
    ("widths", Widths(&["auto", "grid"])),
];
const LIST_TABLE: &[(&str, Value)] = &[
    ("header-rows", Natural),
    ("stub-columns", Natural),
    ("width", LengthOrPercentage),
    ("widths", Widths(&["auto"])),
    ("class", Class),
    ("name", Text),
    ("align", SIDES),
];
const CSV_TABLE: &[(&str, Value)] = &[
    ("header-rows", Natural),
    ("stub-columns", Natural),
    ("header", Text),
    ("width", LengthOrPercentage),
    ("widths", Widths(&["auto"])),
    ("file", Required),
    ("url", Required),
    ("encoding", Encoding),
    ("class", Class),
    ("name", Text),
    ("align", SIDES),
    ("delim", CharacterOrBlank),
    ("keepspace", Flag),
    ("quote", Character),
    ("escape", Character),
];
const SUBTITLE: &[(&str, Value)] = &[("class", Class), ("name", Text), ("subtitle", Required)];
const CODE: &[(&str, Value)] = &[
    ("class", Class),
    ("name", Text),
    ("number-lines", OptionalInteger),
];
const CONTENTS: &[(&str, Value)] = &[
    ("depth", Natural),
    ("local", Flag),
    ("backlinks", Choice(&["top", "entry", "none"])),
    ("class", Class),
];
const SECTNUM: &[(&str, Value)] = &[
    ("depth", Integer),
    ("start", Integer),
    ("prefix", Required),
    ("suffix", Required),
];
const TRIM: &[(&str, Value)] = &[("trim", Flag), ("ltrim", Flag), ("rtrim", Flag)];
const RAW: &[(&str, Value)] = &[
    ("file", Required),
    ("url", Required),
    ("encoding", Encoding),
    ("class", Class),
];
const INCLUDE: &[(&str, Value)] = &[
    ("literal", Flag),
    ("code", Text),
    ("encoding", Encoding),
    ("parser", Text),
    ("tab-width", Integer),
    ("start-line", Integer),
    ("end-line", Integer),
    ("start-after", Text),
    ("end-before", Text),
    ("number-lines", OptionalInteger),
    ("class", Class),
    ("name", Text),
];

const fn spec(
    names: &'static [&'static str],
    (required, most, is_whole, is_title): (usize, usize, bool, bool),
    options: &'static [(&'static str, Value)],
    (has_content, needs_content): (bool, bool),
    kind: Kind,
) -> Spec {
    Spec {
        names,
        required,
        most,
        is_whole,
        is_title,
        options,
        has_content,
        needs_content,
        kind,
    }
}

const NO_ARGUMENT: (usize, usize, bool, bool) = (0, 0, false, false);
const WORD: (usize, usize, bool, bool) = (0, 1, false, false);
const TEXT: (usize, usize, bool, bool) = (0, 1, true, false);
const TITLE: (usize, usize, bool, bool) = (0, 1, true, true);
const NEEDS_TEXT: (usize, usize, bool, bool) = (1, 1, true, false);
const NEEDS_TITLE: (usize, usize, bool, bool) = (1, 1, true, true);

/// # Source
///
/// docutils 0.23, `parsers/rst/directives` and `languages/en.py`.
const SPECS: &[Spec] = &[
    spec(
        &[
            "attention",
            "caution",
            "danger",
            "error",
            "hint",
            "important",
            "note",
            "tip",
            "warning",
        ],
        NO_ARGUMENT,
        CLASS_NAME,
        NEEDS,
        Kind::Body,
    ),
    spec(&["admonition"], NEEDS_TITLE, CLASS_NAME, NEEDS, Kind::Body),
    spec(&["topic"], NEEDS_TITLE, CLASS_NAME, NEEDS, Kind::Topic),
    spec(&["sidebar"], TITLE, SUBTITLE, NEEDS, Kind::Sidebar),
    spec(
        &["line-block"],
        NO_ARGUMENT,
        CLASS_NAME,
        NEEDS,
        Kind::LineBlock,
    ),
    spec(
        &["parsed-literal"],
        NO_ARGUMENT,
        CLASS_NAME,
        NEEDS,
        Kind::ParsedLiteral,
    ),
    spec(
        &["code", "code-block", "sourcecode"],
        WORD,
        CODE,
        NEEDS,
        Kind::Literal,
    ),
    spec(&["math"], NO_ARGUMENT, CLASS_NAME, NEEDS, Kind::Literal),
    spec(&["rubric"], NEEDS_TITLE, CLASS_NAME, NONE, Kind::Literal),
    spec(
        &["epigraph", "highlights", "pull-quote"],
        NO_ARGUMENT,
        &[],
        NEEDS,
        Kind::Quote,
    ),
    spec(&["compound"], NO_ARGUMENT, CLASS_NAME, NEEDS, Kind::Body),
    spec(
        &["container"],
        TEXT,
        &[("name", Text)],
        NEEDS,
        Kind::Container,
    ),
    spec(&["table"], TITLE, TABLE, WITH, Kind::Table),
    spec(&["csv-table"], TITLE, CSV_TABLE, WITH, Kind::CsvTable),
    spec(&["list-table"], TITLE, LIST_TABLE, WITH, Kind::ListTable),
    spec(&["meta"], NO_ARGUMENT, &[], NEEDS, Kind::Meta),
    spec(&["image"], NEEDS_TEXT, IMAGE, NONE, Kind::Image),
    spec(&["figure"], NEEDS_TEXT, FIGURE, WITH, Kind::Figure),
    spec(&["include"], NEEDS_TEXT, INCLUDE, NONE, Kind::Disabled),
    spec(&["raw"], NEEDS_TEXT, RAW, WITH, Kind::Disabled),
    spec(&["replace"], NO_ARGUMENT, &[], WITH, Kind::Replace),
    spec(&["unicode"], NEEDS_TEXT, TRIM, NONE, Kind::Unicode),
    spec(&["date"], NO_ARGUMENT, &[], WITH, Kind::Date),
    spec(&["class", "rst-class"], NEEDS_TEXT, &[], WITH, Kind::Class),
    spec(&["role"], NO_ARGUMENT, &[], WITH, Kind::Role),
    spec(&["default-role"], WORD, &[], NONE, Kind::DefaultRole),
    spec(&["title"], NEEDS_TEXT, &[], NONE, Kind::Title),
    spec(&["contents"], TITLE, CONTENTS, NONE, Kind::Contents),
    spec(
        &["sectnum", "section-numbering"],
        NO_ARGUMENT,
        SECTNUM,
        NONE,
        Kind::Pending,
    ),
    spec(&["header", "footer"], NO_ARGUMENT, &[], NEEDS, Kind::Header),
    spec(
        &["target-notes"],
        NO_ARGUMENT,
        &[("class", Class)],
        NONE,
        Kind::Pending,
    ),
    spec(
        &["restructuredtext-test-directive"],
        TEXT,
        &[("option", Required)],
        WITH,
        Kind::Title,
    ),
];

const ROLE: &Spec = &spec(&[], NO_ARGUMENT, &[("class", Class)], NONE, Kind::Role);
const CODE_ROLE: &Spec = &spec(
    &[],
    NO_ARGUMENT,
    &[("class", Class), ("language", Text)],
    NONE,
    Kind::Role,
);
const RAW_ROLE: &Spec = &spec(
    &[],
    NO_ARGUMENT,
    &[("class", Class), ("format", Text)],
    NONE,
    Kind::Role,
);

/// The options of a role that is made from another one.
pub(super) fn role(base: Role) -> &'static Spec {
    match base {
        Role::Code => CODE_ROLE,
        Role::Raw => RAW_ROLE,
        _ => ROLE,
    }
}
