//! What PyPI accepts as a single value, apart from how a finding says it.

pub(crate) mod address_list;
pub(crate) mod content_type;
pub(crate) mod email;
pub(crate) mod import_name;
pub(crate) mod page_url;
pub(crate) mod platform_tag;
