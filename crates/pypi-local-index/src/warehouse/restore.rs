//! An index whose state is in a folder.

use std::path::Path;

use crate::error::Error;
use crate::warehouse::{Folder, State};

/// Opens the folder and goes on with what is in it; gives the token of the index's own account when there was anything.
pub(crate) fn attach(state: &mut State, path: &Path) -> Result<Option<String>, Error> {
    let unusable = |error| Error::folder(path, error);
    let folder = Folder::open(path).map_err(unusable)?;
    let held = state.attach(folder).map_err(unusable)?;
    Ok(state.own_token().filter(|_| held))
}

/// Writes the world that was built to the folder, as one change.
pub(crate) fn keep_all(state: &mut State, path: Option<&Path>) -> Result<(), Error> {
    let Some(path) = path else {
        return Ok(());
    };
    state.touch_all();
    if state.commit() {
        return Ok(());
    }
    Err(Error::folder(path, "the initial state cannot be written"))
}
