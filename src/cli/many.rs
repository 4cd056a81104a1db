//! What commands share that take many files.
//!
//! What enters: what was typed. What leaves: sources, threads.
//! What is refused: standard input twice.

use std::path::PathBuf;

use bordereau::diagnostic::{Arguments, Code, Error, Result};
use bordereau::pipeline::Source;
use clap::ArgMatches;

/// The environment variable that lets results be lost with the power; for measurements.
pub(crate) const NO_SYNC: &str = "BORDEREAU_NO_SYNC";

/// The value of an option.
pub(crate) fn word<'m>(matches: &'m ArgMatches, name: &str) -> Option<&'m str> {
    matches.get_one::<String>(name).map(String::as_str)
}

/// The files; standard input can be read once.
pub(crate) fn sources(matches: &ArgMatches) -> Result<Vec<Source>> {
    let paths = matches.get_many::<PathBuf>("files").unwrap_or_default();
    let sources: Vec<_> =
        paths.map(|path| if path.as_os_str() == "-" { Source::Stdin } else { Source::File(path.clone()) }).collect();
    if sources.iter().filter(|source| **source == Source::Stdin).count() > 1 {
        return Err(Error::new(Code::ArgumentConflict, Arguments::none().with("argument", "-").with("other", "-")));
    }
    Ok(sources)
}

/// Does the work with so many threads, with one for each core when nobody chose.
pub(crate) fn with_threads<T: Send>(threads: Option<usize>, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    let Some(threads) = threads else { return work() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| Error::new(Code::InternalError, Arguments::none().with("cause", error)))?;
    pool.install(work)
}
