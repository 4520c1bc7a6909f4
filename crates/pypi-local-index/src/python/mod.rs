//! What Warehouse owes to Python: JSON as pydantic reads it, and values as Python shows them.

mod json;
mod repr;
mod text;

pub(crate) use json::Json;
pub(crate) use repr::{Input, formatted};
