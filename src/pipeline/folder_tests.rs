//! Output that is never torn, whoever ends when.

use super::*;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn nothing_has_its_name_before_the_commit_and_nothing_stays_without_one() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("a/b");
    let folder = Folder::take(&out, true).unwrap();
    put(&folder, "summary.json", "{}").unwrap();
    put(&folder, "baskets/4.csv", "x").unwrap();
    assert_eq!(names(&out), [PARTIAL]);
    drop(folder);
    assert!(names(root.path()).is_empty());

    let folder = Folder::take(&out, true).unwrap();
    put(&folder, "summary.json", "{}").unwrap();
    put(&folder, "baskets/4.csv", "x").unwrap();
    folder.commit().unwrap();
    assert_eq!(names(&out), ["baskets", "summary.json"]);
}

#[test]
fn a_result_of_ours_is_replaced_and_anything_else_refused() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("out");
    let folder = Folder::take(&out, false).unwrap();
    put(&folder, "summary.json", "1").unwrap();
    put(&folder, "baskets/4.csv", "x").unwrap();
    folder.commit().unwrap();
    fs::write(out.join("note.txt"), "mine").unwrap();
    let folder = Folder::take(&out, false).unwrap();
    put(&folder, "summary.json", "2").unwrap();
    folder.commit().unwrap();
    assert_eq!(names(&out), ["note.txt", "summary.json"], "old baskets go, the user's own file stays");

    let other = root.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("x"), "").unwrap();
    assert_eq!(Folder::take(&other, false).unwrap_err().code, Code::OutNotOurs);
    assert_eq!(names(&other), ["x"]);
    assert_eq!(Folder::take(&other.join("x"), false).unwrap_err().code, Code::OutNotOurs);
}

#[test]
fn a_result_that_is_removed_takes_nothing_of_others_along() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("out");
    let fill = || {
        let folder = Folder::take(&out, false).unwrap();
        put(&folder, "summary.json", "{}").unwrap();
        put(&folder, "errors.csv", "x").unwrap();
        put(&folder, "march.csv.ack.json", "{}").unwrap();
        folder.commit().unwrap();
    };
    fill();
    remove_folder(&out).unwrap();
    assert!(!out.exists());
    remove_folder(&out).unwrap();
    fill();
    fs::write(out.join("note.txt"), "mine").unwrap();
    remove_folder(&out).unwrap();
    assert_eq!(names(&out), ["note.txt"]);
    // Without a summary it is not known to be ours.
    fs::write(out.join("errors.csv"), "mine").unwrap();
    remove_folder(&out).unwrap();
    assert_eq!(names(&out), ["errors.csv", "note.txt"]);
}

#[test]
fn a_folder_that_waits_beside_its_place_takes_it_at_the_end() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("import-000001");
    let wait = || {
        let mut folder = Folder::take(&root.path().join("lot"), false).unwrap();
        put(&folder, "errors.csv", "x").unwrap();
        put(&folder, "summary.json", "{}").unwrap();
        folder.move_to(&out).unwrap();
        folder.hold().unwrap();
        folder
    };
    drop(wait());
    assert!(names(root.path()).is_empty(), "nothing stays of what is not kept");
    std::mem::forget(wait());
    sweep_beside(root.path()).unwrap();
    assert!(names(root.path()).is_empty(), "nor of what a dead run left");
    std::mem::forget(wait());
    finish_folder(&out, false).unwrap();
    assert_eq!(
        (names(root.path()), names(&out)),
        (vec!["import-000001".to_owned()], vec!["errors.csv".to_owned(), "summary.json".to_owned()])
    );
    fs::write(out.join("note.txt"), "mine").unwrap();
    wait().commit().unwrap();
    assert_eq!(names(&out), ["errors.csv", "note.txt", "summary.json"]);
}

#[test]
fn many_may_finish_at_once() {
    let root = tempfile::tempdir().unwrap();
    for round in 0..50 {
        let out = root.path().join(round.to_string());
        let mut folder = Folder::take(&out, false).unwrap();
        for name in ["errors.csv", "refused.csv", "x.ack.json", "summary.json"] {
            put(&folder, name, "x").unwrap();
        }
        folder.hold().unwrap();
        folder.keep();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| finish_folder(&out, false).unwrap());
            }
        });
        assert_eq!(names(&out), ["errors.csv", "refused.csv", "summary.json", "x.ack.json"]);
    }
}

#[test]
fn what_a_dead_run_left_is_taken_over() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("out");
    let folder = Folder::take(&out, false).unwrap();
    put(&folder, "errors.csv", "half").unwrap();
    std::mem::forget(folder);
    let folder = Folder::take(&out, false).unwrap();
    put(&folder, "summary.json", "2").unwrap();
    folder.commit().unwrap();
    assert_eq!(names(&out), ["summary.json"]);
}
