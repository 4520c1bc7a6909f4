//! A text that is searched for inline markup.

/// The characters of some lines, each with its line number.
pub(super) struct Text {
    pub(super) chars: Vec<char>,
    pub(super) lines: Vec<usize>,
}

impl Text {
    pub(super) fn get(&self, at: usize) -> Option<char> {
        self.chars.get(at).copied()
    }

    pub(super) fn line(&self, at: usize) -> usize {
        self.lines.get(at).copied().unwrap_or(1)
    }

    pub(super) fn has(&self, at: usize, token: &str) -> bool {
        token
            .chars()
            .enumerate()
            .all(|(offset, c)| self.get(at + offset) == Some(c))
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> String {
        self.chars
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .collect()
    }

    /// Whether markup of this length may start here, by the characters before and after it.
    pub(super) fn may_start(&self, at: usize, length: usize) -> bool {
        let follows = self.get(at + length).filter(|c| !c.is_whitespace());
        let before = at.checked_sub(1).and_then(|before| self.get(before));
        let is_quoted = before
            .and_then(closing)
            .is_some_and(|close| follows == Some(close));
        follows.is_some() && !is_quoted && self.may_start_name(at)
    }

    pub(super) fn may_start_name(&self, at: usize) -> bool {
        match at.checked_sub(1).and_then(|before| self.get(before)) {
            None => true,
            Some('\\') => false,
            Some(c) => c.is_whitespace() || "'\"([{<-/:".contains(c) || is_open(c),
        }
    }

    /// Whether the character at `at` may follow markup.
    pub(super) fn may_end(&self, at: usize) -> bool {
        self.get(at)
            .is_none_or(|c| c.is_whitespace() || "'\")]}>-/:.,;!?\\".contains(c) || is_close(c))
    }

    /// The end of markup whose content begins at `begin`.
    pub(super) fn find_end(&self, begin: usize, token: &str) -> Option<usize> {
        let is_literal = token == "``";
        let length = token.chars().count();
        let mut at = begin;
        while at < self.chars.len() {
            if !is_literal && self.get(at) == Some('\\') {
                at += 2;
                continue;
            }
            let is_after_text = at > begin && self.get(at - 1).is_some_and(|c| !c.is_whitespace());
            let after = at + length;
            let ends = self.may_end(after) || (token == "|" && self.has(after, "_"));
            if is_after_text && self.has(at, token) && ends {
                return Some(at);
            }
            at += 1;
        }
        None
    }

    /// The `` ` `` that ends interpreted text or a reference.
    pub(super) fn find_phrase_end(&self, begin: usize) -> Option<usize> {
        let mut at = begin;
        while at < self.chars.len() {
            if self.get(at) == Some('\\') {
                at += 2;
                continue;
            }
            let is_after_text = at > begin && self.get(at - 1).is_some_and(|c| !c.is_whitespace());
            if is_after_text && self.get(at) == Some('`') {
                let after = at + 1;
                let marks = if self.has(after, "__") {
                    2
                } else {
                    usize::from(self.has(after, "_"))
                };
                let role = self.role_after(after).map_or(after, |(_, end)| end);
                if self.may_end(after + marks) || (role > after && self.may_end(role)) {
                    return Some(at);
                }
            }
            at += 1;
        }
        None
    }

    /// The role `:name:` at `at`, and its end.
    pub(super) fn role_after(&self, at: usize) -> Option<(String, usize)> {
        if self.get(at) != Some(':') {
            return None;
        }
        let is_inner = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '+');
        let mut end = at + 1;
        loop {
            while self.get(end).is_some_and(is_inner) {
                end += 1;
            }
            let goes_on = self.get(end) == Some(':')
                && self.get(end + 1).is_some_and(|c| c.is_alphanumeric());
            if !goes_on {
                break;
            }
            end += 1;
        }
        let name = self.slice(at + 1, end);
        (!name.is_empty() && self.get(end) == Some(':')).then_some((name, end + 1))
    }
}

fn closing(c: char) -> Option<char> {
    Some(match c {
        '\'' => '\'',
        '"' => '"',
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        '“' => '”',
        '‘' => '’',
        '«' => '»',
        _ => return None,
    })
}

fn is_open(c: char) -> bool {
    matches!(
        c,
        '“' | '‘'
            | '«'
            | '‹'
            | '„'
            | '¿'
            | '¡'
            | '–'
            | '—'
            | '‐'
            | '…'
            | '·'
            | '（'
            | '「'
            | '【'
            | '、'
            | '。'
    )
}

fn is_close(c: char) -> bool {
    matches!(
        c,
        '”' | '’'
            | '»'
            | '›'
            | '–'
            | '—'
            | '‐'
            | '…'
            | '·'
            | '）'
            | '」'
            | '】'
            | '、'
            | '。'
            | '，'
            | '：'
            | '；'
            | '！'
            | '？'
    )
}
