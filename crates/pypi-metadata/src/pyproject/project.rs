//! The keys of `[project]`.

use toml_edit::TableLike;

use super::{Checker, node::Node};
use crate::Field;

/// The keys of `[project]`, each with whether `dynamic` may name it.
const KEYS: [(&str, bool); 20] = [
    ("authors", true),
    ("classifiers", true),
    ("dependencies", true),
    ("description", true),
    ("dynamic", false),
    ("entry-points", true),
    ("gui-scripts", true),
    ("import-names", true),
    ("import-namespaces", true),
    ("keywords", true),
    ("license", true),
    ("license-files", true),
    ("maintainers", true),
    ("name", false),
    ("optional-dependencies", true),
    ("readme", true),
    ("requires-python", true),
    ("scripts", true),
    ("urls", true),
    ("version", true),
];

impl Checker<'_> {
    pub(super) fn project(&mut self, project: &dyn TableLike, at: usize) {
        let dynamic = Node::get(project, "dynamic")
            .map_or_else(Vec::new, |node| self.texts("project.dynamic", node));
        self.dynamic(project, &dynamic);
        let is_dynamic = |key: &str| dynamic.iter().any(|(name, _)| *name == key);
        if Node::get(project, "name").is_none() {
            self.error(
                "pyproject-name",
                at,
                "project has no name, which it must have",
            );
        }
        if Node::get(project, "version").is_none() && !is_dynamic("version") {
            self.error(
                "pyproject-version",
                at,
                "project has no version, and does not say that it is dynamic",
            );
        }
        if Node::get(project, "requires-python").is_none() && !is_dynamic("requires-python") {
            let message =
                "there is no requires-python: installers on any Python will take this project";
            self.warn(
                "requires-python-missing",
                at,
                message,
                "set requires-python, such as \">=3.9\"",
            );
        }
        for (key, node) in Node::entries(project) {
            self.key(key, node);
        }
        self.license_conflicts(project);
    }

    fn key(&mut self, key: &str, node: Node<'_>) {
        let path = format!("project.{key}");
        match key {
            "name" => self.text_field(&path, node, Field::Name),
            "version" => self.text_field(&path, node, Field::Version),
            "description" => self.text_field(&path, node, Field::Summary),
            "requires-python" => self.text_field(&path, node, Field::RequiresPython),
            "classifiers" => self.text_fields(&path, node, Field::Classifier),
            "dependencies" => self.text_fields(&path, node, Field::RequiresDist),
            "import-names" => self.text_fields(&path, node, Field::ImportName),
            "import-namespaces" => self.text_fields(&path, node, Field::ImportNamespace),
            "keywords" => drop(self.texts(&path, node)),
            "license" => self.license(node),
            "license-files" => self.license_files(&path, node),
            "readme" => self.readme(node),
            "authors" | "maintainers" => self.people(&path, node),
            "urls" => self.urls(&path, node),
            "optional-dependencies" => self.optional(&path, node),
            "scripts" | "gui-scripts" => self.scripts(&path, node),
            "entry-points" => self.entry_points(&path, node),
            "dynamic" => {}
            _ => {
                let near = KEYS.iter().map(|(known, _)| *known).find(|known| {
                    known.replace('-', "") == key.replace(['-', '_'], "").to_lowercase()
                });
                let hint = near.map_or_else(String::new, |known| format!(", write {known}"));
                self.error(
                    "pyproject-unknown",
                    node.at,
                    format!("project has no key {key:?}{hint}"),
                );
            }
        }
    }

    fn dynamic(&mut self, project: &dyn TableLike, dynamic: &[(&str, usize)]) {
        for (name, at) in dynamic {
            match KEYS.iter().find(|(key, _)| key == name) {
                None => self.error(
                    "pyproject-dynamic",
                    *at,
                    format!("project has no key {name:?} that could be dynamic"),
                ),
                Some((_, false)) => self.error(
                    "pyproject-dynamic",
                    *at,
                    format!("{name} cannot be dynamic"),
                ),
                Some(_) if Node::get(project, name).is_some() => {
                    self.error(
                        "pyproject-dynamic",
                        *at,
                        format!("{name} is given, and said to be dynamic as well"),
                    );
                }
                Some(_) => {}
            }
        }
    }

    fn text_field(&mut self, path: &str, node: Node<'_>, field: Field) {
        if let Some(text) = self.text(path, node) {
            self.field(field, text, node.at);
        }
    }

    fn text_fields(&mut self, path: &str, node: Node<'_>, field: Field) {
        for (text, at) in self.texts(path, node) {
            self.field(field, text, at);
        }
    }

    fn license(&mut self, node: Node<'_>) {
        if let Some(expression) = node.text() {
            return self.field(Field::LicenseExpression, expression, node.at);
        }
        let Some(table) = self.typed(
            "project.license",
            node,
            "an SPDX expression, or a table",
            node.table(),
        ) else {
            return;
        };
        let count = ["file", "text"]
            .into_iter()
            .filter(|key| Node::get(table, key).is_some())
            .count();
        if count != 1 {
            self.error(
                "pyproject-license",
                node.at,
                "project.license has not one of file and text",
            );
        }
        self.warn(
            "pyproject-license-table",
            node.at,
            "project.license is a table, which is deprecated",
            "write an SPDX expression, such as \"MIT\", and license-files",
        );
    }

    fn license_files(&mut self, path: &str, node: Node<'_>) {
        for (glob, at) in self.texts(path, node) {
            if glob.starts_with('/') || glob.contains("..") || glob.contains('\\') {
                self.error(
                    "license-file-path",
                    at,
                    format!("{glob:?} is no relative pattern with '/' between its parts"),
                );
            }
        }
    }

    fn license_conflicts(&mut self, project: &dyn TableLike) {
        let Some(license) = Node::get(project, "license") else {
            return;
        };
        if let Some(files) =
            Node::get(project, "license-files").filter(|_| license.table().is_some())
        {
            self.error(
                "pyproject-license",
                files.at,
                "license-files stands beside project.license as a table, which it may not",
            );
        }
        if license.text().is_none() {
            return;
        }
        let classifiers = Node::get(project, "classifiers")
            .and_then(Node::array)
            .unwrap_or_default();
        let old = classifiers.into_iter().find(|node| {
            node.text()
                .is_some_and(|text| text.starts_with("License ::"))
        });
        if let Some(node) = old {
            let message = format!(
                "{:?} stands beside a license expression, which replaces it",
                node.text().unwrap_or_default()
            );
            self.warn(
                "license-classifier",
                node.at,
                message,
                "remove the License classifiers",
            );
        }
    }

    fn readme(&mut self, node: Node<'_>) {
        if let Some(path) = node.text() {
            let lower = path.to_ascii_lowercase();
            if ![".md", ".rst"].iter().any(|end| lower.ends_with(end)) {
                self.error("pyproject-readme", node.at, format!("the content type of {path:?} is not known by its name: write {{ file = {path:?}, content-type = \"text/plain\" }}"));
            }
            return;
        }
        let Some(table) = self.typed("project.readme", node, "a path, or a table", node.table())
        else {
            return;
        };
        if ["file", "text"]
            .into_iter()
            .filter(|key| Node::get(table, key).is_some())
            .count()
            != 1
        {
            self.error(
                "pyproject-readme",
                node.at,
                "project.readme has not one of file and text",
            );
        }
        match Node::get(table, "content-type") {
            Some(kind) => self.text_field(
                "project.readme.content-type",
                kind,
                Field::DescriptionContentType,
            ),
            None => self.error(
                "pyproject-readme",
                node.at,
                "project.readme has no content-type",
            ),
        }
    }

    fn people(&mut self, path: &str, node: Node<'_>) {
        let tables = self.typed(
            path,
            node,
            "an array of tables with name and email",
            node.tables(),
        );
        for (table, at) in tables.unwrap_or_default() {
            for (key, value) in Node::entries(table) {
                let Some(text) = self.text(&format!("{path}.{key}"), value) else {
                    continue;
                };
                match key {
                    "email" => self.field(Field::AuthorEmail, text, value.at),
                    "name" if text.contains(',') => {
                        self.warn(
                            "pyproject-person",
                            value.at,
                            format!("the name {text:?} has a comma, which ends a name in metadata"),
                            "give each person a table",
                        );
                    }
                    "name" => {}
                    _ => self.error(
                        "pyproject-unknown",
                        value.at,
                        format!("a person has no key {key:?}"),
                    ),
                }
            }
            if table.is_empty() {
                self.error(
                    "pyproject-person",
                    at,
                    format!("{path} has a table with neither name nor email"),
                );
            }
        }
    }

    fn urls(&mut self, path: &str, node: Node<'_>) {
        let Some(table) = self.table(path, node) else {
            return;
        };
        for (label, value) in Node::entries(table) {
            if let Some(url) = self.text(&format!("{path}.{label}"), value) {
                self.field(
                    Field::ProjectUrl,
                    &format!("{}, {url}", label.replace(',', " ")),
                    value.at,
                );
            }
        }
    }

    fn optional(&mut self, path: &str, node: Node<'_>) {
        let Some(table) = self.table(path, node) else {
            return;
        };
        for (extra, value) in Node::entries(table) {
            self.field(Field::ProvidesExtra, extra, value.at);
            self.text_fields(&format!("{path}.{extra}"), value, Field::RequiresDist);
        }
    }

    fn scripts(&mut self, path: &str, node: Node<'_>) {
        let Some(table) = self.table(path, node) else {
            return;
        };
        for (name, value) in Node::entries(table) {
            if !name
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'))
            {
                self.error("entry-points", value.at, format!("the script name {name:?} has other characters than letters, digits, '_', '.' and '-'"));
            }
            let Some(target) = self.text(&format!("{path}.{name}"), value) else {
                continue;
            };
            let is_object = target.split_once(':').is_some_and(|(module, object)| {
                !module.trim().is_empty() && !object.trim().is_empty()
            });
            if !is_object {
                self.error(
                    "entry-points",
                    value.at,
                    format!("{target:?} is no \"module:object\""),
                );
            }
        }
    }

    fn entry_points(&mut self, path: &str, node: Node<'_>) {
        let Some(table) = self.table(path, node) else {
            return;
        };
        for (group, value) in Node::entries(table) {
            if matches!(group, "console_scripts" | "gui_scripts") {
                let key = if group == "console_scripts" {
                    "scripts"
                } else {
                    "gui-scripts"
                };
                self.error(
                    "pyproject-entry-points",
                    value.at,
                    format!("the group {group} belongs into project.{key}"),
                );
            }
            let Some(points) = self.table(&format!("{path}.{group}"), value) else {
                continue;
            };
            for (name, value) in Node::entries(points) {
                self.text(&format!("{path}.{group}.{name}"), value);
            }
        }
    }
}
