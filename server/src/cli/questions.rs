//! What `makemigrations` cannot know: decided by flags, or asked on a terminal.

use nuages_migrations::{Fill, FillReason, ModelName, ProjectState, Questioner, Verdict, read_fill};
use nuages_models::define::FieldDefinition;
use std::io::{BufRead, Write};

/// What the flags say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Decisions {
    /// (`blog.Post`, `blog.Article`) or (`blog.Post.title`, `blog.Post.headline`).
    pub(super) renames: Vec<(String, String)>,
    /// Nothing else is renamed.
    pub(super) no_renames: bool,
    /// (`blog.Post.status`, value).
    pub(super) fills: Vec<(String, String)>,
}

impl Decisions {
    /// Reads `--rename OLD=NEW` and `--fill FIELD=VALUE`.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn read(renames: &[String], no_renames: bool, fills: &[String]) -> Result<Self, String> {
        let mut decisions = Self { no_renames, ..Self::default() };
        for given in renames {
            let example =
                "write --rename blog.Post.title=blog.Post.headline, or --rename blog.Post=blog.Article";
            let Some((old, new)) = given.split_once('=') else {
                return Err(format!("--rename {given} does not say the new name; {example}"));
            };
            let parts = |name: &str| name.split('.').filter(|part| !part.is_empty()).count();
            if parts(old) != parts(new) || !(2..=3).contains(&parts(old)) {
                return Err(format!(
                    "--rename {given} is neither of two fields nor of two models; {example}"
                ));
            }
            decisions.renames.push((old.to_owned(), new.to_owned()));
        }
        for given in fills {
            let Some((field, value)) =
                given.split_once('=').filter(|(field, _)| field.split('.').count() == 3)
            else {
                return Err(format!(
                    "--fill {given} does not name a field; write --fill blog.Post.status=active"
                ));
            };
            decisions.fills.push((field.to_owned(), value.to_owned()));
        }
        Ok(decisions)
    }
}

/// A person at a terminal.
pub(super) struct Terminal<'t> {
    pub(super) input: &'t mut dyn BufRead,
    pub(super) output: &'t mut dyn Write,
}

/// Answers by the flags, then by asking, when there is somebody to ask.
pub(super) struct Questions<'t> {
    pub(super) decisions: Decisions,
    /// The state of the models.
    pub(super) models: &'t ProjectState,
    pub(super) terminal: Option<Terminal<'t>>,
    /// The flags that decided something.
    pub(super) used: Vec<String>,
    /// The first answer or flag that was no good.
    pub(super) problem: Option<String>,
}

impl<'t> Questions<'t> {
    pub(super) fn new(
        decisions: Decisions,
        models: &'t ProjectState,
        terminal: Option<Terminal<'t>>,
    ) -> Self {
        Self { decisions, models, terminal, used: Vec::new(), problem: None }
    }

    /// The first flag that decided nothing: it was about something that is not there.
    pub(super) fn unused(&self) -> Option<String> {
        let renames = self.decisions.renames.iter().map(|(old, new)| format!("--rename {old}={new}"));
        let fills = self.decisions.fills.iter().map(|(field, value)| format!("--fill {field}={value}"));
        renames.chain(fills).find(|flag| !self.used.contains(flag))
    }

    fn verdict(&mut self, old: &str, new: &str, question: &str) -> Verdict {
        let given = self.decisions.renames.iter().find(|(from, to)| from == old || to == new);
        match given {
            Some((from, to)) if from == old && to == new => {
                self.used.push(format!("--rename {old}={new}"));
                return Verdict::Yes;
            }
            Some(_) => return Verdict::No,
            None if self.decisions.no_renames => return Verdict::No,
            None => {}
        }
        match self.ask(&format!("{question} [y/N] ")) {
            Some(answer) => match answer.to_lowercase().as_str() {
                "y" | "yes" => Verdict::Yes,
                _ => Verdict::No,
            },
            None => Verdict::Undecided,
        }
    }

    /// The answer to a question; `None` when there is nobody, or the input has ended.
    fn ask(&mut self, question: &str) -> Option<String> {
        let Terminal { input, output } = self.terminal.as_mut()?;
        output.write_all(question.as_bytes()).and_then(|()| output.flush()).ok()?;
        let mut line = String::new();
        match input.read_line(&mut line) {
            Ok(1..) => Some(line.trim().to_owned()),
            _ => {
                self.terminal = None;
                None
            }
        }
    }

    fn tell(&mut self, text: &str) {
        if let Some(Terminal { output, .. }) = self.terminal.as_mut() {
            // When it cannot be told, the next question cannot be asked either.
            let _ = output.write_all(text.as_bytes());
        }
    }
}

impl Questioner for Questions<'_> {
    fn renamed_model(&mut self, from: &ModelName, to: &ModelName) -> Verdict {
        let question = format!("Was the model {from} renamed to {to}? If not, it is deleted with its rows.");
        self.verdict(&from.to_string(), &to.to_string(), &question)
    }

    fn renamed_field(&mut self, model: &ModelName, from: &str, to: &str) -> Verdict {
        let (old, new) = (format!("{model}.{from}"), format!("{model}.{to}"));
        let question = format!("Was {old} renamed to {new}? If not, it is removed with its values.");
        self.verdict(&old, &new, &question)
    }

    fn fill(
        &mut self,
        model: &ModelName,
        name: &str,
        _field: &FieldDefinition,
        reason: FillReason,
    ) -> Option<Option<Fill>> {
        let path = format!("{model}.{name}");
        let given = self.decisions.fills.iter().find(|(field, _)| *field == path);
        if let Some((_, value)) = given.cloned() {
            self.used.push(format!("--fill {path}={value}"));
            return match read_fill(&value, self.models, model, name) {
                Ok(fill) => Some(Some(fill)),
                Err(why) => {
                    self.problem.get_or_insert_with(|| format!("--fill {path}={value}: {why}"));
                    None
                }
            };
        }
        let (what, leave) = match reason {
            FillReason::Added => {
                ("is new, not null and has no default: existing rows need a value for it", "")
            }
            FillReason::BecomesNotNull => (
                "becomes not null and has no default: rows with NULL need a value for it",
                "  2  leave it: I have dealt with rows that are NULL\n",
            ),
        };
        self.tell(&format!(
            "{path} {what}.\n  1  give existing rows a value, once\n{leave}  q  stop, to change the model\n"
        ));
        loop {
            match self.ask("Which? ")?.as_str() {
                "1" => break,
                "2" if !leave.is_empty() => return Some(None),
                "q" => {
                    self.terminal = None;
                    return None;
                }
                _ => {}
            }
        }
        loop {
            let value = self.ask("The value, or { expr = \"…\" }: ")?;
            match read_fill(&value, self.models, model, name) {
                Ok(fill) => return Some(Some(fill)),
                Err(why) => self.tell(&format!("{why}\n")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nuages_models::define::SourceFile;

    fn state() -> ProjectState {
        let text = "[Post.fields]\nstatus = { type = 'slug' }\nviews = { type = 'integer' }\n\
                    price = { type = 'decimal', max_digits = 30, decimal_places = 2 }\nday = { type = 'date' }";
        let file = SourceFile { path: "blog.toml".to_owned(), text: text.to_owned() };
        ProjectState::from_files(&[file]).unwrap().0
    }

    fn post() -> ModelName {
        ModelName { app: "blog".to_owned(), name: "Post".to_owned() }
    }

    #[test]
    fn flags_decide() {
        let models = state();
        let decisions = Decisions::read(
            &["blog.Post.title=blog.Post.status".to_owned()],
            false,
            &["blog.Post.views=3".to_owned(), "blog.Post.day=never".to_owned()],
        );
        let mut questions = Questions::new(decisions.unwrap(), &models, None);
        assert_eq!(questions.renamed_field(&post(), "title", "status"), Verdict::Yes);
        assert_eq!(questions.renamed_field(&post(), "slug", "status"), Verdict::No);
        assert_eq!(questions.renamed_field(&post(), "slug", "name"), Verdict::Undecided);
        let field = FieldDefinition::default();
        let mut fill = |name| questions.fill(&post(), name, &field, FillReason::Added);
        assert_eq!(fill("views"), Some(Some(Fill::Value(3.into()))));
        assert_eq!(fill("status"), None);
        assert_eq!(fill("day"), None);
        assert!(questions.problem.is_some_and(|problem| problem.contains("--fill blog.Post.day=never")));
        for (renames, fills) in [(vec!["a.B"], vec![]), (vec!["a.B=a.B.c"], vec![]), (vec![], vec!["B.c=1"])]
        {
            let owned = |given: Vec<&str>| given.into_iter().map(str::to_owned).collect::<Vec<_>>();
            assert!(Decisions::read(&owned(renames), false, &owned(fills)).is_err());
        }
    }

    #[test]
    fn a_person_is_asked() {
        let models = state();
        let mut input = "y\n\nx\n1\nmany\n7\n2\nq\n".as_bytes();
        let mut output = Vec::new();
        let terminal = Terminal { input: &mut input, output: &mut output };
        let mut questions = Questions::new(Decisions::default(), &models, Some(terminal));
        let field = FieldDefinition::default();
        assert_eq!(questions.renamed_field(&post(), "a", "b"), Verdict::Yes);
        assert_eq!(questions.renamed_model(&post(), &post()), Verdict::No);
        let added = questions.fill(&post(), "views", &field, FillReason::Added);
        assert_eq!(added, Some(Some(Fill::Value(7.into()))));
        assert_eq!(questions.fill(&post(), "views", &field, FillReason::BecomesNotNull), Some(None));
        assert_eq!(questions.fill(&post(), "views", &field, FillReason::Added), None);
        assert_eq!(questions.renamed_field(&post(), "a", "b"), Verdict::Undecided);
        let output = String::from_utf8(output).unwrap();
        assert!(output.contains("Was blog.Post.a renamed to blog.Post.b?"), "{output}");
        assert!(output.contains("not a value of an integer"), "{output}");
    }

    #[test]
    fn values_are_read_by_the_type_of_the_field() {
        let models = state();
        let read = |name: &str, text: &str| read_fill(text, &models, &post(), name);
        assert_eq!(read("status", "active"), Ok(Fill::Value("active".into())));
        assert_eq!(read("status", "3"), Ok(Fill::Value("3".into())));
        assert_eq!(read("price", "1234567890123456789.1"), Ok(Fill::Value("1234567890123456789.10".into())));
        assert_eq!(read("day", "2024-01-31"), Ok(Fill::Value("2024-01-31".into())));
        assert_eq!(
            read("views", "{ expr = \"length(status)\" }"),
            Ok(Fill::Expression("length(status)".into()))
        );
        assert!(read("views", "{ expr = \"length(\" }").is_err());
        assert!(read("views", "many").is_err());
    }
}
