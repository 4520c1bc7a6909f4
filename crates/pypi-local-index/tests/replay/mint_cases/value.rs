//! JSON with the members of objects in their order, written as Python's `json.dumps` writes it.

use std::fmt::{self, Write as _};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

#[derive(Clone, Debug)]
pub(super) enum Ordered {
    Array(Vec<Self>),
    Object(Vec<(String, Self)>),
    Text(String),
    /// A number, a boolean or null, as it is written.
    Word(String),
}

impl Ordered {
    pub(super) fn parse(text: &str) -> Self {
        serde_json::from_str(text).expect("JSON")
    }

    /// Sets a member of an object.
    pub(super) fn set(&mut self, name: &str, value: Self) {
        let Self::Object(members) = self else {
            panic!("only objects have members");
        };
        match members.iter_mut().find(|(key, _)| key == name) {
            Some((_, old)) => *old = value,
            None => members.push((name.to_owned(), value)),
        }
    }

    /// Removes a member of an object.
    pub(super) fn remove(&mut self, name: &str) {
        if let Self::Object(members) = self {
            members.retain(|(key, _)| key != name);
        }
    }

    /// The members of an object.
    pub(super) fn members(self) -> Vec<(String, Self)> {
        match self {
            Self::Object(members) => members,
            _ => panic!("only objects have members"),
        }
    }

    /// The value with every text replaced.
    pub(super) fn map(self, replace: &mut impl FnMut(&str) -> Self) -> Self {
        match self {
            Self::Array(items) => {
                Self::Array(items.into_iter().map(|item| item.map(replace)).collect())
            }
            Self::Object(members) => {
                let members = members.into_iter();
                Self::Object(
                    members
                        .map(|(key, value)| (key, value.map(replace)))
                        .collect(),
                )
            }
            Self::Text(text) => replace(&text),
            Self::Word(_) => self,
        }
    }
}

impl fmt::Display for Ordered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Array(items) => {
                f.write_char('[')?;
                for (number, item) in items.iter().enumerate() {
                    let separator = if number == 0 { "" } else { ", " };
                    write!(f, "{separator}{item}")?;
                }
                f.write_char(']')
            }
            Self::Object(members) => {
                f.write_char('{')?;
                for (number, (key, value)) in members.iter().enumerate() {
                    let separator = if number == 0 { "" } else { ", " };
                    let key = Self::Text(key.clone());
                    write!(f, "{separator}{key}: {value}")?;
                }
                f.write_char('}')
            }
            Self::Text(text) => {
                f.write_char('"')?;
                for c in text.chars() {
                    match c {
                        '"' | '\\' => write!(f, "\\{c}")?,
                        '\n' => f.write_str("\\n")?,
                        '\r' => f.write_str("\\r")?,
                        '\t' => f.write_str("\\t")?,
                        ' '..='~' => f.write_char(c)?,
                        _ => {
                            for unit in c.encode_utf16(&mut [0; 2]) {
                                write!(f, "\\u{unit:04x}")?;
                            }
                        }
                    }
                }
                f.write_char('"')
            }
            Self::Word(word) => f.write_str(word),
        }
    }
}

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OrderedVisitor)
    }
}

struct OrderedVisitor;

impl<'de> Visitor<'de> for OrderedVisitor {
    type Value = Ordered;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Ordered, E> {
        Ok(Ordered::Word(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Ordered, E> {
        Ok(Ordered::Word(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Ordered, E> {
        Ok(Ordered::Word(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Ordered, E> {
        Ok(Ordered::Word(format!("{value:?}")))
    }

    fn visit_unit<E>(self) -> Result<Ordered, E> {
        Ok(Ordered::Word("null".to_owned()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Ordered, E> {
        Ok(Ordered::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Ordered, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Ordered::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Ordered, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = access.next_entry()? {
            members.push(member);
        }
        Ok(Ordered::Object(members))
    }
}
