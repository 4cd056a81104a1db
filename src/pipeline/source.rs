//! Where an order file comes from: a file, standard input, or a file of an archive.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use crate::decode::{
    self, AgoraForm, FileKind, Member, RowError, Survey, file_kind, members, unpack_gzip, unpack_member,
};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::Limits;

/// A file, or standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input, kept in a temporary file because it is read twice.
    Stdin,
    /// A file that was looked at before its turn.
    Ahead(Arc<Ahead>),
}

/// A file that is open, and what all of its bytes show.
#[derive(Debug)]
pub struct Ahead {
    kept: Arc<Kept>,
    surveyed: Arc<OnceLock<Surveyed>>,
}

impl Ahead {
    fn input(&self, name: String) -> Input {
        let Self { kept, surveyed } = self;
        Input { name, origin: Origin::Kept(kept.clone()), member: None, surveyed: surveyed.clone() }
    }
}

impl PartialEq for Ahead {
    fn eq(&self, other: &Self) -> bool {
        self.kept.path == other.kept.path
    }
}

impl Eq for Ahead {}

/// Files of an archive that are named when one of them has to be chosen.
const NAMED: usize = 10;

/// A longer file is looked at when its turn comes, so that what is wrong with the catalogue is told soon.
const LOOKED_AT: u64 = 256 << 20;

impl Source {
    /// The source that an argument names; `-` is standard input.
    pub fn from_argument(argument: &str) -> Self {
        if argument == "-" { Self::Stdin } else { Self::File(PathBuf::from(argument)) }
    }

    /// The bare name, as reports give it: the same on every machine.
    pub fn name(&self) -> String {
        let path = self.path();
        path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
    }

    /// The same source, whose bytes were all looked at: when its turn comes, that is done. What is no file, or packed, or
    /// cannot be read, stays as it is, and is heard of in its turn.
    #[must_use]
    pub fn looked_at(&self) -> Self {
        self.look().map_or_else(|| self.clone(), |ahead| Self::Ahead(Arc::new(ahead)))
    }

    fn look(&self) -> Option<Ahead> {
        let Self::File(path) = self else { return None };
        let kept = Kept::open(path).ok().filter(|kept| kept.changed.is_some_and(|(bytes, _)| bytes <= LOOKED_AT))?;
        let opened = Opened::of(self.name(), Arc::new(kept), Arc::default());
        if matches!(opened.kind().ok()?, FileKind::Zip | FileKind::Gzip) {
            return None;
        }
        opened.surveyed().ok()?;
        Some(Ahead { kept: opened.kept, surveyed: opened.surveyed })
    }

    /// Opens the one file that it is or that is packed in it.
    pub fn open(&self, limits: &Limits) -> Result<Opened> {
        let mut inputs = self.inputs(limits)?;
        match (inputs.pop(), inputs.as_slice()) {
            (Some(input), []) => input.open(limits),
            (last, others) => {
                let names: Vec<_> = others.iter().chain(&last).map(|input| input.name.as_str()).collect();
                let more = if names.len() > NAMED { ", …" } else { "" };
                let files = format!("{}{more}", names[..names.len().min(NAMED)].join(", "));
                let arguments = Arguments::none().with("path", self.path().display()).with("files", files);
                Err(Error::new(Code::ArchiveSeveral, arguments))
            }
        }
    }

    /// The files to be read: those of a ZIP archive, or the source itself.
    fn inputs(&self, limits: &Limits) -> Result<Vec<Input>> {
        let kept = match self {
            Self::File(path) => Kept::open(path)?,
            Self::Stdin => Kept::standard_input()?,
            Self::Ahead(ahead) => return Ok(vec![ahead.input(self.name())]),
        };
        let kind = file_kind(&mut &kept.file).map_err(|error| kept.failed(error))?;
        let found = match kind {
            FileKind::Zip => {
                let found = members(&kept.file, limits, &kept.path.display().to_string());
                found.map_err(|why| refused(why, &kept.path))?.into_iter().map(Some).collect()
            }
            _ => vec![None],
        };
        // Many files may be waiting, so only what cannot be opened again stays open.
        let origin = match self {
            Self::File(path) => Origin::Disk { path: path.clone(), seen: kept.changed },
            _ => Origin::Kept(Arc::new(kept)),
        };
        let input = |member: Option<Member>| Input {
            name: member.as_ref().map_or_else(|| self.name(), |member| member.name.clone()),
            origin: origin.clone(),
            member,
            surveyed: Arc::default(),
        };
        Ok(found.into_iter().map(input).collect())
    }

    fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Stdin => Path::new("-"),
            Self::Ahead(ahead) => &ahead.kept.path,
        }
    }
}

/// When a file was last changed, and its length then.
type Stamp = Option<(u64, SystemTime)>;

/// A file on the disk as it was when it was opened.
#[derive(Debug)]
struct Kept {
    file: File,
    path: PathBuf,
    changed: Stamp,
}

impl Kept {
    fn open(path: &Path) -> Result<Self> {
        let file = open_file(path)?;
        Ok(Self { changed: changed(&file), file, path: path.to_owned() })
    }

    fn standard_input() -> Result<Self> {
        let path = Source::Stdin.path().to_owned();
        let failed = |error| Error::io(&path, Code::ReadFailed, error);
        let mut file = tempfile::tempfile().map_err(failed)?;
        io::copy(&mut io::stdin().lock(), &mut file).map_err(failed)?;
        Ok(Self { changed: changed(&file), file, path })
    }

    fn failed(&self, error: io::Error) -> Error {
        Error::io(&self.path, Code::ReadFailed, error)
    }

    fn check_unchanged(&self, since: Stamp) -> Result<()> {
        if changed(&self.file) == since {
            return Ok(());
        }
        Err(Error::new(Code::FileChanged, Arguments::none().with("path", self.path.display())))
    }
}

fn changed(file: &File) -> Stamp {
    let facts = file.metadata().ok()?;
    Some((facts.len(), facts.modified().ok()?))
}

fn refused(why: RowError, path: &Path) -> Error {
    match why {
        RowError::Io(error) => Error::io(path, Code::ReadFailed, error),
        RowError::Refused(error) => error,
    }
}

/// Where an input is read from.
#[derive(Clone, Debug)]
enum Origin {
    /// A file that is opened when its turn comes.
    Disk { path: PathBuf, seen: Stamp },
    /// A file that is open already.
    Kept(Arc<Kept>),
}

/// One file to be read, found and not yet unpacked.
#[derive(Debug)]
pub(super) struct Input {
    /// Its bare name: of the source, or of the file in the archive.
    pub(super) name: String,
    origin: Origin,
    member: Option<Member>,
    /// What all of its bytes show, when they were looked at.
    surveyed: Arc<OnceLock<Surveyed>>,
}

impl Input {
    /// Opens it. What is packed goes to a temporary file without a name, because it is read twice.
    pub(super) fn open(self, limits: &Limits) -> Result<Opened> {
        let Self { name, origin, member, surveyed } = self;
        let kept = match origin {
            Origin::Kept(kept) => kept,
            Origin::Disk { path, seen } => {
                let kept = Kept::open(&path)?;
                // The places of its files are those of the archive that was looked at.
                if member.is_some() {
                    kept.check_unchanged(seen)?;
                }
                Arc::new(kept)
            }
        };
        let mut opened = Opened::of(name, kept, surveyed);
        if let Some(member) = member {
            opened.path.push(&member.name);
            opened.unpack(|file, out, path| unpack_member(file, member.place, out, limits, path))?;
        }
        if opened.kind()? == FileKind::Gzip {
            opened.unpack(|file, out, path| unpack_gzip(file, out, limits, path))?;
            let packed = opened.name.len().checked_sub(".gz".len()).and_then(|end| opened.name.split_at_checked(end));
            if let Some((plain, _)) = packed.filter(|(plain, end)| !plain.is_empty() && end.eq_ignore_ascii_case(".gz"))
            {
                opened.plain = plain.to_owned();
            }
        }
        Ok(opened)
    }
}

/// The files that sources stand for, in their order: an archive for those in it. A source that cannot be read stays in
/// its place with the reason, and the others go on.
pub(super) fn expand(sources: &[Source], limits: &Limits) -> Vec<(String, Result<Input>)> {
    let mut found = Vec::with_capacity(sources.len());
    for source in sources {
        match source.inputs(limits) {
            Ok(inputs) => found.extend(inputs.into_iter().map(|input| (input.name.clone(), Ok(input)))),
            Err(error) => found.push((source.name(), Err(error))),
        }
    }
    found
}

/// Opens a file for reading; a folder is said to be one, and what is no file at all is not waited for.
pub(super) fn open_file(path: &Path) -> Result<File> {
    let failed = |error| Error::io(path, Code::ReadFailed, error);
    let refuse = |facts: &fs::Metadata| {
        let code = if facts.is_dir() { Code::PathIsDirectory } else { Code::NotAFile };
        if facts.is_file() { Ok(()) } else { Err(Error::new(code, Arguments::none().with("path", path.display()))) }
    };
    // Opening a pipe that nobody writes to would never end.
    refuse(&fs::metadata(path).map_err(failed)?)?;
    let file = File::open(path).map_err(failed)?;
    refuse(&file.metadata().map_err(failed)?)?;
    Ok(file)
}

/// BLAKE3 of the bytes of a file.
pub fn file_hash(path: &Path) -> Result<String> {
    hash_of(&open_file(path)?, path)
}

/// The same of a file that is open; `path` is what errors call it.
pub fn hash_of(file: &File, path: &Path) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file).map_err(|error| Error::io(path, Code::ReadFailed, error))?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// An open file that is read from its beginning as often as needed.
#[derive(Debug)]
pub struct Opened {
    path: PathBuf,
    name: String,
    plain: String,
    kept: Arc<Kept>,
    /// What was packed in it.
    unpacked: Option<File>,
    /// What all of its bytes show, as soon as somebody asked.
    surveyed: Arc<OnceLock<Surveyed>>,
}

/// What all bytes of a file show.
#[derive(Clone, Debug)]
pub(super) struct Surveyed {
    pub(super) survey: Arc<Survey>,
    pub(super) kind: FileKind,
    /// In which form it is an Agora order file, if it is one.
    pub(super) agora: Option<AgoraForm>,
}

impl Opened {
    fn of(name: String, kept: Arc<Kept>, surveyed: Arc<OnceLock<Surveyed>>) -> Self {
        Self { path: kept.path.clone(), plain: name.clone(), name, kept, unpacked: None, surveyed }
    }

    /// BLAKE3 of its bytes, and how many they are.
    pub(super) fn identity(&self) -> Result<(String, u64)> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(self.rewind()?).map_err(|error| self.failed(error))?;
        Ok((hasher.finalize().to_hex().to_string(), hasher.count()))
    }

    /// Where it is; for a file of an archive with its name behind that of the archive.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The bare name, as reports give it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The bare name it has or had before it was packed, by which formats recognise it.
    pub(super) fn plain_name(&self) -> &str {
        &self.plain
    }

    fn bytes(&self) -> &File {
        self.unpacked.as_ref().unwrap_or(&self.kept.file)
    }

    /// A reader from the beginning.
    pub(super) fn rewind(&self) -> Result<impl Read + Send + '_> {
        self.bytes().seek(SeekFrom::Start(0)).map_err(|error| self.failed(error))?;
        Ok(self.bytes())
    }

    /// The file itself, at its beginning, for readers that keep it. It shares its place with all others: one reader at a
    /// time.
    pub(super) fn file(&self) -> Result<File> {
        let mut file = self.bytes().try_clone().map_err(|error| self.failed(error))?;
        file.seek(SeekFrom::Start(0)).map_err(|error| self.failed(error))?;
        Ok(file)
    }

    pub(super) fn row_failed(&self, error: RowError) -> Error {
        match error {
            RowError::Io(error) => self.failed(error),
            RowError::Refused(error) => error,
        }
    }

    pub(super) fn failed(&self, error: io::Error) -> Error {
        Error::io(&self.path, Code::ReadFailed, error)
    }

    /// An error when somebody wrote to the file since it was opened.
    pub(super) fn check_unchanged(&self) -> Result<()> {
        self.kept.check_unchanged(self.kept.changed)
    }

    /// What all of its bytes show; they are read once.
    pub(super) fn surveyed(&self) -> Result<Surveyed> {
        if let Some(surveyed) = self.surveyed.get() {
            return Ok(surveyed.clone());
        }
        let kind = self.kind()?;
        let survey = match kind {
            FileKind::Workbook(_) => decode::digest(self.rewind()?),
            _ => decode::survey(self.rewind()?),
        };
        let mut survey = survey.map_err(|error| self.failed(error))?;
        if survey.may_be_mixed {
            survey.mixture = Some(decode::mixture(self.rewind()?).map_err(|error| self.failed(error))?);
        }
        let agora = decode::agora_form(&survey.head, kind);
        Ok(self.surveyed.get_or_init(|| Surveyed { survey: Arc::new(survey), kind, agora }).clone())
    }

    /// The file bears another name in messages now: it was moved.
    pub fn set_path(&mut self, path: &Path) {
        path.clone_into(&mut self.path);
    }

    /// What kind of file it is.
    pub(super) fn kind(&self) -> Result<FileKind> {
        self.bytes().seek(SeekFrom::Start(0)).map_err(|error| self.failed(error))?;
        file_kind(&mut self.bytes()).map_err(|error| self.failed(error))
    }

    /// Takes what is packed in it in its stead. Only one layer of gzip may be inside an archive: what packs itself
    /// again and again would never end.
    fn unpack(
        &mut self,
        unpack: impl FnOnce(&File, &mut BufWriter<&File>, &str) -> std::result::Result<(), RowError>,
    ) -> Result<()> {
        let inside = tempfile::tempfile().map_err(|error| self.failed(error))?;
        let path = self.path.display().to_string();
        let was = self.kind()?;
        self.bytes().seek(SeekFrom::Start(0)).map_err(|error| self.failed(error))?;
        let mut out = BufWriter::with_capacity(1 << 18, &inside);
        unpack(self.bytes(), &mut out, &path).map_err(|why| refused(why, &self.path))?;
        out.flush().map_err(|error| self.failed(error))?;
        drop(out);
        self.unpacked = Some(inside);
        match self.kind()? {
            FileKind::Zip => {}
            FileKind::Gzip if was == FileKind::Gzip => {}
            _ => return Ok(()),
        }
        let arguments = Arguments::none().with("path", path).with("cause", "an archive in an archive");
        Err(Error::new(Code::ArchiveDamaged, arguments))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Registry;

    #[test]
    fn what_can_be_read_before_its_turn_is_known_in_its_turn() {
        let registry = Registry::built_in();
        let limits = &registry.format("generic").unwrap().limits;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "reference;quantity\nA;1\n").unwrap();
        let source = Source::File(path.clone());
        let ahead = source.looked_at();
        assert!(matches!(ahead, Source::Ahead(_)) && ahead.name() == "a.csv" && ahead.looked_at() == ahead);
        let (plain, opened) = (source.open(limits).unwrap(), ahead.open(limits).unwrap());
        assert!(plain.surveyed.get().is_none() && opened.surveyed.get().is_some());
        assert_eq!(plain.surveyed().unwrap().survey.hash, opened.surveyed().unwrap().survey.hash);
        assert_eq!((plain.path(), plain.name()), (opened.path(), opened.name()));
        opened.check_unchanged().unwrap();
        fs::write(&path, "reference;quantity\nA;100\n").unwrap();
        assert_eq!(ahead.open(limits).unwrap().check_unchanged().unwrap_err().code, Code::FileChanged);
    }

    #[test]
    fn what_is_no_file_or_packed_waits_for_its_turn() {
        let folder = tempfile::tempdir().unwrap();
        let packed = folder.path().join("a.csv.gz");
        fs::write(&packed, b"\x1F\x8B\x08\0\0\0\0\0").unwrap();
        for path in [packed, folder.path().to_owned(), folder.path().join("missing.csv")] {
            let source = Source::File(path);
            assert_eq!(source.looked_at(), source);
        }
        assert_eq!(Source::Stdin.looked_at(), Source::Stdin);
        assert_eq!(Source::Stdin.name(), "-");
    }
}
