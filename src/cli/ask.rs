//! Questions to the user: a list to choose from, a line to type.
//!
//! What enters: a question whose texts are safe for a terminal. What leaves: the answer, or `None` when the user leaves
//! with Esc. What is refused: Ctrl-C ends the run as it does elsewhere; a terminal that cannot be read is an error.
//!
//! The flow of questions only knows the trait [`Ask`], so tests answer it without a terminal. Lists are drawn here with
//! `console`, which the progress bar brings along anyway: ready-made prompts show no rows under the marked choice, have
//! English words of their own, and Ctrl-C leaves the cursor hidden.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use bordereau::diagnostic::{Arguments, Code, Error, Result};
use bordereau::format::fold;
use bordereau::model::Language;
use console::{Key, Term, measure_text_width, style, truncate_str};

use super::texts;

/// What can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// What it is called.
    pub(crate) name: String,
    /// What helps to tell it from the others.
    pub(crate) more: String,
}

impl Item {
    /// One that needs no help.
    pub(crate) fn plain(name: &str) -> Self {
        Self { name: name.to_owned(), more: String::new() }
    }
}

/// A list to choose from.
pub(crate) struct Choice<'c> {
    /// What is asked.
    pub(crate) title: String,
    /// What can be chosen.
    pub(crate) options: Vec<Item>,
    /// The option that is marked at first.
    pub(crate) first: usize,
    /// The lines shown under the list while an option is marked.
    pub(crate) under: &'c dyn Fn(usize) -> Vec<String>,
}

/// Why a typed line will not do.
pub(crate) type Check<'c> = &'c dyn Fn(&str) -> Option<String>;

/// Somebody who answers questions.
pub(crate) trait Ask {
    /// Characters of a line.
    fn width(&self) -> usize;
    /// Shows a text.
    fn tell(&mut self, text: &str);
    /// The option that is chosen.
    fn choose(&mut self, choice: &Choice<'_>) -> Result<Option<usize>>;
    /// The line that is typed, from a proposal.
    fn line(&mut self, title: &str, proposal: &str, check: Check<'_>) -> Result<Option<String>>;
}

/// A text cut to a width, by what it takes on a screen.
pub(crate) fn fit(text: &str, width: usize) -> String {
    truncate_str(text, width, "…").into_owned()
}

/// A text filled up to a width, by what it takes on a screen.
pub(crate) fn pad(text: &str, width: usize) -> String {
    text.to_owned() + &" ".repeat(width.saturating_sub(text_width(text)))
}

/// What a text takes on a screen.
pub(crate) fn text_width(text: &str) -> usize {
    measure_text_width(text)
}

/// The terminal, with the questions on standard error.
pub(crate) struct Terminal {
    term: Term,
    language: Language,
}

/// The least of a list that is shown, however small the screen.
const LEAST_ROWS: usize = 3;

impl Terminal {
    /// The terminal of a command that needs one.
    pub(crate) fn of(command: &str, language: Language) -> Result<Self> {
        if io::stdin().is_terminal() && io::stderr().is_terminal() {
            return Ok(Self { term: Term::stderr(), language });
        }
        Err(Error::new(Code::TerminalNeeded, Arguments::none().with("command", command)))
    }

    /// Lines and characters of a line, one less than there are: a full line would break.
    fn size(&self) -> (usize, usize) {
        let (rows, columns) = self.term.size();
        (usize::from(rows), usize::from(columns).saturating_sub(1).max(20))
    }

    fn key(&self) -> Result<Key> {
        match self.term.read_key_raw() {
            Ok(Key::CtrlC) => {
                self.write("\n")?;
                Err(Error::new(Code::Interrupted, Arguments::none()))
            }
            key => key.map_err(failed),
        }
    }

    fn write(&self, text: &str) -> Result<()> {
        self.term.write_str(text).map_err(failed)
    }

    /// Draws lines over those that were drawn before; the cursor stays at the end of the last one, so that a program
    /// killed while it asks leaves nothing hidden.
    fn draw(&self, before: usize, lines: &[String]) -> Result<()> {
        if before > 1 {
            self.term.move_cursor_up(before - 1).map_err(failed)?;
        }
        self.write("\r")?;
        self.term.clear_to_end_of_screen().map_err(failed)?;
        self.write(&lines.join("\n"))
    }
}

fn failed(error: io::Error) -> Error {
    Error::io(Path::new("stdin"), Code::ReadFailed, error)
}

/// A list on the screen: what is typed narrows it.
struct List<'c> {
    options: &'c [String],
    typed: String,
    /// The options that hold what is typed.
    shown: Vec<usize>,
    /// The marked one among them.
    at: usize,
    /// The first one on the screen.
    top: usize,
}

impl<'c> List<'c> {
    fn new(options: &'c [String], first: usize) -> Self {
        let at = first.min(options.len().saturating_sub(1));
        Self { options, typed: String::new(), shown: (0..options.len()).collect(), at, top: 0 }
    }

    fn marked(&self) -> usize {
        self.shown.get(self.at).copied().unwrap_or_default()
    }

    /// Moves the mark; the list goes round by single steps only.
    fn step(&mut self, by: isize) {
        let last = self.shown.len().saturating_sub(1);
        self.at = match by {
            1 if self.at == last => 0,
            -1 if self.at == 0 => last,
            _ => self.at.saturating_add_signed(by).min(last),
        };
    }

    /// Shows only what holds the typed text; a letter that would leave nothing is not taken.
    fn narrow(&mut self, typed: String) {
        let wanted = fold(&typed);
        let holds = |place: &usize| fold(&self.options[*place]).contains(&wanted);
        let shown: Vec<_> = (0..self.options.len()).filter(holds).collect();
        if shown.is_empty() {
            return;
        }
        let marked = self.marked();
        self.at = shown.iter().position(|place| *place == marked).unwrap_or_default();
        self.shown = shown;
        self.typed = typed;
    }

    /// The part of the list that fits, with the mark in it.
    fn window(&mut self, rows: usize) -> &[usize] {
        self.top =
            self.top.clamp((self.at + 1).saturating_sub(rows), self.at).min(self.shown.len().saturating_sub(rows));
        &self.shown[self.top..(self.top + rows).min(self.shown.len())]
    }
}

impl Ask for Terminal {
    fn width(&self) -> usize {
        self.size().1
    }

    fn tell(&mut self, text: &str) {
        super::out::talk(text);
    }

    fn choose(&mut self, choice: &Choice<'_>) -> Result<Option<usize>> {
        let wide = choice.options.iter().filter(|option| !option.more.is_empty());
        let wide = wide.map(|option| text_width(&option.name)).max().unwrap_or_default();
        let options = choice.options.iter().map(|option| match option.more.as_str() {
            "" => option.name.clone(),
            more => format!("{}  {more}", pad(&option.name, wide)),
        });
        let options: Vec<_> = options.collect();
        let mut list = List::new(&options, choice.first);
        let mut drawn = 0;
        let answer = loop {
            let (rows, width) = self.size();
            let marked = list.marked();
            let under = (choice.under)(marked);
            // The title, the keys, and the empty line before what stands under the list.
            let room = rows.saturating_sub(under.len() + 3).max(LEAST_ROWS);
            let mut lines = vec![style(fit(&choice.title, width)).bold().for_stderr().to_string()];
            for place in list.window(room) {
                let option = fit(&options[*place], width - 2);
                lines.push(if *place == marked {
                    style(format!("> {option}")).cyan().bold().for_stderr().to_string()
                } else {
                    format!("  {option}")
                });
            }
            let place = format!("{}/{}", list.at + 1, list.shown.len());
            let keys = match list.typed.as_str() {
                "" => texts::ASK_KEYS.with(self.language, &[("place", &place)]),
                typed => texts::ASK_SEARCH.with(self.language, &[("place", &place), ("typed", typed)]),
            };
            lines.push(style(fit(&keys, width)).dim().for_stderr().to_string());
            if !under.is_empty() {
                lines.push(String::new());
                lines.extend(under.iter().map(|line| fit(line, width)));
            }
            self.draw(drawn, &lines)?;
            drawn = lines.len();
            match self.key()? {
                Key::ArrowUp | Key::BackTab => list.step(-1),
                Key::ArrowDown | Key::Tab => list.step(1),
                Key::PageUp => list.step(1 - isize::try_from(room).unwrap_or(2)),
                Key::PageDown => list.step(isize::try_from(room).unwrap_or(2) - 1),
                Key::Home => list.at = 0,
                Key::End => list.at = list.shown.len().saturating_sub(1),
                Key::Backspace => {
                    let kept = list.typed.chars().count().saturating_sub(1);
                    list.narrow(list.typed.chars().take(kept).collect());
                }
                Key::Char(c) if !c.is_control() => list.narrow(format!("{}{c}", list.typed)),
                Key::Enter if !list.shown.is_empty() => break Some(marked),
                Key::Escape => break None,
                _ => {}
            }
        };
        let (_, width) = self.size();
        let said = answer.and_then(|place| choice.options.get(place)).map_or("–", |option| option.name.as_str());
        self.draw(drawn, &[fit(&format!("{} {said}", choice.title), width), String::new()])?;
        Ok(answer)
    }

    fn line(&mut self, title: &str, proposal: &str, check: Check<'_>) -> Result<Option<String>> {
        let mut typed = proposal.to_owned();
        let mut wrong = None;
        let mut drawn = 0;
        loop {
            let (_, width) = self.size();
            let mut lines: Vec<_> = wrong.iter().map(|text: &String| fit(text, width)).collect();
            lines.push(fit(&format!("{} {typed}", style(title).bold().for_stderr()), width));
            self.draw(drawn, &lines)?;
            drawn = lines.len();
            match self.key()? {
                Key::Backspace => {
                    typed.pop();
                }
                Key::Char('\u{15}') => typed.clear(),
                Key::Char(c) if !c.is_control() => typed.push(c),
                Key::Enter => {
                    wrong = check(typed.trim());
                    if wrong.is_none() {
                        let last = lines.pop().unwrap_or_default();
                        self.draw(drawn, &[last, String::new()])?;
                        return Ok(Some(typed.trim().to_owned()));
                    }
                }
                Key::Escape => {
                    self.write("\n")?;
                    return Ok(None);
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_goes_round_narrows_and_keeps_its_mark_on_the_screen() {
        let options: Vec<_> = (1..=40).map(|number| format!("Colonne {number}")).collect();
        let mut list = List::new(&options, 2);
        assert_eq!((list.marked(), list.window(10)), (2, &(0..10).collect::<Vec<_>>()[..]));
        list.step(20);
        assert_eq!((list.marked(), list.window(10).last()), (22, Some(&22)));
        list.step(-3);
        assert_eq!(list.window(10).first(), Some(&13), "the list stays while its mark is in sight");
        list.step(100);
        list.step(1);
        assert_eq!(list.marked(), 0);
        list.step(-1);
        assert_eq!(list.marked(), 39);
        list.narrow("zz".to_owned());
        assert_eq!(list.shown.len(), 40, "what is not there is not taken");
        list.narrow("NÉ 3".to_owned());
        assert_eq!((list.shown.len(), list.marked()), (11, 2));
        list.narrow(String::new());
        assert_eq!((list.shown.len(), list.marked()), (40, 2));
    }

    #[test]
    fn texts_take_their_width_on_the_screen() {
        assert_eq!(fit("Désignation", 5), "Dési…");
        assert_eq!(fit("零件编号", 5), "零件…");
        assert_eq!(pad("零件", 6), "零件  ");
        assert_eq!(fit("short", 5), "short");
    }
}
