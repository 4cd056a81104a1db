//! What commands share that take many files.
//!
//! What enters: what was typed; later, what became of the files. What leaves: sources, threads; then the pages on standard
//! error, with `--json` the result on standard output, and the exit code that the user wants to see.
//! What is refused: standard input twice.

use std::path::PathBuf;

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::pipeline::{Batch, CatalogueFile, FileResult, Source};
use bordereau::report::{Reported, Summary, error_json, escape, render_catalogue, render_error};
use bordereau::workspace::Workspace;
use clap::ArgMatches;

use super::{Session, out, progress};

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

/// The catalogue, opened while another core looks at the first file.
pub(crate) fn catalogue_beside(
    files: &mut [Source],
    matches: &ArgMatches,
    workspace: Option<&Workspace>,
) -> Result<CatalogueFile> {
    rayon::in_place_scope(|scope| {
        if let Some(first) = files.first_mut() {
            scope.spawn(|_| *first = first.looked_at());
        }
        super::workspace::catalogue(matches, workspace)
    })
}

/// Whether everything was given that a workspace would know.
pub(crate) fn check_alone(matches: &ArgMatches, is_dry_run: bool) -> Result<()> {
    let is_missing = |name: &str| matches.get_one::<std::path::PathBuf>(name).is_none();
    let needed = [("catalogue", true), ("out", !is_dry_run)];
    let lacking = needed.iter().filter(|(name, needed)| *needed && is_missing(name));
    let lacking: Vec<_> = lacking.map(|(name, _)| format!("--{name}")).collect();
    if lacking.is_empty() { Ok(()) } else { Err(super::mistakes::missing(&lacking.join(", "))) }
}

/// How a command speaks of its files.
#[expect(clippy::struct_excessive_bools, reason = "switches that the user sets one by one")]
pub(crate) struct Manner<'s> {
    session: &'s Session,
    json: bool,
    quiet: bool,
    never_fails: bool,
    warnings_fail: bool,
    several: bool,
    /// What the first file is called.
    first: String,
}

impl<'s> Manner<'s> {
    /// As it was typed.
    pub(crate) fn of(matches: &ArgMatches, session: &'s Session, files: &[Source]) -> Self {
        Self {
            session,
            json: matches.get_flag("json"),
            quiet: matches.get_flag("quiet"),
            never_fails: word(matches, "fail-on") == Some("never"),
            warnings_fail: word(matches, "fail-on") == Some("warning"),
            several: files.len() > 1,
            first: files.first().map(Source::name).unwrap_or_default(),
        }
    }

    /// What shows how far it is.
    pub(crate) fn bar(&self) -> progress::Bar {
        progress::Bar::new(out::is_watched() && !self.quiet)
    }

    /// Tells what became of the files. `page` is what is said of one that was read.
    pub(crate) fn end<M: Reported>(
        &self,
        done: Result<Batch<M>>,
        page: impl Fn(&FileResult<Summary<M>>, &Summary<M>, Exit) -> String,
    ) -> Result<Exit> {
        let language = self.session.language;
        let batch = match done {
            Ok(batch) => batch,
            Err(error) => {
                if self.json {
                    out::data(&error_json(M::KIND, &self.first, &error, language))?;
                }
                return Err(error);
            }
        };
        let told: Vec<_> = batch.files.iter().filter_map(|file| self.page(file, &page)).collect();
        out::talk(&told.join("\n"));
        let note = &batch.catalogue;
        if note.damaged + note.repeated > 0 {
            let before = if told.is_empty() { "" } else { "\n" };
            out::talk(&format!("{before}{}", render_catalogue(note, language)));
        }
        let is_forgiven = self.never_fails && matches!(batch.exit, Exit::Partial | Exit::Rejected);
        let exit = if is_forgiven { Exit::Accepted } else { batch.exit };
        if self.json {
            out::data(&batch.json(exit, language))?;
        }
        Ok(exit)
    }

    /// What is said of one file, if anything.
    fn page<M>(
        &self,
        file: &FileResult<Summary<M>>,
        page: impl Fn(&FileResult<Summary<M>>, &Summary<M>, Exit) -> String,
    ) -> Option<String> {
        match &file.result {
            Ok(summary) => {
                let exit = file.exit(self.warnings_fail);
                (!self.quiet || exit != Exit::Accepted).then(|| page(file, summary, exit))
            }
            Err(error) => {
                let error = render_error(error, self.session.language);
                Some(if self.several { format!("{}\n{error}", escape(&file.file)) } else { error })
            }
        }
    }
}
