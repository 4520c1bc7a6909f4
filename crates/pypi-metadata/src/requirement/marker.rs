//! Environment markers: the condition after the semicolon of a requirement.

use super::scan::{Problem, Scan};

/// How deep the parentheses of a marker may be nested. Python's own parser gives up at about three times as many.
const MAX_DEPTH: usize = 100;

pub(super) const TOO_DEEP: &str = "Expected at most 100 nested parentheses in the marker";

/// Python cannot evaluate a quoted text: `packaging` 26.2 fails with a `SyntaxError`, which the index does not expect.
pub(super) const NOT_A_LITERAL: &str =
    "Expected a quoted text of one line, in which every escape is complete";

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
) -> Result<(), Problem> {
    let mut open = Vec::new();
    loop {
        scan.blanks();
        let mut start = scan.position();
        while scan.token("(") {
            open.push(start);
            if open.len() > MAX_DEPTH {
                return Err(scan.problem(TOO_DEEP));
            }
            each(Token::Open);
            scan.blanks();
            start = scan.position();
        }
        each(Token::Comparison(comparison(scan)?));
        scan.blanks();
        while !open.is_empty() && scan.token(")") {
            open.pop();
            each(Token::Close);
            scan.blanks();
        }
        if scan.word("or") {
            each(Token::Or);
        } else if scan.word("and") {
            each(Token::And);
        } else {
            let expected =
                "Expected matching RIGHT_PARENTHESIS for LEFT_PARENTHESIS, after marker expression";
            return match open.pop() {
                Some(start) => Err(scan.problem_since(start, expected)),
                None => Ok(()),
            };
        }
    }
}

fn comparison<'a>(scan: &mut Scan<'a>) -> Result<Comparison<'a>, Problem> {
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

fn operand<'a>(scan: &mut Scan<'a>) -> Result<Operand<'a>, Problem> {
    let quote = scan.rest.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let quoted = quote.and_then(|quote| {
        let after = scan.rest.get(1..)?;
        let end = after.find(quote)?;
        after.get(..end)
    });
    if let Some(text) = quoted {
        if !is_literal(text) {
            return Err(scan.problem(NOT_A_LITERAL));
        }
        scan.take(text.len() + 2);
        return Ok(Operand::Text(text));
    }
    let variable = VARIABLES.into_iter().find(|name| scan.word(name));
    variable
        .map(Operand::Variable)
        .ok_or_else(|| scan.problem("Expected a marker variable or quoted string"))
}

/// Whether Python can evaluate the text between the quotes. It need not know the name of a character, because we do not.
fn is_literal(text: &str) -> bool {
    // Python reads a carriage return as a line feed, and a line that ends in a backslash goes on.
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '\n', '\r', '\0']) {
        let Some((_, escape)) = rest.split_at_checked(at) else {
            return false;
        };
        let mut after = escape.chars();
        if after.next() != Some('\\') {
            return false;
        }
        let digits = match after.next() {
            None | Some('\0') => return false,
            Some('\r') if after.as_str().starts_with('\n') => {
                after.next();
                0
            }
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            Some('N') if !(after.as_str().starts_with('{') && after.as_str().contains('}')) => {
                return false;
            }
            Some(_) => 0,
        };
        rest = after.as_str();
        if digits > 0 {
            let number = rest.get(..digits).filter(|digits| !digits.starts_with('+'));
            let number = number.and_then(|digits| u32::from_str_radix(digits, 16).ok());
            if number.is_none_or(|number| number > u32::from(char::MAX)) {
                return false;
            }
        }
    }
    true
}

fn operator(scan: &mut Scan<'_>) -> Result<&'static str, Problem> {
    const OPERATORS: [&str; 8] = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"];
    if scan.word("in") {
        return Ok("in");
    }
    if scan.word("not") {
        if !scan.blanks() {
            return Err(scan.problem("Expected whitespace after 'not'"));
        }
        if !scan.word("in") {
            return Err(scan.problem("Expected 'in' after 'not'"));
        }
        return Ok("not in");
    }
    let operator = OPERATORS.into_iter().find(|operator| scan.token(operator));
    operator.ok_or_else(|| {
        scan.problem("Expected marker operator, one of <=, <, !=, ==, >=, >, ~=, ===, in, not in")
    })
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
