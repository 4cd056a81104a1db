//! Which workspace a command works in.
//!
//! What enters: `--workspace`, `--no-workspace`, `BORDEREAU_WORKSPACE`, the folder one stands in. What leaves: the workspace,
//! or that there is none. What is refused: a folder that was named and is no workspace.

use std::ffi::OsString;
use std::path::PathBuf;

use bordereau::diagnostic::{Arguments, Code, Error, Result};
use bordereau::format::Registry;
use bordereau::pipeline::{self, CatalogueFile};
use bordereau::workspace::Workspace;
use clap::ArgMatches;

use super::Session;
use super::many::NO_SYNC;
use super::mistakes::missing;

/// The environment variable that names the workspace.
const VARIABLE: &str = "BORDEREAU_WORKSPACE";

/// What the user said of workspaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Nothing: the folder one stands in, or one above it.
    #[default]
    Around,
    /// This one.
    Named(PathBuf),
    /// None.
    Never,
}

impl Choice {
    /// What was typed, else what the environment says.
    pub(crate) fn of(matches: &ArgMatches) -> Self {
        if matches.get_flag("no-workspace") {
            return Self::Never;
        }
        Self::given(matches.get_one::<PathBuf>("workspace").cloned())
    }

    /// The same before the arguments are read: a search that is fetched from the workspace is a part of them.
    pub(crate) fn typed(arguments: &[OsString]) -> Self {
        let mut words = arguments.iter().skip(1).map_while(|word| word.to_str().filter(|word| *word != "--"));
        let mut typed = None;
        while let Some(word) = words.next() {
            match word.strip_prefix("--workspace") {
                Some("") => typed = words.next().or(typed),
                Some(value) => typed = value.strip_prefix('=').or(typed),
                None if word == "--no-workspace" => return Self::Never,
                None => {}
            }
        }
        Self::given(typed.map(PathBuf::from))
    }

    fn given(typed: Option<PathBuf>) -> Self {
        let variable = || std::env::var_os(VARIABLE).filter(|text| !text.is_empty()).map(PathBuf::from);
        typed.or_else(variable).map_or(Self::Around, Self::Named)
    }

    /// The folder of the workspace, if there is one.
    pub(crate) fn root(&self) -> Option<PathBuf> {
        match self {
            Self::Never => None,
            Self::Named(path) => Some(path.clone()),
            Self::Around => std::env::current_dir().ok().and_then(|here| Workspace::around(&here)),
        }
    }
}

impl Session {
    /// The workspace, if there is one.
    pub(crate) fn workspace(&self, registry: &Registry) -> Result<Option<Workspace>> {
        let sync = std::env::var_os(NO_SYNC).is_none();
        self.workspace.root().map(|root| Workspace::open(&root, registry, sync)).transpose()
    }

    /// The workspace that a command cannot do without.
    pub(crate) fn needed_workspace(&self, registry: &Registry) -> Result<Workspace> {
        self.workspace(registry)?.ok_or_else(|| Error::new(Code::WorkspaceNeeded, Arguments::none()))
    }
}

/// The catalogue that was named, else that of the workspace.
pub(crate) fn catalogue(matches: &ArgMatches, workspace: Option<&Workspace>) -> Result<CatalogueFile> {
    match (matches.get_one::<PathBuf>("catalogue"), workspace) {
        (Some(path), _) => pipeline::open_catalogue(path),
        (None, Some(workspace)) => workspace.catalogue(),
        (None, None) => Err(missing("--catalogue")),
    }
}
