//! A run that is asked to stop at any moment leaves every file where the next one finds it.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::model::Moment;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");

fn stamp() -> Stamp {
    Stamp { at: Moment::parse("2026-03-02T21:00:00Z").unwrap(), by: "somebody".to_owned() }
}

/// A workspace with a night's files: orders and a copy of one, claims, repair files, work orders, what is no file of the trade.
fn evening(registry: &Registry) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let root = home.path();
    Workspace::init(root, Language::English, false).unwrap();
    let mut workspace = Workspace::open(root, registry, false).unwrap();
    workspace.load_catalogue(&Path::new(SAMPLES).join("catalogue.csv"), &stamp()).unwrap();
    for number in 0..3 {
        let order = format!("Commande client;Réf;Qté\nK-{number};0070817965D;{}\n", number + 1);
        fs::write(root.join(format!("inbox/order-{number}.csv")), order).unwrap();
    }
    fs::copy(root.join("inbox/order-0.csv"), root.join("inbox/order-copy.csv")).unwrap();
    fs::write(root.join("inbox/invoice.pdf"), b"%PDF-1.4\0\x01").unwrap();
    for sample in ["deposits/claims-list.csv", "deposits/repairs.xml", "work-orders/new-mandates.json"] {
        let sample = Path::new(SAMPLES).join(sample);
        fs::copy(&sample, root.join("inbox").join(sample.file_name().unwrap())).unwrap();
    }
    home
}

/// The files of a folder of the workspace, without what is said of them.
fn files(root: &Path, folder: &str) -> BTreeSet<String> {
    let name = |path: PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    let names = place::entries(&root.join(folder)).into_iter().filter(|path| path.is_file()).map(name);
    names.filter(|name| !place::BESIDE.iter().any(|ending| name.ends_with(ending))).collect()
}

fn put_away(root: &Path) -> BTreeSet<String> {
    place::PLACES.iter().flat_map(|place| files(root, place)).collect()
}

/// A run that is asked to stop by a look at it.
fn run(root: &Path, registry: &Registry, stop: &Stop) -> Result<Exit> {
    let request = InboxRequest {
        folder: None,
        only: &[],
        registry,
        done_file: None,
        observed: &Observed::new(Duration::ZERO),
        jobs: Some(2),
        dry_run: false,
        language: Language::English,
        progress: &(),
        stop,
    };
    let mut workspace = Workspace::open(root, registry, false).unwrap();
    let turn = workspace.take_turn().unwrap();
    workspace.work_off(&turn, &request, &|| Ok(stamp()), &mut |_| Ok(()))
}

#[test]
fn asked_to_stop_at_any_moment_nothing_is_left_between_the_places() {
    let registry = Registry::built_in();
    let undisturbed = evening(&registry);
    run(undisturbed.path(), &registry, &Stop::default()).unwrap();
    let mut stopped = 0;
    loop {
        let home = evening(&registry);
        let root = home.path();
        let ended = run(root, &registry, &Stop::after(stopped));
        assert_eq!(files(root, CLAIMED), BTreeSet::new(), "asked by look {stopped}: {ended:?}");
        assert_eq!(files(root, "inbox").len() + put_away(root).len(), 8, "asked by look {stopped}");
        match ended {
            Ok(_) => break,
            Err(error) => assert_eq!(error.code, Code::Interrupted, "asked by look {stopped}"),
        }
        run(root, &registry, &Stop::default()).unwrap();
        assert_eq!(put_away(root), put_away(undisturbed.path()), "asked by look {stopped}");
        stopped += 1;
    }
    assert!(stopped > 20, "{stopped} looks are few");
}
