//! The options of directives.

use super::{
    super::{
        Checker,
        chars::is_space,
        inline::At,
        lines::{Block, Body, Indent, Line, Place},
        lists::field_mark,
    },
    Failure,
    specs::Spec,
};

type Options = Vec<(String, Option<String>)>;

impl Checker {
    /// Reads the options on some lines of a directive.
    pub(super) fn directive_options(
        &mut self,
        body: &Body<'_, '_>,
        name: &str,
        spec: &Spec,
        begin: usize,
        end: usize,
    ) -> Result<Options, Failure> {
        let mut lines: Vec<Line<'_>> = body.slice(begin, end).to_vec();
        // docutils counts the lines of options from 1.
        let mut inner = Body::new(&mut lines, 0, Place::Other);
        let mut options: Options = Vec::new();
        let error =
            |problem: String| Err(Failure::Error(format!("the directive {name:?} {problem}")));
        while inner.at < inner.lines.len() {
            let Some((option, end)) = field_mark(inner.text(inner.at)) else {
                return error("has an invalid line among its options".to_owned());
            };
            let option = option.to_owned();
            let line = inner.number(inner.at);
            let block: Block = inner.indented(Indent::First(end), false);
            let option = self.inline(&mut inner, &option, At::line(line)).text;
            let value = inner.join(block.begin, block.end);
            let value = (!block.is_empty()).then_some(value);
            inner.at += 1;
            if option
                .split(is_space)
                .filter(|word| !word.is_empty())
                .count()
                != 1
            {
                return error(format!("has an option {option:?} of several words"));
            }
            options.push((option.to_lowercase(), value));
        }
        for (at, (option, value)) in options.iter().enumerate() {
            let Some((_, kind)) = spec.options.iter().find(|(known, _)| known == option) else {
                return error(format!("has no option {option:?}"));
            };
            if options.iter().take(at).any(|(before, _)| before == option) {
                return error(format!("has the option {option:?} twice"));
            }
            match kind.accepts(value.as_deref()) {
                Some(true) => {}
                Some(false) => {
                    let value = value.as_deref().unwrap_or_default();
                    return error(format!(
                        "has an invalid value {value:?} for the option {option:?}"
                    ));
                }
                None => {
                    return Err(Failure::Unchecked(format!(
                        "the option {option:?} of the directive {name:?}"
                    )));
                }
            }
        }
        Ok(options)
    }
}
