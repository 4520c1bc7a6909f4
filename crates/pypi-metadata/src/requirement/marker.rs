//! Environment markers: the condition after the semicolon of a requirement.

use super::scan::Scan;

/// How deep the parentheses of a marker may be nested. Python's own parser gives up at about three times as many.
const MAX_DEPTH: usize = 100;

pub(super) const TOO_DEEP: &str = "at most 100 nested parentheses in the marker";

/// A part of a marker.
pub(super) enum Token<'a> {
    And,
    Close,
    Comparison(Comparison<'a>),
    Open,
    Or,
}

/// A comparison in a marker, such as `python_version < "3.12"`.
pub(super) struct Comparison<'a> {
    pub(super) left: Operand<'a>,
    pub(super) operator: &'static str,
    pub(super) right: Operand<'a>,
}

pub(super) enum Operand<'a> {
    Text(&'a str),
    Variable(&'static str),
}

/// Parses `item (and|or item)*` with parentheses, without recursion, and calls `each` with every token.
pub(super) fn parse<'a>(
    scan: &mut Scan<'a>,
    each: &mut impl FnMut(Token<'a>),
) -> Result<(), &'static str> {
    let mut depth = 0_usize;
    loop {
        scan.blanks();
        while scan.token("(") {
            depth += 1;
            if depth > MAX_DEPTH {
                return Err(TOO_DEEP);
            }
            each(Token::Open);
            scan.blanks();
        }
        each(Token::Comparison(comparison(scan)?));
        scan.blanks();
        while depth > 0 && scan.token(")") {
            depth -= 1;
            each(Token::Close);
            scan.blanks();
        }
        if scan.word("or") {
            each(Token::Or);
        } else if scan.word("and") {
            each(Token::And);
        } else if depth == 0 {
            return Ok(());
        } else {
            return Err("\"and\", \"or\" or \")\" in the marker");
        }
    }
}

fn comparison<'a>(scan: &mut Scan<'a>) -> Result<Comparison<'a>, &'static str> {
    let left = operand(scan)?;
    scan.blanks();
    let operator = operator(scan)?;
    scan.blanks();
    Ok(Comparison {
        left,
        operator,
        right: operand(scan)?,
    })
}

fn operand<'a>(scan: &mut Scan<'a>) -> Result<Operand<'a>, &'static str> {
    for quote in ['\'', '"'] {
        let Some(rest) = scan.rest.strip_prefix(quote) else {
            continue;
        };
        let end = rest.find(quote).ok_or("a closing quote")?;
        let text = scan.take(end + 2).trim_matches(quote);
        // Python evaluates the text as a literal.
        if text.contains(['\n', '\r', '\0']) {
            return Err("a quoted text of one line");
        }
        if has_broken_escape(text) {
            return Err("a complete escape after the backslash, or no backslash");
        }
        return Ok(Operand::Text(text));
    }
    let variable = VARIABLES.into_iter().find(|name| scan.word(name));
    variable
        .map(Operand::Variable)
        .ok_or("a marker variable or a quoted text")
}

/// Whether Python fails to evaluate an escape of the text. An unknown character name is not found.
fn has_broken_escape(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, escape)) = rest.split_once('\\') {
        let mut after = escape.chars();
        let digits = match after.next() {
            None => return true,
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            Some('N') if !(after.as_str().starts_with('{') && after.as_str().contains('}')) => {
                return true;
            }
            Some(_) => 0,
        };
        rest = after.as_str();
        if digits > 0 {
            let number = rest.get(..digits).filter(|digits| !digits.starts_with('+'));
            let number = number.and_then(|digits| u32::from_str_radix(digits, 16).ok());
            if number.is_none_or(|number| number > u32::from(char::MAX)) {
                return true;
            }
        }
    }
    false
}

fn operator(scan: &mut Scan<'_>) -> Result<&'static str, &'static str> {
    const OPERATORS: [&str; 8] = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"];
    if scan.word("in") {
        return Ok("in");
    }
    if scan.word("not") {
        return if scan.blanks() && scan.word("in") {
            Ok("not in")
        } else {
            Err("\"in\" after \"not\"")
        };
    }
    let operator = OPERATORS.into_iter().find(|operator| scan.token(operator));
    operator.ok_or("one of <=, <, !=, ==, >=, >, ~=, ===, in, not in")
}

const VARIABLES: [&str; 20] = [
    "python_version",
    "python_full_version",
    "os_name",
    "os.name",
    "sys_platform",
    "sys.platform",
    "platform_release",
    "platform_system",
    "platform_version",
    "platform.version",
    "platform_machine",
    "platform.machine",
    "platform_python_implementation",
    "platform.python_implementation",
    "python_implementation",
    "implementation_name",
    "implementation_version",
    "extra",
    "extras",
    "dependency_groups",
];
