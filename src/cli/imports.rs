//! `import list` and `import undo`: what came into a workspace, and taking it back.
//!
//! What enters: a workspace, an import by its number or the name of its file. What leaves: the list of imports; baskets
//! without the lines of the import that was taken back.
//! What is refused: taking back what is ordered already, or what nobody knows.

use std::borrow::Cow;

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::ledger::{ImportBook as _, ImportEntry, ImportOrigin, ImportStatus};
use bordereau::report::listing::{Column, Listing, Word};
use clap::{ArgMatches, Command};
use serde::Serialize;

use super::command::{Builder, Page};
use super::{Session, clock, listing, out, texts};

/// What can be typed to list imports.
pub(crate) fn list_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_IMPORT_LIST,
        usage: texts::USAGE_IMPORT_LIST,
        examples: Some(texts::EXAMPLES_IMPORT_LIST),
        after: None,
        exit_codes: false,
    };
    listing::command(builder, builder.command("list", page, []))
}

/// What can be typed to take an import back.
pub(crate) fn undo_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_IMPORT_UNDO,
        usage: texts::USAGE_IMPORT_UNDO,
        examples: Some(texts::EXAMPLES_IMPORT_UNDO),
        after: Some(texts::AFTER_IMPORT_UNDO),
        exit_codes: false,
    };
    let import = builder.positional("import", texts::VALUE_IMPORT, texts::HELP_IMPORT_NAME).required(true);
    builder.command("undo", page, [import, builder.flag("dry-run", texts::HELP_DRY_RUN), builder.json()])
}

/// Lists the imports, the newest first.
pub(crate) fn list(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    type Of = Column<ImportEntry>;

    let imports = session.needed_workspace(&session.registry()?)?.ledger().imports()?;
    let columns = [
        Of::number("import", texts::IMPORT_NUMBER, |import| Some(import.id.0)),
        Of::moment("received_at", texts::IMPORT_RECEIVED, |import| Some(import.received_at)),
        Of::text("file", texts::IMPORT_FILE, |import| Some(Cow::from(&import.file))),
        Of::word("status", texts::IMPORT_STATUS, |import| Some(status(import.status))),
        Of::number("read", texts::IMPORT_READ, |import| i64::try_from(import.read).ok()).totalled(),
        Of::number("accepted", texts::IMPORT_ACCEPTED, |import| i64::try_from(import.accepted).ok()).totalled(),
        Of::number("rejected", texts::IMPORT_REJECTED, |import| i64::try_from(import.rejected).ok()).totalled(),
        Of::number("ignored", texts::IMPORT_IGNORED, |import| i64::try_from(import.ignored).ok()).unusual(),
        Of::number("corrected", texts::IMPORT_CORRECTED, |import| i64::try_from(import.corrected).ok()).totalled(),
        Of::word("origin", texts::IMPORT_ORIGIN, |import| Some(origin(import.origin))).unusual(),
        Of::number("parent", texts::IMPORT_PARENT, |import| import.parent.map(|id| id.0)).unusual(),
        Of::text("format", texts::IMPORT_FORMAT, |import| Some(Cow::from(&import.format))).unusual(),
        Of::text("received_by", texts::IMPORT_RECEIVED_BY, |import| Some(Cow::from(&import.received_by))).unusual(),
        Of::text("hash", texts::IMPORT_HASH, |import| Some(Cow::from(&import.hash))).unusual(),
        Of::text("reports", texts::IMPORT_REPORTS, |import| {
            import.reports.as_deref().map(std::path::Path::to_string_lossy)
        })
        .unusual(),
    ];
    listing::show(Listing::new("imports", columns, imports), "import list", matches, session)?;
    Ok(Exit::Accepted)
}

fn status(status: ImportStatus) -> Word {
    let text = match status {
        ImportStatus::Done => texts::IMPORT_DONE,
        ImportStatus::Partial => texts::IMPORT_PARTIAL,
        ImportStatus::Rejected => texts::IMPORT_STATUS_REJECTED,
        ImportStatus::Duplicate => texts::IMPORT_DUPLICATE,
        ImportStatus::Undone => texts::IMPORT_UNDONE,
    };
    Word { name: status.name(), text }
}

fn origin(origin: ImportOrigin) -> Word {
    let text = match origin {
        ImportOrigin::File => texts::ORIGIN_FILE,
        ImportOrigin::Correction => texts::ORIGIN_CORRECTION,
        ImportOrigin::Preparation => texts::ORIGIN_PREPARATION,
        ImportOrigin::Typed => texts::ORIGIN_TYPED,
    };
    Word { name: origin.name(), text }
}

#[derive(Serialize)]
struct Undone<'i> {
    import: i64,
    file: &'i str,
    lines: u64,
}

/// Takes an import back.
pub(crate) fn undo(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let name = matches.get_one::<String>("import").map(String::as_str).unwrap_or_default();
    let mut workspace = session.needed_workspace(&session.registry()?)?;
    let unknown = || Error::new(Code::ImportUnknown, Arguments::none().with("name", name));
    let import = workspace.find_import(name)?.ok_or_else(unknown)?;
    if !matches!(import.status, ImportStatus::Done | ImportStatus::Partial) {
        return Err(Error::new(
            Code::ImportNotUndoable,
            Arguments::none()
                .with("import", import.id.0)
                .with("file", &import.file)
                .with("status", import.status.name()),
        ));
    }
    let lines = if matches.get_flag("dry-run") {
        import.accepted
    } else {
        workspace.ledger_mut().undo_import(import.id, &clock::stamp()?)?.map_err(|ordered| {
            let lines: Vec<_> = ordered.iter().take(20).map(ToString::to_string).collect();
            let arguments = Arguments::none().with("import", import.id.0).with("file", &import.file);
            Error::new(Code::ImportOrdered, arguments.with("lines", lines.join(", ")).with("count", ordered.len()))
        })?
    };
    if matches.get_flag("json") {
        out::json("import-undone", Undone { import: import.id.0, file: &import.file, lines })?;
    }
    let (number, lines) = (import.id.0.to_string(), lines.to_string());
    let said = [("import", number.as_str()), ("file", &import.file), ("lines", &lines)];
    out::talk(&(bordereau::report::escape(&texts::IMPORT_UNDO_DONE.with(session.language, &said)) + "\n"));
    Ok(Exit::Accepted)
}
