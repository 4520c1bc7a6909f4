//! Text of others as Markdown that shows it as it is.

use crate::console::escape;

/// Text on one line for Markdown: no HTML, no image, no link but a plain URL, no emphasis, nobody mentioned. Code between
/// backticks stays code.
///
/// `@name` becomes code: neither GitHub nor GitLab notifies anybody of code.
pub(super) fn inline(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // Characters that are invisible or change the direction of the text.
    let text: String = text
        .chars()
        .filter(|c| escape(c.encode_utf8(&mut [0; 4])) == *c.to_string())
        .collect();
    let mut written = String::with_capacity(text.len() + 8);
    let mut rest = text.as_str();
    let mut before = None;
    while let Some(c) = rest.chars().next() {
        // `1.` begins a list.
        let is_number = !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit());
        let piece = piece(rest, before, written.is_empty());
        let (taken, escaped) = piece.unwrap_or_else(|| {
            let after = rest.chars().nth(1);
            let is_marked = (is_number && matches!(c, '.' | ')') && after.is_none_or(|c| c == ' '))
                || is_special(c, before, after, written.is_empty());
            (
                c.len_utf8(),
                if is_marked {
                    format!("\\{c}")
                } else {
                    c.to_string()
                },
            )
        });
        before = rest.get(..taken).and_then(|taken| taken.chars().last());
        rest = rest.get(taken..).unwrap_or_default();
        written.push_str(&escaped);
    }
    written
}

/// Text as code, whatever it contains.
pub(super) fn code(text: &str) -> String {
    let text: String = escape(&text.replace(['\n', '\r'], " "));
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    match text.starts_with('`') || text.ends_with('`') || text.is_empty() {
        true => format!("{fence} {text} {fence}"),
        false => format!("{fence}{text}{fence}"),
    }
}

/// A link whose text is Markdown already.
pub(super) fn link(text: &str, url: &str) -> String {
    let url = url
        .replace('(', "%28")
        .replace(')', "%29")
        .replace(['<', '>', ' ', '\\', '\n'], "");
    format!("[{text}]({url})")
}

/// Code, a URL or a mention at the start of `rest`: how many bytes it has, and its Markdown.
fn piece(rest: &str, before: Option<char>, is_start: bool) -> Option<(usize, String)> {
    let is_word = before.is_some_and(char::is_alphanumeric);
    match rest.chars().next()? {
        '`' => {
            let run = rest.len() - rest.trim_start_matches('`').len();
            let code = code_span(rest, run);
            // A line that begins with three would begin a block.
            match code.filter(|_| !(is_start && run > 2)) {
                Some(length) => Some((length, rest.get(..length)?.to_owned())),
                None => Some((run, "\\`".repeat(run))),
            }
        }
        'h' if !is_word && (rest.starts_with("https://") || rest.starts_with("http://")) => {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "/:?#=&%.,+~_-".contains(c);
            let length = rest.find(|c| !is_plain(c)).unwrap_or(rest.len());
            Some((length, rest.get(..length)?.to_owned()))
        }
        '@' if !is_word => {
            let is_name = |c: char| c.is_alphanumeric() || "-_./".contains(c);
            let name = rest.get(1..)?;
            let length = name.find(|c| !is_name(c)).unwrap_or(name.len());
            let name = name.get(..length)?.trim_end_matches(['.', '/']);
            (!name.is_empty()).then(|| (1 + name.len(), format!("`@{name}`")))
        }
        _ => None,
    }
}

/// The length of a code span that begins with `run` backticks.
fn code_span(text: &str, run: usize) -> Option<usize> {
    let mut at = run;
    loop {
        let start = at + text.get(at..)?.find('`')?;
        let rest = text.get(start..)?;
        let length = rest.len() - rest.trim_start_matches('`').len();
        at = start + length;
        if length == run {
            return Some(at);
        }
    }
}

/// Whether a character could mean something in Markdown.
fn is_special(c: char, before: Option<char>, after: Option<char>, is_start: bool) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match c {
        '\\' | '*' | '[' | ']' | '<' | '>' | '~' | '|' | '$' | '@' => true,
        '&' => after.is_some_and(|c| c.is_alphanumeric() || c == '#'),
        '_' => !(is_word(before) && is_word(after)),
        '#' | '-' | '+' | '=' | ':' => is_start,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_shown_as_it_is() {
        for (text, expected) in [
            ("Fix foo_bar and `x_y` (#12)", "Fix foo_bar and `x_y` (#12)"),
            (
                "__init__ *must* <b>go</b>",
                "\\_\\_init\\_\\_ \\*must\\* \\<b\\>go\\</b\\>",
            ),
            ("thanks @octo-cat, a@b.org", "thanks `@octo-cat`, a\\@b.org"),
            (
                "@org/team: [x](javascript:1)",
                "`@org/team`: \\[x\\](javascript:1)",
            ),
            ("![i](http://x.y/a_b)", "!\\[i\\](http://x.y/a_b)"),
            ("see https://x.y/~a_b_c.", "see https://x.y/~a_b_c."),
            ("a ` b `` c", "a \\` b \\`\\` c"),
            ("# no heading", "\\# no heading"),
            ("- no list", "\\- no list"),
            ("1. no list", "1\\. no list"),
            ("R&D &amp; &#64;x", "R\\&D \\&amp; \\&#64;x"),
            ("a\n\nb\u{202e}c\u{0}", "a bc"),
            ("```x", "\\`\\`\\`x"),
            ("```x```", "\\`\\`\\`x\\`\\`\\`"),
            ("$x$ ~~y~~", "\\$x\\$ \\~\\~y\\~\\~"),
        ] {
            assert_eq!(inline(text), expected, "{text:?}");
        }
    }

    #[test]
    fn code_may_contain_backticks() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`a"), "`` `a ``");
    }

    #[test]
    fn a_link_cannot_be_left() {
        assert_eq!(link("x", "https://h/a)b(<>"), "[x](https://h/a%29b%28)");
    }

    proptest! {
        #[test]
        fn nobody_is_mentioned_and_nothing_is_html(text in "[@`a <>&;_*\\\\\\[\\](!)\\n/.#-]{0,24}") {
            let shown = inline(&text);
            prop_assert!(!shown.contains('\n'));
            // Outside of code, every mark is escaped.
            let mut rest = shown.as_str();
            let mut before = ' ';
            while let Some(c) = rest.chars().next() {
                let mut length = c.len_utf8();
                match c {
                    '\\' => length += rest.chars().nth(1).map_or(0, char::len_utf8),
                    '`' => {
                        let run = rest.len() - rest.trim_start_matches('`').len();
                        length = code_span(rest, run).expect("code has an end");
                    }
                    '<' | '>' | '@' | '[' | ']' | '*' => prop_assert!(false, "{c} in {shown:?} of {text:?} after {before}"),
                    _ => {}
                }
                before = c;
                rest = &rest[length..];
            }
        }
    }
}
