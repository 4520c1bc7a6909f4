//! What Warehouse owes to Python: JSON as pydantic reads it, encodings as its standard library reads them, and values as
//! Python shows them.

mod decode;
mod json;
mod repr;
mod text;

pub(crate) use decode::{base64, base64url, quoted_printable};
pub(crate) use json::Json;
pub(crate) use repr::{Input, formatted};
