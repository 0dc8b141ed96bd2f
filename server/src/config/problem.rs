//! What is wrong with a configuration, where, and what to write instead.

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report};
use std::fmt;
use std::ops::Range;

/// Where a configured value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A part of a file.
    File {
        /// The file's path as the user wrote it.
        name: String,
        /// Its whole text.
        text: String,
        /// The bytes in question.
        span: Range<usize>,
    },
    /// An environment variable.
    Variable(String),
    /// The result of all sources together, or a flag.
    Settings,
}

/// One problem of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What to write instead.
    pub hint: Option<String>,
}

impl ConfigProblem {
    pub(super) fn new(message: impl Into<String>, place: Place) -> Self {
        Self { message: message.into(), place, hint: None }
    }

    pub(super) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::File { name, text, span } => {
                let before = text.get(..span.start).unwrap_or_default();
                write!(f, "{name}:{}: {}", before.matches('\n').count() + 1, self.message)?;
            }
            Place::Variable(name) => write!(f, "{name}: {}", self.message)?,
            Place::Settings => write!(f, "{}", self.message)?,
        }
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// Everything that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct ConfigErrors(pub Vec<ConfigProblem>);

impl ConfigErrors {
    /// The problems for a person at a terminal, with the lines of the file and carets.
    pub fn render(&self, color: bool) -> String {
        self.0.iter().map(|problem| problem.render(color)).collect()
    }
}

impl ConfigProblem {
    fn render(&self, color: bool) -> String {
        let message = match &self.place {
            Place::Variable(name) => format!("{name}: {}", self.message),
            Place::File { .. } | Place::Settings => self.message.clone(),
        };
        let mut diagnostic = MietteDiagnostic::new(message);
        if let Some(hint) = &self.hint {
            diagnostic = diagnostic.with_help(hint);
        }
        let report = match &self.place {
            Place::File { name, text, span } => {
                let label = LabeledSpan::underline(span.start..span.end.max(span.start + 1).min(text.len()));
                Report::from(diagnostic.with_label(label))
                    .with_source_code(NamedSource::new(name, text.clone()))
            }
            Place::Variable(_) | Place::Settings => Report::from(diagnostic),
        };
        let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let mut rendered = String::new();
        match GraphicalReportHandler::new_themed(theme)
            .with_links(false)
            .render_report(&mut rendered, report.as_ref())
        {
            Ok(()) => rendered,
            Err(fmt::Error) => format!("{self}\n"),
        }
    }
}
