//! A TOML value with its position.

use toml_edit::{Item, TableLike, Value};

use super::Checker;
use crate::rules;

/// A value and its position.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    kind: Kind<'a>,
    /// The byte at which it starts, or that of its key if it has no span.
    pub(super) at: usize,
}

#[derive(Clone, Copy)]
enum Kind<'a> {
    Item(&'a Item),
    Value(&'a Value),
}

impl<'a> Node<'a> {
    /// The entries of a table, each with its key.
    pub(super) fn entries(table: &'a dyn TableLike) -> impl Iterator<Item = (&'a str, Self)> {
        table.iter().map(|(key, item)| {
            let key_at = table
                .key(key)
                .and_then(toml_edit::Key::span)
                .map_or(0, |span| span.start);
            (key, Self::of(key_at, item))
        })
    }

    pub(super) fn get(table: &'a dyn TableLike, key: &str) -> Option<Self> {
        let (key, item) = table.get_key_value(key)?;
        Some(Self::of(key.span().map_or(0, |span| span.start), item))
    }

    fn of(key_at: usize, item: &'a Item) -> Self {
        let at = item.span().map_or(key_at, |span| span.start);
        Self {
            kind: Kind::Item(item),
            at: if item.is_table_like() { key_at } else { at },
        }
    }

    pub(super) fn text(self) -> Option<&'a str> {
        match self.kind {
            Kind::Item(item) => item.as_str(),
            Kind::Value(value) => value.as_str(),
        }
    }

    pub(super) fn table(self) -> Option<&'a dyn TableLike> {
        match self.kind {
            Kind::Item(item) => item.as_table_like(),
            Kind::Value(value) => value.as_inline_table().map(|table| table as &dyn TableLike),
        }
    }

    /// The values of an array.
    pub(super) fn array(self) -> Option<Vec<Self>> {
        let of = |value: &'a Value| Self {
            kind: Kind::Value(value),
            at: value.span().map_or(self.at, |span| span.start),
        };
        match self.kind {
            Kind::Item(Item::ArrayOfTables(_)) => None,
            Kind::Item(item) => item.as_array().map(|array| array.iter().map(of).collect()),
            Kind::Value(value) => value.as_array().map(|array| array.iter().map(of).collect()),
        }
    }

    /// The tables of an array of tables, or of an array of inline tables.
    pub(super) fn tables(self) -> Option<Vec<(&'a dyn TableLike, usize)>> {
        if let Kind::Item(Item::ArrayOfTables(tables)) = self.kind {
            let tables = tables.iter().map(|table| {
                (
                    table as &dyn TableLike,
                    table.span().map_or(self.at, |span| span.start),
                )
            });
            return Some(tables.collect());
        }
        self.array()?
            .into_iter()
            .map(|node| Some((node.table()?, node.at)))
            .collect()
    }

    fn found(self) -> &'static str {
        match self.kind {
            Kind::Item(item) => item.type_name(),
            Kind::Value(value) => value.type_name(),
        }
    }
}

impl Checker {
    pub(super) fn text<'a>(&mut self, key: &str, node: Node<'a>) -> Option<&'a str> {
        self.typed(key, node, "a string", node.text())
    }

    pub(super) fn table<'a>(&mut self, key: &str, node: Node<'a>) -> Option<&'a dyn TableLike> {
        self.typed(key, node, "a table", node.table())
    }

    /// An array of strings, each with its position.
    pub(super) fn texts<'a>(&mut self, key: &str, node: Node<'a>) -> Vec<(&'a str, usize)> {
        let values = self
            .typed(key, node, "an array of strings", node.array())
            .unwrap_or_default();
        let texts = values.into_iter().filter_map(|value| {
            Some((
                self.typed(key, value, "a string in the array", value.text())?,
                value.at,
            ))
        });
        texts.collect()
    }

    pub(super) fn typed<T>(
        &mut self,
        key: &str,
        node: Node<'_>,
        expected: &str,
        value: Option<T>,
    ) -> Option<T> {
        if value.is_none() {
            self.error(
                &rules::PYPROJECT_TYPE,
                node.at,
                format!(
                    "{} is of type {}, expected {expected}",
                    key.escape_debug(),
                    node.found()
                ),
            );
        }
        value
    }
}
