//! Tokens, checked and rewritten before the parser sees them.
//!
//! The parser knows hundreds of keywords, whole statements and the literals of many databases, and reads some things other
//! than people mean them (`user` is a function call, `@user_id * 2` is `@(user_id * 2)`, comments vanish). So each token is
//! looked at in its place: where a value must stand, a word is a name unless it begins a value; where an operator must
//! stand, it is one of the few words that are operators here. Names become quoted words, which the parser takes for
//! nothing but names. Literals, slots and types become placeholders, whose meaning is kept in a list of entries. What is left are the
//! operators and their precedence, which the parser knows.

use super::error::{Source, TextError};
use super::{DIALECT, MAX_LENGTH, MAX_NESTING, MAX_TOKENS};
use crate::expr::Slot;
use crate::registry::LogicalType;
use crate::value::Value;
use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, Tokenizer, Whitespace};

/// What a placeholder stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry {
    /// A value.
    Value(Value),
    /// A number as written, whose sign may follow from the operator before it.
    Number(String),
    /// A slot.
    Slot(Slot),
    /// A slot that holds a list: `in :ids`.
    List(Slot),
    /// A length of time that depends on the calendar: months, and microseconds.
    Months(i64, i64),
    /// The type after `::` or `as`.
    Type(LogicalType),
}

/// What a text is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// One expression.
    Expression,
    /// The keys of an ordering.
    Ordering,
}

/// The tokens for the parser, and what their placeholders mean.
#[derive(Debug)]
pub(super) struct Rewritten {
    pub(super) tokens: Vec<TokenWithSpan>,
    pub(super) entries: Vec<Entry>,
}

/// What a parenthesis was opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// Precedence.
    Group,
    /// Arguments.
    Call,
    /// `extract(year from …)`, with its argument's place in the output of the rewriting.
    Extract,
    /// `substring(… from … for …)`.
    Substring,
    /// `position(… in …)`.
    Position,
    /// `trim(both … from …)`; the index of the function's name among the rewritten tokens.
    Trim(usize),
    /// `cast(… as …)`.
    Cast,
    /// `filter (where …)`.
    Filter,
    /// `over (…)`.
    Over,
    /// `in (…)`.
    In,
    /// `array[…]`.
    Array,
    /// A sub-query.
    Select,
    /// `case … end`, which nests as parentheses do.
    Case,
}

/// A frame that is open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    pub(super) frame: Frame,
    pub(super) span: Span,
    /// Its special word was seen: `from`, `in`, `as`, the `where` of a filter.
    pub(super) seen: bool,
    /// Keys of an ordering stand here.
    pub(super) ordering: bool,
}

/// What was written last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    Start,
    Name,
    Value,
    Open,
    Close,
    Dot,
    Comma,
    Comparison,
    Operator,
    Word(&'static str),
}

/// The state of the rewriting.
#[derive(Debug)]
pub(super) struct Rewriter<'t> {
    pub(super) source: Source<'t>,
    pub(super) input: Vec<TokenWithSpan>,
    /// The next token.
    pub(super) at: usize,
    pub(super) output: Vec<TokenWithSpan>,
    pub(super) entries: Vec<Entry>,
    pub(super) frames: Vec<Open>,
    /// A value must stand next; otherwise an operator.
    pub(super) wants_value: bool,
    pub(super) last: Last,
    /// What the next parenthesis is opened for.
    pub(super) pending: Option<Frame>,
    goal: Goal,
    signs: usize,
}

impl<'t> Rewriter<'t> {
    pub(super) fn new(source: Source<'t>, goal: Goal) -> Result<Self, TextError> {
        if source.text.len() > MAX_LENGTH {
            let message = format!("the expression has more than {MAX_LENGTH} bytes");
            return Err(TextError::new(source.text, MAX_LENGTH..MAX_LENGTH, message));
        }
        let tokens = Tokenizer::new(&DIALECT, source.text).tokenize_with_location().map_err(|error| {
            let at = source.range(Span { start: error.location, end: error.location }).start;
            TextError::new(
                source.text,
                at..source.text.len(),
                format!("this cannot be read: {}", error.message),
            )
        })?;
        let mut input = Vec::with_capacity(tokens.len());
        for token in tokens {
            match &token.token {
                Token::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_)) => {
                    return Err(source
                        .error(token.span, "comments have no place in an expression")
                        .hint("write them beside it; `- -1` keeps two signs apart"));
                }
                Token::Whitespace(_) => {}
                _ => split(token, &mut input),
            }
            if input.len() > MAX_TOKENS {
                let message = format!("the expression has more than {MAX_TOKENS} words and signs");
                return Err(input.last().map_or_else(
                    || source.at_end(message.clone()),
                    |token| source.error(token.span, message.clone()),
                ));
            }
        }
        Ok(Self {
            source,
            output: Vec::with_capacity(input.len() + 8),
            input,
            at: 0,
            entries: Vec::new(),
            frames: Vec::new(),
            wants_value: true,
            last: Last::Start,
            pending: None,
            goal,
            signs: 0,
        })
    }

    pub(super) fn run(mut self) -> Result<Rewritten, TextError> {
        if self.input.is_empty() {
            return Err(self.source.at_end("an expression is missing"));
        }
        while let Some(token) = self.input.get(self.at).cloned() {
            if self.wants_value {
                self.value(token)?;
            } else {
                self.operator(token)?;
            }
        }
        if self.wants_value {
            return Err(self.source.at_end("the expression ends where a value is missing"));
        }
        if let Some(open) = self.frames.last() {
            return Err(self.unclosed(*open));
        }
        let end = self.output.last().map_or_else(Span::empty, |token| token.span);
        self.output.push(TokenWithSpan { token: Token::EOF, span: end });
        Ok(Rewritten { tokens: self.output, entries: self.entries })
    }

    fn unclosed(&self, open: Open) -> TextError {
        let message = match open.frame {
            Frame::Case => "this `case` has no `end`",
            Frame::Array => "this `[` has no `]`",
            _ => "this `(` has no `)`",
        };
        self.source.error(open.span, message)
    }

    /// A token where a value must stand.
    fn value(&mut self, token: TokenWithSpan) -> Result<(), TextError> {
        match &token.token {
            Token::Word(word) if word.quote_style.is_some() => {
                let value = word.value.clone();
                self.name(&value, true, token.span)
            }
            Token::Word(word) => {
                let value = word.value.clone();
                self.value_word(&value, token.span)
            }
            _ if self.last == Last::Dot => Err(self
                .source
                .error(token.span, "a name is missing after `.`")
                .hint("a path goes over names: author.name")),
            Token::Number(digits, long) => {
                let digits = digits.clone();
                if *long {
                    return Err(self
                        .source
                        .error(token.span, format!("`{digits}L` is no number"))
                        .hint("take away the L"));
                }
                self.entry(Entry::Number(digits), token.span);
                self.at += 1;
                Ok(())
            }
            Token::SingleQuotedString(text) => {
                let value = self.text(text, token.span)?;
                self.entry(Entry::Value(value), token.span);
                self.at += 1;
                Ok(())
            }
            Token::Colon => self.slot(token.span),
            Token::AtSign => self.slot(token.span),
            Token::LParen => {
                let frame = self.pending.take().unwrap_or(Frame::Group);
                self.open(frame, token)
            }
            Token::RParen => match (self.last, self.frame()) {
                (Last::Open, Some(Frame::Call | Frame::Over)) => self.close(token),
                (Last::Open, _) => {
                    Err(self.source.error(token.span, "a value is missing between `(` and `)`"))
                }
                _ => Err(self.source.error(token.span, "a value is missing before `)`")),
            },
            Token::Mul if self.takes_wildcard() => {
                self.emit(token.token.clone(), token.span);
                (self.wants_value, self.last) = (false, Last::Value);
                self.at += 1;
                Ok(())
            }
            Token::Minus | Token::Plus => {
                self.sign(token.span)?;
                self.emit(token.token, token.span);
                self.last = Last::Operator;
                self.at += 1;
                Ok(())
            }
            Token::LBracket if self.last == Last::Word("array") => self.open(Frame::Array, token),
            Token::RBracket if self.last == Last::Open && self.frame() == Some(Frame::Array) => {
                self.close(token)
            }
            Token::LBracket => {
                Err(self.source.error(token.span, "a list begins with `array`").hint("array['a', 'b']"))
            }
            _ => Err(self.foreign(&token, "a value is missing here")),
        }
    }

    /// A token where an operator must stand.
    fn operator(&mut self, token: TokenWithSpan) -> Result<(), TextError> {
        match &token.token {
            Token::Word(word) if word.quote_style.is_none() => {
                let value = word.value.clone();
                self.operator_word(&value, token.span)
            }
            Token::LParen if self.last == Last::Name => {
                let frame = self.pending.take().unwrap_or(Frame::Call);
                self.open(frame, token)
            }
            Token::RParen => self.close(token),
            Token::RBracket if self.frame() == Some(Frame::Array) => self.close(token),
            Token::LBracket => Err(self
                .source
                .error(token.span, "positions in brackets have no meaning here")
                .hint("of a JSON document write metadata->'key'->0")),
            Token::Comma => self.comma(token),
            Token::Period if self.last == Last::Name => {
                self.emit(token.token, token.span);
                (self.wants_value, self.last) = (true, Last::Dot);
                self.at += 1;
                Ok(())
            }
            Token::DoubleColon => {
                let span = token.span;
                self.emit(token.token, span);
                self.at += 1;
                self.type_name(span)?;
                Ok(())
            }
            Token::Eq | Token::Neq | Token::Lt | Token::Gt | Token::LtEq | Token::GtEq => {
                self.infix(token, Last::Comparison);
                Ok(())
            }
            Token::Plus
            | Token::Minus
            | Token::Mul
            | Token::Div
            | Token::Mod
            | Token::Caret
            | Token::StringConcat
            | Token::Tilde
            | Token::TildeAsterisk
            | Token::ExclamationMarkTilde
            | Token::ExclamationMarkTildeAsterisk
            | Token::Arrow
            | Token::LongArrow
            | Token::HashArrow
            | Token::HashLongArrow
            | Token::AtArrow
            | Token::Question
            | Token::QuestionAnd
            | Token::QuestionPipe => {
                self.infix(token, Last::Operator);
                Ok(())
            }
            Token::RArrow | Token::Assignment
                if self.last == Last::Name && self.frame() == Some(Frame::Call) =>
            {
                let token = TokenWithSpan { token: Token::Assignment, span: token.span };
                self.infix(token, Last::Operator);
                Ok(())
            }
            Token::DoubleEq => Err(self.source.error(token.span, "`==` is no operator").hint("write `=`")),
            Token::SemiColon => {
                Err(self.source.error(token.span, "an expression has no `;`").hint("take it away"))
            }
            Token::LParen => Err(self.source.error(token.span, "an operator is missing before `(`")),
            _ => Err(self.foreign(&token, "an operator is missing here")),
        }
    }

    fn foreign(&self, token: &TokenWithSpan, missing: &str) -> TextError {
        let written = self.source.slice(token.span);
        let error = |message: String| self.source.error(token.span, message);
        match &token.token {
            Token::EscapedStringLiteral(_)
            | Token::UnicodeStringLiteral(_)
            | Token::NationalStringLiteral(_)
            | Token::DollarQuotedString(_)
            | Token::HexStringLiteral(_)
            | Token::SingleQuotedByteStringLiteral(_)
            | Token::DoubleQuotedString(_) => error("this form of a text has no meaning here".to_owned())
                .hint("write 'text', with '' for a quotation mark"),
            Token::Placeholder(_) => {
                error(format!("`{written}` has no meaning here")).hint("an argument is written :name")
            }
            Token::Number(..)
            | Token::SingleQuotedString(_)
            | Token::Colon
            | Token::AtSign
            | Token::Word(_)
                if !self.wants_value =>
            {
                error(format!("an operator is missing before `{written}`"))
            }
            Token::Comma | Token::RParen | Token::RBracket | Token::Period => error(missing.to_owned()),
            _ => error(format!("`{written}` has no meaning here")),
        }
    }

    pub(super) fn sign(&mut self, span: Span) -> Result<(), TextError> {
        // Each sign is one level of the parser, as a parenthesis is.
        self.signs += 1;
        if self.signs > MAX_NESTING {
            return Err(self.source.error(span, "there are too many signs before one value"));
        }
        Ok(())
    }

    fn takes_wildcard(&self) -> bool {
        match self.frame() {
            Some(Frame::Call) => self.last == Last::Open,
            Some(Frame::Select) => self.last == Last::Word("select"),
            _ => false,
        }
    }

    fn infix(&mut self, token: TokenWithSpan, last: Last) {
        self.emit(token.token, token.span);
        (self.wants_value, self.last) = (true, last);
        self.at += 1;
    }

    fn comma(&mut self, token: TokenWithSpan) -> Result<(), TextError> {
        let list = match self.frames.last() {
            None => self.goal == Goal::Ordering,
            Some(open) => match open.frame {
                Frame::Call | Frame::Over | Frame::In | Frame::Array | Frame::Select | Frame::Substring => {
                    true
                }
                Frame::Trim(_) | Frame::Position | Frame::Extract => !open.seen,
                Frame::Group | Frame::Cast | Frame::Filter | Frame::Case => false,
            },
        };
        if !list {
            let error = self.source.error(token.span, "`,` is not expected here: one value stands here");
            return Err(match self.frame() {
                Some(Frame::Group) => error.hint("a list stands after `in`: views in (1, 2)"),
                _ => error,
            });
        }
        self.infix(token, Last::Comma);
        Ok(())
    }

    fn open(&mut self, frame: Frame, token: TokenWithSpan) -> Result<(), TextError> {
        self.nest(frame, token.span)?;
        self.emit(token.token, token.span);
        (self.wants_value, self.last) = (true, Last::Open);
        self.at += 1;
        Ok(())
    }

    pub(super) fn nest(&mut self, frame: Frame, span: Span) -> Result<(), TextError> {
        if self.frames.len() >= MAX_NESTING {
            return Err(self
                .source
                .error(span, "the expression is nested too deeply")
                .hint(format!("at most {MAX_NESTING} levels are read")));
        }
        self.frames.push(Open { frame, span, seen: false, ordering: false });
        Ok(())
    }

    fn close(&mut self, token: TokenWithSpan) -> Result<(), TextError> {
        let written = self.source.slice(token.span);
        let Some(open) = self.frames.pop() else {
            return Err(self.source.error(token.span, format!("this `{written}` closes nothing")));
        };
        let closes = match open.frame {
            Frame::Case => false,
            Frame::Array => token.token == Token::RBracket,
            _ => token.token == Token::RParen,
        };
        if !closes {
            return Err(self.unclosed(open));
        }
        let missing = match open.frame {
            Frame::Cast if !open.seen => Some("write it as cast(value as integer)"),
            Frame::Select if !open.seen => Some("write it as (select max(views) from Post)"),
            _ => None,
        };
        if let Some(usage) = missing {
            return Err(self
                .source
                .error(open.span, "something is missing in these parentheses")
                .hint(usage));
        }
        self.emit(token.token, token.span);
        (self.wants_value, self.last) = (false, Last::Close);
        self.at += 1;
        Ok(())
    }

    /// `:name` and `@name`.
    fn slot(&mut self, span: Span) -> Result<(), TextError> {
        let (slot, span) = self.read_slot(span)?;
        self.entry(Entry::Slot(slot), span);
        Ok(())
    }

    /// Takes the sign and the name that stands right after it.
    pub(super) fn read_slot(&mut self, span: Span) -> Result<(Slot, Span), TextError> {
        let sign = self.source.slice(span);
        let name = self.input.get(self.at + 1).filter(|next| next.span.start == span.end);
        let Some(TokenWithSpan { token: Token::Word(word), span: end }) = name else {
            return Err(self.source.error(span, format!("a name must stand right after `{sign}`")).hint(
                match sign {
                    ":" => ":length is an argument",
                    _ => "@user_id is a variable of the session",
                },
            ));
        };
        let span = Span { start: span.start, end: end.end };
        let slot = match sign {
            ":" => Slot::Named(word.value.clone()),
            _ => Slot::Session(word.value.clone()),
        };
        self.at += 2;
        Ok((slot, span))
    }

    pub(super) fn text(&self, text: &str, span: Span) -> Result<Value, TextError> {
        if text.contains('\0') {
            return Err(self.source.error(span, "a text cannot hold the character U+0000"));
        }
        Ok(Value::Text(text.to_owned()))
    }

    /// A name. Its quotation mark tells the later steps whether it was quoted in the text.
    pub(super) fn name(&mut self, name: &str, quoted: bool, span: Span) -> Result<(), TextError> {
        if name.is_empty() {
            return Err(self.source.error(span, "a name is empty"));
        }
        let mark = if quoted { QUOTED } else { UNQUOTED };
        self.emit(Token::make_word(name, Some(mark)), span);
        (self.wants_value, self.last) = (false, Last::Name);
        self.signs = 0;
        self.at += 1;
        Ok(())
    }

    /// A placeholder. The caller goes on after its tokens.
    pub(super) fn entry(&mut self, entry: Entry, span: Span) {
        let placeholder = format!("${}", self.entries.len());
        self.entries.push(entry);
        self.emit(Token::Placeholder(placeholder), span);
        (self.wants_value, self.last) = (false, Last::Value);
        self.signs = 0;
    }

    /// The type that begins at the next token.
    pub(super) fn type_name(&mut self, before: Span) -> Result<(), TextError> {
        let (logical, length) = super::types::read(self.source, &self.input[self.at..], before)?;
        let span = self.input.get(self.at).map_or(before, |token| token.span);
        let name = format!("${}", self.entries.len());
        self.entries.push(Entry::Type(logical));
        self.emit(Token::make_word(&name, Some(UNQUOTED)), span);
        self.at += length;
        (self.wants_value, self.last) = (false, Last::Close);
        Ok(())
    }

    pub(super) fn emit(&mut self, token: Token, span: Span) {
        self.output.push(TokenWithSpan { token, span });
    }

    pub(super) fn frame(&self) -> Option<Frame> {
        self.frames.last().map(|open| open.frame)
    }

    pub(super) fn next_token(&self, ahead: usize) -> Option<&Token> {
        self.input.get(self.at + ahead).map(|token| &token.token)
    }

    /// Whether the token so far ahead is this unquoted word.
    pub(super) fn next_is(&self, ahead: usize, wanted: &str) -> bool {
        matches!(self.next_token(ahead), Some(Token::Word(word))
            if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(wanted))
    }

    pub(super) fn allows_order(&self) -> bool {
        self.frames.last().map_or(self.goal == Goal::Ordering, |open| open.ordering)
    }
}

/// The quotation mark of a name that was quoted in the text.
pub(super) const QUOTED: char = '"';
/// That of any other.
pub(super) const UNQUOTED: char = '`';

/// The operators that may stand right before a sign: `views>-1`, `author_id=@user_id`.
const BEFORE_SIGNS: [&str; 22] = [
    "->>", "#>>", "!~*", "->", "#>", "<=", ">=", "<>", "!=", "||", "~*", "!~", "@>", "+", "-", "*", "/", "%",
    "^", "<", ">", "~",
];

/// Operators that the tokenizer takes for one, as PostgreSQL's custom operators, are taken apart.
fn split(token: TokenWithSpan, into: &mut Vec<TokenWithSpan>) {
    let written = match &token.token {
        Token::CustomBinaryOperator(written) => written.clone(),
        Token::ArrowAt => "<@".to_owned(),
        Token::CaretAt => "^@".to_owned(),
        _ => return into.push(token),
    };
    let parts = BEFORE_SIGNS.iter().find_map(|operator| {
        let rest = written.strip_prefix(operator)?;
        (!rest.is_empty() && rest.bytes().all(|byte| matches!(byte, b'-' | b'+' | b'@')))
            .then_some((*operator, rest))
    });
    let Some((operator, signs)) = parts else { return into.push(token) };
    let mut start = token.span.start;
    for part in std::iter::once(operator).chain(signs.split("").filter(|sign| !sign.is_empty())) {
        let end = Location { line: start.line, column: start.column + part.len() as u64 };
        let tokens = Tokenizer::new(&DIALECT, part).tokenize().unwrap_or_default();
        into.extend(tokens.into_iter().map(|token| TokenWithSpan { token, span: Span { start, end } }));
        start = end;
    }
}
