//! The field list at the beginning of a document, whose known fields become its bibliography.

use super::{Checker, Child, names::normal};

impl Checker {
    /// Whether nothing but invisible elements came so far.
    pub(super) fn is_before_text(&self) -> bool {
        let document = self.sections.first().filter(|_| self.current == 0);
        document.is_some_and(|document| document.children.iter().all(Child::is_invisible))
    }

    /// Reports the fields whose content is not what docutils expects.
    ///
    /// # Source
    ///
    /// docutils 0.23, `transforms/frontmatter.py`.
    pub(super) fn bibliography(&mut self) {
        let mut topics = [false; 2];
        for field in std::mem::take(&mut self.bibliography) {
            let name = normal(&field.name);
            let children = field.children.as_slice();
            let is_paragraph = |child: &Child| *child == Child::Paragraph;
            let problem = match name.as_str() {
                "author" | "authors" | "organization" | "address" | "contact" | "version"
                | "revision" | "status" | "date" | "copyright" | "dedication" | "abstract"
                    if children.is_empty() =>
                {
                    "is empty"
                }
                "dedication" | "abstract" => {
                    let at = usize::from(name == "abstract");
                    let is_second = topics.get(at) == Some(&true);
                    if let Some(topic) = topics.get_mut(at) {
                        *topic = true;
                    }
                    if !is_second {
                        continue;
                    }
                    "is there twice"
                }
                "authors" => {
                    let is_list = match children {
                        [Child::Bullets { .. }] => true,
                        [child] => is_paragraph(child),
                        _ => children.iter().all(|child| {
                            is_paragraph(child) || matches!(child, Child::Comment { .. })
                        }),
                    };
                    if is_list {
                        continue;
                    }
                    "contains something else than paragraphs or a list"
                }
                "author" | "organization" | "address" | "contact" | "version" | "revision"
                | "status" | "date" | "copyright" => {
                    let is_initial =
                        children.first() == Some(&Child::Enumerated) && field.is_single;
                    if matches!(children, [Child::Paragraph]) || is_initial {
                        continue;
                    }
                    "contains something else than a paragraph"
                }
                _ => continue,
            };
            self.problem(
                field.line,
                format!(
                    "the field {:?} at the beginning of the text {problem}",
                    field.name
                ),
            );
        }
    }
}
