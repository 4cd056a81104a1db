use super::*;

/// An answer given beforehand.
enum Answer {
    /// What is marked.
    Enter,
    /// The option that begins so.
    Take(&'static str),
    /// The proposal, or this.
    Type(&'static str),
    Escape,
    Interrupt,
}
use Answer::{Enter, Escape, Interrupt, Take, Type};

/// Somebody who reads the answers off a sheet and writes down what is shown.
struct Script {
    answers: VecDeque<Answer>,
    seen: String,
}

fn stopped() -> Error {
    Error::new(Code::Interrupted, Arguments::none())
}

impl Ask for Script {
    fn width(&self) -> usize {
        79
    }

    fn tell(&mut self, text: &str) {
        self.seen += text;
    }

    fn choose(&mut self, choice: &Choice<'_>) -> Result<Option<usize>> {
        self.seen += &(choice.title.clone() + "\n");
        let place = match self.answers.pop_front().unwrap() {
            Enter => choice.first,
            Take(name) => choice.options.iter().position(|option| option.name.starts_with(name)).unwrap(),
            Type(text) => panic!("{text} where a list is asked: {}", choice.title),
            Escape => return Ok(None),
            Interrupt => return Err(stopped()),
        };
        let option = &choice.options[place];
        self.seen += &["= ", &option.name, " | ", &option.more, "\n", &(choice.under)(place).join("\n"), "\n"].concat();
        Ok(Some(place))
    }

    fn line(&mut self, title: &str, proposal: &str, check: super::super::ask::Check<'_>) -> Result<Option<String>> {
        self.seen += &[title, " ", proposal, "\n"].concat();
        loop {
            let typed = match self.answers.pop_front().unwrap() {
                Enter => proposal,
                Type(text) => text,
                Take(name) => panic!("{name} where a line is asked: {title}"),
                Escape => return Ok(None),
                Interrupt => return Err(stopped()),
            };
            match check(typed) {
                None => return Ok(Some(typed.to_owned())),
                Some(wrong) => self.seen += &(wrong + "\n"),
            }
        }
    }
}

/// A folder for formats, with an order file and the catalogue beside it.
struct Desk {
    folder: tempfile::TempDir,
    is_heading_missed: bool,
}

impl Desk {
    fn new(file: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Été 04.csv"), file).unwrap();
        fs::create_dir(folder.path().join("mine")).unwrap();
        Self { folder, is_heading_missed: false }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn saved(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path("mine/import"));
        entries.into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
    }

    /// The questions with these answers: what was kept, and what was seen.
    fn hold(&self, name: Option<&str>, answers: impl IntoIterator<Item = Answer>) -> (Result<Option<Kept>>, String) {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
        let catalogue = pipeline::open_catalogue(&samples.join("catalogue.csv")).unwrap();
        let registry = Registry::with_overlay(&self.path("mine")).unwrap();
        let source = Source::File(self.path("Été 04.csv"));
        let known = pipeline::GuessSettings { no_heading: self.is_heading_missed, ..Default::default() };
        let found = pipeline::guess(&source, &registry, Some(&catalogue.catalogue), &known).unwrap();
        let mut script = Script { answers: answers.into_iter().collect(), seen: String::new() };
        let Some(found) = begin(found, &mut script, Language::English).unwrap() else { return (Ok(None), script.seen) };
        let mut interview = Interview {
            found: &found,
            source: &source,
            folder: &self.path("mine"),
            catalogue: Some(&catalogue),
            sheet: None,
            language: Language::English,
            columns: preset::likeliest(&found),
            ask: &mut script,
        };
        let kept = interview.hold(name.map(str::to_owned));
        if kept.is_ok() {
            assert!(script.answers.is_empty(), "answers nobody asked for: {}", script.seen);
        }
        (kept, script.seen)
    }

    /// The first lines as an import with the kept formats takes them: format, lines taken, lines refused.
    fn imported(&self, format: Option<&str>) -> (String, usize, usize) {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
        let catalogue = pipeline::open_catalogue(&samples.join("catalogue.csv")).unwrap();
        let registry = Registry::with_overlay(&self.path("mine")).unwrap();
        let source = [Source::File(self.path("Été 04.csv"))];
        let settings = Settings { format: format.map(str::to_owned), ..Settings::default() };
        let batch = pipeline::import(
            &pipeline::ImportRequest {
                files: &source,
                out: Some(&self.path("out")),
                catalogue: &catalogue,
                registry: &registry,
                account: None,
                settings: &settings,
                progress: &(),
                stop: &pipeline::Stop::default(),
            },
            None,
        );
        let batch = batch.unwrap();
        let summary = batch.files[0].result.as_ref().unwrap();
        let count = |number: u64| usize::try_from(number).unwrap();
        (summary.format.clone(), count(summary.counts.accepted), count(summary.counts.rejected))
    }
}

const FOREIGN: &str = "Teil;Wieviel;Was;Bon\n00123456;2;Pompe;D-1\nMS-623210;1;Joint;D-1\n00123456;x;Pompe;D-2\n";

#[test]
fn the_next_file_is_read_by_what_was_answered() {
    let desk = Desk::new(FOREIGN);
    let answers = [Take("Teil"), Take("Wieviel"), Take("customer order number"), Take("Bon"), Enter, Enter, Enter];
    let (kept, seen) = desk.hold(None, answers);
    let kept = kept.unwrap().unwrap();
    assert_eq!((kept.name.as_str(), kept.is_recognised), ("ete-04", true), "{seen}");
    assert!(seen.contains("  reference  quantity\n  00123456   2\n"), "{seen}");
    assert!(seen.contains("First lines shown: 3, of which 1 would be refused."), "{seen}");
    assert_eq!(fs::read_to_string(&kept.path).unwrap(), kept.text);
    assert!(kept.text.contains("header-contains = [\"Teil\", \"Wieviel\", \"Bon\"]"), "{}", kept.text);
    fs::write(desk.path("Été 04.csv"), format!("{FOREIGN}00123456;4;Pompe;D-3\n")).unwrap();
    assert_eq!(desk.imported(None), ("ete-04".to_owned(), 3, 1));
}

#[test]
fn a_file_without_headings_is_mapped_by_position_and_read_by_name() {
    let desk = Desk::new("00123456;2;Pompe de vidange\nMS-623210;1;Joint de porte\n00400001;3;Module x\n");
    let (kept, seen) = desk.hold(Some("plain"), [Enter, Enter, Enter, Take("(no column)"), Enter, Enter]);
    let kept = kept.unwrap().unwrap();
    assert!(!kept.is_recognised && kept.text.contains("[column.quantity]\nposition = 2\n"), "{seen}{}", kept.text);
    assert_eq!(desk.imported(Some("plain")), ("plain".to_owned(), 3, 0));
    let source = Source::File(desk.path("Été 04.csv"));
    let said = told(&kept, &source, &desk.path("mine"), None, None, Language::French);
    assert!(said.contains(" --catalogue CATALOGUE --format plain --out ete-04-resultat\n"), "{said}");
}

#[test]
fn a_heading_that_looks_like_values_is_one_when_the_user_says_so() {
    // As if the guess had not seen it.
    let desk = Desk { is_heading_missed: true, ..Desk::new(FOREIGN) };
    let (kept, seen) = desk.hold(Some("words"), [Enter, Take("Teil"), Take("Wieviel"), Enter, Enter]);
    let kept = kept.unwrap().unwrap();
    assert!(kept.is_recognised && kept.text.contains("header-contains = [\"Teil\", \"Wieviel\"]"), "{seen}");
    assert_eq!(desk.imported(None), ("words".to_owned(), 2, 1));
}

#[test]
fn of_two_columns_with_one_heading_the_chosen_one_counts() {
    let desk = Desk::new("Ref;Ref;Menge\nx;00123456;2\ny;MS-623210;1\n");
    let (kept, seen) = desk.hold(Some("twice"), [Enter, Take("Menge"), Enter, Enter]);
    assert!(kept.unwrap().unwrap().text.contains("[column.reference]\nheader = [\"Ref\"]\nposition = 2\n"), "{seen}");
    assert_eq!(desk.imported(None), ("twice".to_owned(), 2, 0));
}

#[test]
fn a_column_taken_from_a_required_field_leaves_a_question() {
    let desk = Desk::new(FOREIGN);
    let answers =
        [Take("Teil"), Take("Teil"), Take("Wieviel"), Take("reference"), Take("Teil"), Take("Wieviel"), Escape];
    let (kept, seen) = desk.hold(None, answers);
    assert!(kept.unwrap().is_none());
    assert_eq!(seen.matches("Which column holds \"reference\"?").count(), 3, "{seen}");
    assert_eq!(seen.matches("Which column holds \"quantity\"?").count(), 2, "{seen}");
}

#[test]
fn who_leaves_saves_nothing() {
    let chosen = || [Take("Teil"), Take("Wieviel"), Enter];
    for answers in [
        vec![Escape],
        vec![Enter, Escape],
        chosen().into_iter().chain([Escape]).collect(),
        chosen().into_iter().chain([Type("n"), Escape]).collect(),
        chosen().into_iter().chain([Type("n"), Take("Leave")]).collect(),
    ] {
        let desk = Desk::new(FOREIGN);
        let (kept, seen) = desk.hold(None, answers);
        assert!(kept.unwrap().is_none() && desk.saved().is_empty(), "{seen}");
    }
    let desk = Desk::new(FOREIGN);
    let (kept, _) = desk.hold(None, chosen().into_iter().chain([Type("n"), Interrupt]));
    assert_eq!(kept.err().map(|error| error.exit()), Some(Exit::Interrupted));
    assert!(desk.saved().is_empty());
}

#[test]
fn a_name_is_asked_again_until_it_is_free() {
    let desk = Desk::new(FOREIGN);
    let chosen = || [Take("Teil"), Take("Wieviel"), Enter];
    let first = chosen().into_iter().chain([Type("a b"), Type("generic"), Enter, Enter]);
    let (kept, seen) = desk.hold(None, first);
    assert_eq!(kept.unwrap().unwrap().name, "ete-04", "{seen}");
    let again = [Enter, Enter, Enter, Type("ete-04"), Enter, Take("Change"), Enter, Enter];
    let (kept, seen) = desk.hold(None, again);
    let kept = kept.unwrap().unwrap();
    assert_eq!((kept.name.as_str(), kept.is_recognised), ("ete-04-2", false), "two formats take the file: {seen}");
    assert_eq!(desk.imported(Some("ete-04-2")), ("ete-04-2".to_owned(), 2, 1));
}

#[test]
fn a_field_that_an_import_finds_all_the_same_is_named() {
    let desk = Desk::new("Référence;Qté;Désignation;Zone\n00123456;2;Pompe;a\nMS-623210;1;Joint;b\n");
    let answers = [Enter, Enter, Take("label"), Take("(no column)"), Enter, Enter];
    let (kept, seen) = desk.hold(Some("bare"), answers);
    assert!(!kept.unwrap().unwrap().text.contains("label"));
    assert!(seen.contains("Recognised with certainty:\n  label  ← Désignation\n"), "{seen}");
    assert!(seen.contains("  Columns left aside: Désignation, Zone\n"), "{seen}");
    assert!(seen.contains("\"label\" is taken from the column Désignation all the same"), "{seen}");
}

#[test]
fn a_field_that_two_columns_may_hold_is_asked_about() {
    let desk = Desk::new("Référence;Qté;Prix;Prix unitaire HT\n00123456;2;77,00;38,50\nMS-623210;1;6,20;6,20\n");
    let (kept, seen) = desk.hold(Some("prices"), [Enter, Enter, Take("Prix unitaire"), Enter, Enter]);
    let text = kept.unwrap().unwrap().text;
    assert!(text.contains("[column.unit_price]\nheader = [\"Prix unitaire HT\"]\n"), "{seen}");
}

#[test]
fn a_format_that_cannot_read_the_file_is_rather_changed() {
    // The dictionary gives the order number to two columns, so an import asks which one is meant.
    let file = "Référence;Qté;N° commande;Numéro de commande\n00123456;2;D-1;E-1\nMS-623210;1;D-2;E-2\n";
    let desk = Desk::new(file);
    let answers = [Enter, Enter, Take("(no column)"), Enter, Enter, Take("customer order"), Enter, Enter, Enter];
    let (kept, seen) = desk.hold(Some("orders"), answers);
    assert!(seen.contains("[FIELD_CLAIMED_TWICE]"), "{seen}");
    assert!(kept.unwrap().unwrap().text.contains("[column.customer_order_number]"), "{seen}");
    assert_eq!(desk.imported(None), ("orders".to_owned(), 2, 0));
}

#[test]
fn one_column_is_refused_before_any_question() {
    let desk = Desk::new("Teil\n00123456\nMS-623210\n");
    let registry = Registry::built_in();
    let source = Source::File(desk.path("Été 04.csv"));
    let found = pipeline::guess(&source, &registry, None, &pipeline::GuessSettings::default()).unwrap();
    assert_eq!(found.columns.len(), 1);
    assert_eq!(too_narrow(&found).exit(), Exit::Unreadable);
}

#[test]
fn strangers_do_not_reach_the_terminal() {
    let desk = Desk::new("R\u{1b}[2Jf;Menge\n00123456\u{202e};2\n\u{1b}[31mMS;1\n");
    let (kept, seen) = desk.hold(Some("odd"), [Take("R"), Take("Menge"), Enter, Enter]);
    assert!(kept.unwrap().is_some());
    assert!(!seen.contains(['\u{1b}', '\u{202e}']), "{seen:?}");
}

#[test]
fn words_of_a_command_line_are_quoted_where_they_must_be() {
    assert_eq!(word("a/b-1.csv"), "a/b-1.csv");
    if cfg!(unix) {
        assert_eq!([word("a b"), word("it's"), word("$x"), word("")], ["'a b'", "'it'\\''s'", "'$x'", "''"]);
    }
    assert_eq!([default_name("x/CMD 0304.csv", ""), default_name("…", "r")], ["cmd-0304", "format-r"]);
}
