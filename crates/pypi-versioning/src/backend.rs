use crate::{Facts, TagFilter};

/// Something that knows the history of a checkout.
///
/// `GitCommand` (feature `git`) is the one implementation here; another may read a repository by a library,
/// and must then answer as git does.
pub trait Backend {
    /// What goes wrong when facts are read.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Reads the facts of the checkout.
    ///
    /// A checkout without any version tag, or with a shallow history, is no error:
    /// [`describe`](crate::describe()) decides about those.
    ///
    /// # Errors
    ///
    /// Says what of the checkout cannot be read.
    fn facts(&self, tags: &TagFilter) -> Result<Facts, Self::Error>;
}
