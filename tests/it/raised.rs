//! The codes that no sample can show: each has a test of its own, written down as `CODE: test => how it is raised`.

use bordereau::diagnostic::Code;

use crate::support::Ended;

/// Makes a test of each line, and the list of the codes.
macro_rules! raises {
    ($($code:ident: $test:ident => $ended:expr;)*) => {
        $(
            #[test]
            fn $test() {
                crate::raised::check(stringify!($code), $ended);
            }
        )*

        /// The codes that the tests of this file raise.
        pub(crate) const RAISED: &[&str] = &[$(stringify!($code)),*];
    };
}

pub(crate) use raises;

/// Checks that the code was told, it alone, with its exit code and a remedy. `None` is a test that cannot be made here.
pub(crate) fn check(name: &str, ended: impl Into<Option<Ended>>) {
    let Some(ended) = ended.into() else { return };
    let code = Code::from_name(name).unwrap();
    let said = format!("{name}\nstdout: {}\nstderr: {}", ended.stdout, ended.stderr);
    assert!(ended.tells(name), "{said}");
    assert_eq!(ended.code, code.exit().map(|exit| i32::from(exit.code())), "{said}");
    let others: Vec<_> = Code::all().iter().filter(|other| **other != code && ended.tells(other.name())).collect();
    assert!(others.is_empty(), "not alone: {others:?} {said}");
    assert!(ended.stderr.contains("\n  → ") || ended.stdout.contains("\n  → "), "no remedy: {said}");
}

#[cfg(unix)]
#[test]
fn every_code_without_a_sample_has_a_test() {
    use bordereau::diagnostic::Scope;

    let mut raised: Vec<_> = [
        crate::usage::RAISED,
        crate::system::RAISED,
        crate::workspace::RAISED,
        crate::baskets::RAISED,
        crate::order_codes::RAISED,
        crate::deposit_tracking::RAISED,
        crate::deposits_workspace::RAISED,
        crate::ledger_refusals::RAISED,
        crate::notifications::RAISED,
        crate::claims::RAISED,
        crate::inbox::RAISED,
        crate::keeping::RAISED,
        crate::backups::RAISED,
        crate::errands::RAISED,
        crate::repairs::RAISED,
        crate::invoices::RAISED,
        crate::work_order_life::RAISED,
        crate::watch::RAISED,
    ]
    .concat();
    raised.sort_unstable();
    let wanted: Vec<_> = Code::all()
        .iter()
        .filter(|code| {
            matches!(code.scope(), Scope::Usage | Scope::Format | Scope::System)
                || matches!(code, Code::CatalogueDamaged | Code::CatalogueStale)
                || crate::order_codes::RAISED.contains(&code.name())
                || crate::claims::RAISED.contains(&code.name())
        })
        .map(|code| code.name())
        .collect();
    assert_eq!(raised, wanted);
}
