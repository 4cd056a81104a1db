//! The first pass: where the records are, and which columns they have.
//!
//! What enters: a whole tree, by what a [`Listener`] hears. What leaves: an [`Outline`].
//! What is refused: a tree without records, or with more columns than allowed.

use std::collections::{BTreeMap, BTreeSet};

use super::super::row::RowError;
use super::paths::{FILE, NOWHERE, Paths, Place};
use super::{HELD_BYTES, Listener, TreeKind, Wanted, longest};
use crate::diagnostic::{Arguments, Code, Error};
use crate::format::Limits;

/// What a first pass shows: where the records are and which fields they have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// The path of the records.
    pub records: String,
    /// The columns: of what is around the records, then of the records.
    pub columns: Vec<String>,
    /// How many records there are.
    pub count: u64,
    pub(super) paths: Paths,
    pub(super) record: Place,
    /// What the value of each path is.
    pub(super) roles: Vec<Role>,
    /// The first column of the records themselves.
    pub(super) own: usize,
    /// What stands around the records only once, by column.
    pub(super) constants: BTreeMap<usize, String>,
    /// Elements around the records, from the root on, with the first that repeats and has columns.
    pub(super) chain: Vec<Place>,
    pub(super) held_from: Option<usize>,
    /// Wanted places that exist beside the one that counts.
    pub others: Vec<String>,
    /// Paths inside the records that repeat and so have rows of their own; none when nobody asked for that.
    pub(super) items: Vec<bool>,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing that is asked for, or known already.
    None,
    /// A column of the records.
    Own(usize),
    /// A column of what is around them.
    Around(usize),
}

/// What is known of a path.
#[derive(Clone, Default)]
struct Seen {
    /// Elements or objects.
    opened: u64,
    /// Those of them with fields at any depth.
    with_fields: u64,
    /// Values, also empty ones.
    values: u64,
    /// Values that count as a record of their own when the records are here.
    loose: u64,
    /// Whether a value was not empty.
    is_filled: bool,
    /// Whether it stands more than once in the same parent, or in a list.
    repeats: bool,
    /// The parent in which it stood last.
    last_parent: u64,
    /// The only value.
    value: Option<String>,
}

/// What is open.
struct Frame {
    place: Place,
    /// What was last in it.
    last: Place,
    serial: u64,
    has_fields: bool,
}

/// Takes note of a tree.
pub(super) struct Survey {
    paths: Paths,
    seen: Vec<Seen>,
    open: Vec<Frame>,
    opened: u64,
    held: usize,
    columns: usize,
}

impl Survey {
    pub(super) fn new(limits: &Limits) -> Self {
        let file = Frame { place: FILE, last: NOWHERE, serial: 1, has_fields: false };
        Self {
            paths: Paths::new(limits.columns, longest(limits)),
            seen: vec![Seen::default()],
            open: vec![file],
            opened: 1,
            held: 0,
            columns: limits.columns,
        }
    }

    fn seen(&self, place: Place) -> &Seen {
        &self.seen[place as usize]
    }

    /// Goes to a child of what is open.
    fn enter(&mut self, name: &str, is_listed: bool) -> Result<Place, RowError> {
        let Some(frame) = self.open.last_mut() else { return Ok(FILE) };
        let place = self.paths.enter(frame.place, frame.last, name)?;
        frame.last = place;
        if self.seen.len() < self.paths.len() {
            self.seen.resize(self.paths.len(), Seen::default());
        }
        let seen = &mut self.seen[place as usize];
        seen.repeats |= is_listed || seen.last_parent == frame.serial;
        seen.last_parent = frame.serial;
        Ok(place)
    }

    fn take(&mut self, place: Place, text: &str) -> Result<(), RowError> {
        let seen = &mut self.seen[place as usize];
        seen.values += 1;
        seen.is_filled |= !text.is_empty();
        // Only what stands once can be a field for all records without being read again.
        if let Some(value) = seen.value.take() {
            self.held -= value.len();
        } else if seen.values == 1 {
            seen.value = Some(text.to_owned());
            self.held += text.len();
        }
        if self.held > HELD_BYTES { Err(RowError::limit("record-bytes", HELD_BYTES)) } else { Ok(()) }
    }

    /// Whether values of this path are worth a column.
    fn is_column(&self, place: Place) -> bool {
        let seen = self.seen(place);
        seen.is_filled || (seen.values > 0 && self.paths.is_leaf(place))
    }

    fn is_open_above(&self, place: Place, ancestor: Place) -> bool {
        let mut at = place;
        while at > ancestor && at != NOWHERE {
            at = self.paths.parent(at);
        }
        at == ancestor
    }

    fn fields(&self, place: Place) -> usize {
        self.paths.children(place).filter(|child| self.is_column(*child)).count()
    }

    /// The best of these places by a measure; the first of equals.
    fn best<M: Ord>(&self, is_candidate: impl Fn(Place) -> bool, measure: impl Fn(Place) -> M) -> Option<Place> {
        // The last of equals is the first from behind.
        self.paths.places().rev().filter(|place| is_candidate(*place)).max_by_key(|place| measure(*place))
    }

    fn choose(&self) -> Option<Place> {
        let depth = |place| self.paths.chain(place).len();
        let has_fields = |place| self.seen(place).with_fields > 0;
        let list = self.best(
            |place| self.seen(place).repeats && has_fields(place),
            |place| (self.seen(place).with_fields, self.fields(place), depth(place)),
        );
        let of_one = || self.best(|place| has_fields(place) && self.is_one_of_many(place), depth);
        let single = || {
            let measure = |place| (self.fields(place), depth(place));
            self.best(|place| has_fields(place) && self.fields(place) > 0, measure)
        };
        list.or_else(of_one).or_else(single)
    }

    /// Whether the parent's name is the plural of this one, as far as languages that are written in letters agree on it.
    fn is_one_of_many(&self, place: Place) -> bool {
        let name = self.paths.name(place).to_lowercase();
        let parent = self.paths.name(self.paths.parent(place)).to_lowercase();
        let last = name.char_indices().last().map_or(0, |(at, _)| at);
        last >= 3 && parent.len() > last && parent != name && parent.contains(&name[..last])
    }

    /// What to read, once all was heard.
    pub(super) fn outline(mut self, kind: TreeKind, wanted: Wanted<'_>, path: &str) -> Result<Outline, RowError> {
        let not_found = || {
            let arguments = Arguments::none().with("path", path);
            let arguments = match wanted.records {
                [] => arguments,
                places => arguments.with("place", places.join(", ")),
            };
            RowError::Refused(Error::new(Code::RecordsNotFound, arguments))
        };
        let mut found: Vec<_> = wanted.records.iter().filter_map(|given| self.find(given, kind)).collect();
        let record = if wanted.records.is_empty() { self.choose() } else { found.first().copied() };
        let record = record.ok_or_else(not_found)?;
        let chain = self.paths.chain(self.paths.parent(record));
        let mut outline = Outline {
            records: self.paths.written(record),
            columns: Vec::new(),
            count: self.seen(record).opened + self.seen(record).loose,
            paths: Paths::new(0, 0),
            record,
            roles: vec![Role::None; self.paths.len()],
            own: 0,
            constants: BTreeMap::new(),
            chain,
            held_from: None,
            others: found.drain(found.len().min(1)..).map(|place| self.paths.written(place)).collect(),
            items: Vec::new(),
        };
        let own = self.own_columns(kind, record);
        if own.is_empty() {
            return Err(not_found());
        }
        if wanted.items_apart {
            outline.items = vec![false; self.paths.len()];
            let is_item =
                |place: &Place| *place != record && self.seen(*place).repeats && self.is_open_above(*place, record);
            for place in self.paths.places().filter(is_item) {
                outline.items[place as usize] = true;
            }
        } else {
            self.around(kind, &own, &mut outline);
        }
        outline.own = outline.columns.len();
        // Two paths of JSON may be written alike; they share their column.
        let mut known = BTreeMap::new();
        for (place, name) in own {
            let column = *known.entry(name).or_insert_with_key(|name| {
                outline.columns.push(name.clone());
                outline.columns.len() - 1
            });
            outline.roles[place as usize] = Role::Own(column);
        }
        if outline.columns.len() > self.columns {
            return Err(RowError::limit("columns", self.columns));
        }
        outline.paths = self.paths;
        Ok(outline)
    }

    /// The place of a path that was given, if anything stands there.
    fn find(&self, given: &str, kind: TreeKind) -> Option<Place> {
        let given = spelled(given, kind);
        self.paths.places().find(|place| self.paths.written(*place) == given)
    }

    fn own_columns(&self, kind: TreeKind, record: Place) -> Vec<(Place, String)> {
        let level = self.paths.chain(record).len();
        let name = |place| if place == record { "#text".to_owned() } else { self.paths.names(place, level) };
        // A scalar of JSON among records is no record.
        let is_own = |place: &Place| {
            self.is_column(*place) && (*place != record || kind == TreeKind::Xml) && self.is_open_above(*place, record)
        };
        self.paths.places().filter(is_own).map(|place| (place, name(place))).collect()
    }

    /// Adds the columns of what is around the records.
    fn around(&mut self, kind: TreeKind, own: &[(Place, String)], outline: &mut Outline) {
        let mut taken: BTreeSet<String> = own.iter().map(|(_, name)| name.clone()).collect();
        for place in self.paths.places() {
            if !self.is_column(place) || self.is_open_above(place, outline.record) {
                continue;
            }
            let Some(level) = self.owner(place, &outline.chain) else { continue };
            let is_text = outline.chain[level] == place;
            if is_text && kind == TreeKind::Json {
                continue;
            }
            let named = |from| {
                let name = self.paths.names(place, from);
                match (is_text, name.is_empty()) {
                    (false, _) => name,
                    (true, true) => "#text".to_owned(),
                    (true, false) => format!("{name}/#text"),
                }
            };
            let mut name = named(1);
            if taken.contains(&name) {
                name = named(0);
            }
            if taken.contains(&name) {
                name.insert(0, '/');
            }
            taken.insert(name.clone());
            let column = outline.columns.len();
            outline.columns.push(name);
            if self.seen(outline.chain[level]).opened == 1 {
                let value = self.seen[place as usize].value.take();
                outline.constants.insert(column, value.unwrap_or_default());
            } else {
                outline.roles[place as usize] = Role::Around(column);
                outline.held_from = Some(outline.held_from.map_or(level, |held| held.min(level)));
            }
        }
    }

    /// The level of the chain to which a path belongs, when no list is between.
    fn owner(&self, place: Place, chain: &[Place]) -> Option<usize> {
        let mut at = place;
        loop {
            if let Ok(level) = chain.binary_search(&at) {
                return Some(level);
            }
            if at == FILE || at == NOWHERE || self.seen(at).repeats {
                return None;
            }
            at = self.paths.parent(at);
        }
    }
}

/// A path as it was given, as it is written here.
fn spelled(given: &str, kind: TreeKind) -> String {
    let names = given.trim().trim_end_matches('/').trim_start_matches('/').split('/');
    let local = |name: &str| match kind {
        TreeKind::Xml => name.rsplit_once(':').map_or(name, |(_, local)| local).to_owned(),
        TreeKind::Json => name.to_owned(),
    };
    format!("/{}", names.map(local).collect::<Vec<_>>().join("/"))
}

impl Listener for Survey {
    type Stop = RowError;

    fn open(&mut self, name: &str, listed: bool, _: u64) -> Result<(), RowError> {
        let place = self.enter(name, listed)?;
        self.opened += 1;
        self.seen[place as usize].opened += 1;
        self.open.push(Frame { place, last: NOWHERE, serial: self.opened, has_fields: false });
        Ok(())
    }

    fn value(&mut self, name: &str, listed: bool, _: u64, text: &str) -> Result<(), RowError> {
        let place = self.enter(name, listed)?;
        self.seen[place as usize].loose += u64::from(listed || !text.is_empty());
        if let Some(frame) = self.open.last_mut() {
            frame.has_fields = true;
        }
        self.take(place, text)
    }

    fn close(&mut self, text: Option<&str>) -> Result<(), RowError> {
        let Some(frame) = self.open.pop() else { return Ok(()) };
        self.seen[frame.place as usize].with_fields += u64::from(frame.has_fields);
        if let Some(parent) = self.open.last_mut() {
            parent.has_fields |= frame.has_fields || text.is_some();
        }
        text.map_or(Ok(()), |text| self.take(frame.place, text))
    }

    fn at(&mut self, _: u64) {}
}
