//! `floor JOBS URL FILE…`: the least that an upload can cost. `SSL_CERT_FILE` contains the authorities to trust.
#![expect(
    clippy::disallowed_methods,
    reason = "a command reads its arguments and its environment"
)]

use std::{env, error::Error, path::PathBuf};

use benches::floor::Floor;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(jobs), Some(url)) = (arguments.next(), arguments.next()) else {
        return Err("usage: floor JOBS URL FILE…".into());
    };
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err("the URL has no scheme".into());
    };
    let authorities = (scheme == "https")
        .then(|| env::var_os("SSL_CERT_FILE"))
        .flatten()
        .map(PathBuf::from);
    let address = rest.split('/').next().unwrap_or_default();
    let floor = Floor::new(address, authorities.as_deref())?;
    floor.publish(arguments.map(PathBuf::from).collect(), jobs.parse()?)?;
    Ok(())
}
