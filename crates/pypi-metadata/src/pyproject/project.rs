//! The keys of `[project]`.

use toml_edit::TableLike;

use super::{Checker, node::Node};
use crate::{Field, rules};

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

impl Checker {
    pub(super) fn project(&mut self, project: &dyn TableLike, at: usize) {
        let dynamic = Node::get(project, "dynamic")
            .map_or_else(Vec::new, |node| self.texts("project.dynamic", node));
        self.dynamic(project, &dynamic);
        let is_dynamic = |key: &str| dynamic.iter().any(|(name, _)| *name == key);
        if Node::get(project, "name").is_none() {
            self.error(&rules::PYPROJECT_NAME, at, "project must have a name");
        }
        if Node::get(project, "version").is_none() && !is_dynamic("version") {
            self.error(
                &rules::PYPROJECT_VERSION,
                at,
                "project has no version and does not list it as dynamic",
            );
        }
        if Node::get(project, "requires-python").is_none() && !is_dynamic("requires-python") {
            let message =
                "requires-python is missing, so every version of Python will install this project";
            self.warn(
                &rules::REQUIRES_PYTHON_MISSING,
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
                let hint =
                    near.map_or_else(String::new, |known| format!(", did you mean {known}?"));
                self.error(
                    &rules::PYPROJECT_UNKNOWN,
                    node.at,
                    format!("{key:?} is not a key of project{hint}"),
                );
            }
        }
    }

    fn dynamic(&mut self, project: &dyn TableLike, dynamic: &[(&str, usize)]) {
        for (name, at) in dynamic {
            match KEYS.iter().find(|(key, _)| key == name) {
                None => self.error(
                    &rules::PYPROJECT_DYNAMIC,
                    *at,
                    format!("{name:?} is listed as dynamic, but is not a key of project"),
                ),
                Some((_, false)) => self.error(
                    &rules::PYPROJECT_DYNAMIC,
                    *at,
                    format!("{name} is listed as dynamic, but must be set"),
                ),
                Some(_) if Node::get(project, name).is_some() => self.set_and_dynamic(name, *at),
                Some(_) => {}
            }
        }
    }

    /// PEP 808, accepted on 2026-05-19, lets a build add to lists and tables that are set.
    fn set_and_dynamic(&mut self, name: &str, at: usize) {
        let message = format!("{name} is set, but also listed as dynamic");
        match name {
            "description" | "license" | "readme" | "requires-python" | "version" => {
                self.error(&rules::PYPROJECT_DYNAMIC, at, message);
            }
            _ => self.warn(
                &rules::PYPROJECT_DYNAMIC,
                at,
                message,
                "use a build backend that supports PEP 808, or remove one of the two",
            ),
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
                &rules::PYPROJECT_LICENSE,
                node.at,
                "project.license must have either file or text",
            );
        }
        self.warn(
            &rules::PYPROJECT_LICENSE_TABLE,
            node.at,
            "project.license is a table, which is deprecated",
            "write an SPDX expression, such as \"MIT\", and set license-files",
        );
    }

    fn license_files(&mut self, path: &str, node: Node<'_>) {
        for (glob, at) in self.texts(path, node) {
            if glob.starts_with('/') || glob.contains("..") || glob.contains('\\') {
                self.error(
                    &rules::LICENSE_FILE_PATH,
                    at,
                    format!("{glob:?} is not a relative pattern with '/' delimiters"),
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
                &rules::PYPROJECT_LICENSE,
                files.at,
                "license-files cannot be set together with a table as project.license",
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
                "{:?} is set together with a license expression, which replaces it",
                node.text().unwrap_or_default()
            );
            self.warn(
                &rules::LICENSE_CLASSIFIER,
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
                self.error(&rules::PYPROJECT_README, node.at, format!("the extension of {path:?} does not imply a content type: write {{ file = {path:?}, content-type = \"text/plain\" }}"));
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
                &rules::PYPROJECT_README,
                node.at,
                "project.readme must have either file or text",
            );
        }
        match Node::get(table, "content-type") {
            Some(kind) => self.text_field(
                "project.readme.content-type",
                kind,
                Field::DescriptionContentType,
            ),
            None => self.error(
                &rules::PYPROJECT_README,
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
                            &rules::PYPROJECT_PERSON,
                            value.at,
                            format!("the name {text:?} contains a comma, which separates names in core metadata"),
                            "write one table per person",
                        );
                    }
                    "name" => {}
                    _ => self.error(
                        &rules::PYPROJECT_UNKNOWN,
                        value.at,
                        format!("{key:?} is not a key of a person"),
                    ),
                }
            }
            if table.is_empty() {
                self.error(
                    &rules::PYPROJECT_PERSON,
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
                self.error(&rules::ENTRY_POINTS, value.at, format!("the script name {name:?} has characters other than letters, digits, '_', '.' and '-'"));
            }
            let Some(target) = self.text(&format!("{path}.{name}"), value) else {
                continue;
            };
            let is_object = target.split_once(':').is_some_and(|(module, object)| {
                !module.trim().is_empty() && !object.trim().is_empty()
            });
            if !is_object {
                self.error(
                    &rules::ENTRY_POINTS,
                    value.at,
                    format!("{target:?} is not of the form \"module:object\""),
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
                    &rules::PYPROJECT_ENTRY_POINTS,
                    value.at,
                    format!("the entry points of {group} belong in project.{key}"),
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
