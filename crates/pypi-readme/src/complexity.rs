//! Whether Markdown, or the HTML made from it, is too complex to be rendered in bounded time and memory.

/// The most bytes of Markdown that are rendered.
const MAX_TEXT: usize = 1024 * 1024;

/// The most characters that may be markup, lines included: an element takes about 600 bytes.
const MAX_MARKS: usize = 40_000;

/// The most quotes and list items that a line may begin.
const MAX_NESTING: usize = 50;

/// The deepest elements, and the most formatting elements that may be open at a time: HTML opens them again in each
/// block, and searches the open elements for each tag.
const MAX_DEPTH: usize = 200;

/// The most elements of HTML.
const MAX_ELEMENTS: usize = 60_000;

/// The most cells of tables, all lines counted.
const MAX_CELLS: usize = 100_000;

/// The most attributes of an element, each of which is compared with those before it.
const MAX_ATTRIBUTES: usize = 1000;

/// The deepest indentation of an item of a list.
const MAX_INDENT: usize = 2 * MAX_NESTING;

/// Elements that HTML closes on its own, or that have no content.
const UNCLOSED: [&str; 20] = [
    "area", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option",
    "p", "param", "source", "td", "th", "tr", "wbr",
];

/// Whether Markdown is too complex for its parser.
pub(crate) fn is_complex_text(text: &str) -> bool {
    let is_mark = |byte: &u8| {
        byte.is_ascii_punctuation() && !matches!(byte, b',' | b';' | b'/' | b'%' | b'?')
            || matches!(byte, b'\n' | b'w')
    };
    text.len() > MAX_TEXT
        || text.bytes().filter(is_mark).count() > MAX_MARKS
        || text.lines().any(is_nested)
        || cells(text) > MAX_CELLS
}

/// The cells that tables may have at most: each line below a head of many columns gets as many cells.
fn cells(text: &str) -> usize {
    let is_rule = |line: &&str| {
        line.bytes()
            .all(|b| matches!(b, b'|' | b'-' | b':' | b' ' | b'\t' | b'>'))
    };
    let rules = text.lines().filter(is_rule);
    let columns = rules
        .map(|line| line.bytes().filter(|b| *b == b'|').count())
        .max();
    columns.unwrap_or(0).saturating_mul(text.lines().count())
}

/// Whether a line begins many quotes and lists, or an item of a list in many lists.
fn is_nested(line: &str) -> bool {
    let rest = line.trim_start_matches([' ', '\t', '>', '-', '+', '*', '.', ')'].as_slice());
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let begin = line.get(..line.len() - rest.len()).unwrap_or_default();
    // A line of dashes is a rule.
    let is_rule = rest.is_empty() && !begin.contains(' ') && !begin.contains('>');
    let marks = begin.bytes().filter(|b| !matches!(b, b' ' | b'\t')).count();
    let indent = begin
        .bytes()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    (marks > MAX_NESTING && !is_rule)
        || (indent > MAX_INDENT && marks > 0)
        || is_numbered_deeply(line)
}

/// Whether a line begins with many numbers of items.
fn is_numbered_deeply(line: &str) -> bool {
    let marks = line.split([' ', '\t']).filter(|word| !word.is_empty());
    let is_mark = |word: &&str| {
        word.ends_with(['.', ')'])
            && word.len() < 12
            && word
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b')'))
            || matches!(*word, "-" | "+" | "*" | ">")
    };
    marks.take_while(is_mark).count() > MAX_NESTING
}

/// Whether HTML is too complex to be made safe.
pub(crate) fn is_complex_html(html: &str) -> bool {
    let mut depth = 0_usize;
    // The attributes of a tag that is not closed go on behind the next `<`.
    let mut open = 0_usize;
    let mut formats = 0_usize;
    let mut elements = 0_usize;
    for piece in html.split('<').skip(1) {
        let (name, is_end) = match piece.strip_prefix('/') {
            Some(name) => (name, true),
            None => (piece, false),
        };
        open += attributes(name);
        if open > MAX_ATTRIBUTES {
            return true;
        }
        if name.contains('>') {
            open = 0;
        }
        let end = name
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(name.len());
        let name = name.get(..end).unwrap_or_default().to_ascii_lowercase();
        if name.is_empty() || UNCLOSED.contains(&name.as_str()) {
            elements += usize::from(!is_end);
            continue;
        }
        let is_format = is_format(&name);
        if is_end {
            depth = depth.saturating_sub(1);
            formats = formats.saturating_sub(usize::from(is_format));
            continue;
        }
        depth += 1;
        formats += usize::from(is_format);
        // Each block opens the formats again that its predecessor left open.
        elements += 1 + if is_format { 0 } else { formats };
        if depth > MAX_DEPTH || formats > MAX_DEPTH || elements > MAX_ELEMENTS {
            return true;
        }
    }
    elements > MAX_ELEMENTS || formats.saturating_mul(elements) > 10 * MAX_ELEMENTS
}

/// The number of blanks and slashes in a tag, outside of quotes: no attribute comes without one.
fn attributes(tag: &str) -> usize {
    let mut quote = None;
    let mut count = 0;
    for byte in tag.bytes() {
        match (quote, byte) {
            (Some(open), byte) if open == byte => {
                quote = None;
                count += 1;
            }
            (Some(_), _) => {}
            (None, b'>') => break,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, byte) => count += usize::from(byte.is_ascii_whitespace() || byte == b'/'),
        }
    }
    count
}

fn is_format(name: &str) -> bool {
    matches!(
        name,
        "a" | "b"
            | "big"
            | "code"
            | "em"
            | "font"
            | "i"
            | "nobr"
            | "s"
            | "small"
            | "strike"
            | "strong"
            | "tt"
            | "u"
    )
}
