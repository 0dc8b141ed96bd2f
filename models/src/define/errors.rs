//! What can be wrong in model files, and how it is shown.

use super::project::SourceFile;
use super::tree::Place;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, Severity, SourceCode,
};
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// The stable codes of the define stage. Tools may rely on their text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code { $($(#[doc = $doc])+ $name,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its text: `nuages::define::unknown_key`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => concat!("nuages::define::", $text),)+ }
            }
        }
    };
}

codes! {
    /// The file is not TOML.
    Syntax = "syntax",
    /// A key that nothing reads.
    UnknownKey = "unknown_key",
    /// A value of another shape than the key takes.
    WrongType = "wrong_type",
    /// A required key is absent.
    MissingKey = "missing_key",
    /// A field type that does not exist.
    UnknownType = "unknown_type",
    /// An option that exists, but not for this field type.
    OptionNotAllowed = "option_not_allowed",
    /// Two options that exclude each other.
    OptionConflict = "option_conflict",
    /// A value that its field or option cannot have.
    BadValue = "bad_value",
    /// A default that is not a value of its field.
    BadDefault = "bad_default",
    /// Choices with a wrong or repeated value.
    BadChoices = "bad_choices",
    /// An expression that cannot be read.
    BadExpression = "bad_expression",
    /// An expression whose parts do not go together, or that has no place here.
    WrongExpression = "wrong_expression",
    /// An argument that a computed field does not declare.
    UnknownArgument = "unknown_argument",
    /// A regular expression that cannot be read.
    BadRegex = "bad_regex",
    /// A name that is not allowed.
    BadName = "bad_name",
    /// A name that is too long for PostgreSQL.
    NameTooLong = "name_too_long",
    /// A relation to a model that does not exist.
    UnknownModel = "unknown_model",
    /// A field, relation, annotation, function or model of an expression that does not exist.
    UnknownField = "unknown_field",
    /// A field of a kind that cannot be used here.
    UnsuitableField = "unsuitable_field",
    /// Two models of one name.
    DuplicateModel = "duplicate_model",
    /// Two models with one table.
    DuplicateTable = "duplicate_table",
    /// Two members of a model with one name, or two fields with one column.
    DuplicateField = "duplicate_field",
    /// Two indexes or constraints of one name.
    DuplicateName = "duplicate_name",
    /// The reverse end of a relation has the name of something else.
    ReverseClash = "reverse_clash",
    /// A relation without `on_delete`.
    OnDeleteMissing = "on_delete_missing",
    /// `set_null` on a column that is never NULL, or `set_default` without a default.
    OnDeleteImpossible = "on_delete_impossible",
    /// Bases, primary keys, orderings or computed fields that lead back to themselves.
    Cycle = "cycle",
    /// A concrete model in `extends`.
    ConcreteBase = "concrete_base",
    /// A proxy that is not one of exactly one model.
    BadProxy = "bad_proxy",
    /// A key of an abstract base or proxy that only a model with a table has.
    NotConcrete = "not_concrete",
    /// A primary key that cannot be one.
    BadPrimaryKey = "bad_primary_key",
    /// A link model without foreign keys to both ends.
    BadThrough = "bad_through",
    /// A link model with several foreign keys to one end.
    AmbiguousThrough = "ambiguous_through",
    /// Two names that are one in the GraphQL schema.
    GraphqlCollision = "graphql_collision",
    /// Something that is part of the vocabulary but not built.
    NotBuilt = "not_built",
}

/// One thing that is wrong in a model file: a [`Diagnostic`] with the file's text, the place and a remedy.
#[derive(Debug, Clone)]
pub struct DefineError {
    code: Code,
    message: String,
    help: Option<String>,
    source: NamedSource<Arc<str>>,
    labels: Vec<LabeledSpan>,
    /// Index of the file, then byte offset: the order of the list.
    position: (usize, usize),
    line: u32,
}

impl DefineError {
    /// Its stable code.
    pub fn error_code(&self) -> Code {
        self.code
    }

    /// What is wrong, in one sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The file as the user named it.
    pub fn file(&self) -> &str {
        self.source.name()
    }

    /// The line, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }
}

impl fmt::Display for DefineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DefineError {}

impl Diagnostic for DefineError {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.code.as_str()))
    }

    fn severity(&self) -> Option<Severity> {
        Some(Severity::Error)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// Everything that is wrong in a project's model files or migration files, by file and position. Never empty.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.summary())]
pub struct DefineErrors {
    /// The errors.
    pub errors: Vec<DefineError>,
    what: &'static str,
}

impl DefineErrors {
    /// All errors as text for a terminal: each with its file, line, the line itself with a mark under the place,
    /// and the remedy. `color` adds ANSI colours and box characters; without it the text is ASCII but for what it
    /// quotes.
    pub fn render(&self, color: bool) -> String {
        let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::none() };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_links(false)
            .with_width(110)
            .with_context_lines(1)
            .with_break_words(false);
        let mut text = String::new();
        for error in &self.errors {
            // Writing to a String cannot fail, and the spans are within the text.
            if handler.render_report(&mut text, error).is_err() {
                text.push_str(&format!("{}:{}: {error}\n", error.file(), error.line));
            }
            text.push('\n');
        }
        text.push_str(&self.summary());
        text.push('\n');
        text
    }

    fn summary(&self) -> String {
        match self.errors.len() {
            1 => format!("1 error in the {}", self.what),
            count => format!("{count} errors in the {}", self.what),
        }
    }
}

/// An error in the making.
#[derive(Debug)]
pub struct Problem {
    code: Code,
    at: Place,
    message: String,
    label: Option<String>,
    also: Vec<(Place, String)>,
    help: Option<String>,
}

impl Problem {
    /// What is wrong at a place.
    pub fn new(code: Code, at: Place, message: impl Into<String>) -> Self {
        Self { code, at, message: message.into(), label: None, also: Vec::new(), help: None }
    }

    /// A few words under the place.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Another place that matters, and why.
    pub fn also(mut self, at: Place, label: impl Into<String>) -> Self {
        self.also.push((at, label.into()));
        self
    }

    /// What to write instead.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same, where there may be nothing to say.
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }
}

/// The errors found so far.
#[derive(Debug)]
pub struct Problems {
    what: &'static str,
    sources: Vec<NamedSource<Arc<str>>>,
    /// Where the lines of each file end: every declaration asks for its line.
    line_ends: Vec<Vec<usize>>,
    errors: Vec<DefineError>,
    // A member that several models inherit is wrong once, not once for each model.
    seen: HashSet<(Code, Place, String)>,
}

impl Problems {
    /// None yet. `what` names the files in the summary: `model files`.
    pub fn new(files: &[SourceFile], what: &'static str) -> Self {
        let sources =
            files.iter().map(|file| NamedSource::new(&file.path, Arc::from(file.text.as_str()))).collect();
        let ends = |file: &SourceFile| file.text.match_indices('\n').map(|(at, _)| at).collect();
        let line_ends = files.iter().map(ends).collect();
        Self { sources, line_ends, what, errors: Vec::new(), seen: HashSet::new() }
    }

    /// Adds one.
    pub fn add(&mut self, problem: Problem) {
        let Problem { code, at, message, label, also, help } = problem;
        if !self.seen.insert((code, at, message.clone())) {
            return;
        }
        let Some(source) = self.sources.get(at.file).cloned() else { return };
        let mut labels = vec![LabeledSpan::new_primary_with_span(label, at.span())];
        let mut elsewhere = Vec::new();
        for (place, text) in also {
            if place.file == at.file {
                labels.push(LabeledSpan::new_with_span(Some(text), place.span()));
            } else {
                elsewhere.push(format!("{text}: {}:{}", self.path(place.file), self.line(place)));
            }
        }
        let help = help.into_iter().chain(elsewhere).reduce(|all, next| format!("{all}\n{next}"));
        let line = self.line(at);
        self.errors.push(DefineError {
            code,
            message,
            help,
            source,
            labels,
            position: (at.file, at.start),
            line,
        });
    }

    /// The path of a file, as the user named it.
    pub(super) fn path(&self, file: usize) -> &str {
        self.sources.get(file).map(NamedSource::name).unwrap_or_default()
    }

    /// The line of a place, from 1.
    pub(super) fn line(&self, at: Place) -> u32 {
        let ends = self.line_ends.get(at.file).map(Vec::as_slice).unwrap_or_default();
        let breaks = ends.partition_point(|end| *end < at.start);
        u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Whether a file could not be parsed.
    pub fn has_syntax_errors(&self) -> bool {
        self.errors.iter().any(|error| error.code == Code::Syntax)
    }

    /// Whether this file could not be parsed.
    pub(super) fn has_syntax_error_in(&self, file: usize) -> bool {
        self.errors.iter().any(|error| error.code == Code::Syntax && error.position.0 == file)
    }

    /// The errors in order.
    pub(super) fn into_errors(mut self) -> DefineErrors {
        self.errors.sort_by_key(|error| (error.position, error.code));
        DefineErrors { errors: self.errors, what: self.what }
    }

    /// Whether anything is wrong so far.
    pub(super) fn any(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The text of a place.
    pub(super) fn source(&self, at: Place) -> Option<&str> {
        self.sources.get(at.file)?.inner().get(at.start..at.end)
    }

    /// What was made of the files, when nothing was wrong.
    ///
    /// # Errors
    /// Everything that was.
    pub fn finish<T>(self, result: T) -> Result<T, DefineErrors> {
        if self.errors.is_empty() { Ok(result) } else { Err(self.into_errors()) }
    }
}

/// The name of `known` that is most like `name`, when it is like it at all.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            *distance <= 1 + name.chars().count().max(candidate.chars().count()) / 4
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `did you mean …?`, or the list of what there is when nothing is near and the list is short.
pub fn suggest(name: &str, known: &[&str], what: &str) -> Option<String> {
    if let Some(near) = nearest(name, known.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    match known.len() {
        0 => None,
        1..=40 => Some(format!("{what}: {}", known.join(", "))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_named_alike() {
        let texts: HashSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        assert!(texts.iter().all(|text| text.starts_with("nuages::define::")));
    }

    #[test]
    fn the_nearest_name_is_near() {
        assert_eq!(nearest("max_lenght", ["min", "max_length", "max"]), Some("max_length"));
        assert_eq!(nearest("User", ["Post", "Tag"]), None);
        assert_eq!(nearest("user", ["User"]), Some("User"));
    }
}
