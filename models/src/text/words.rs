//! What words mean, by where they stand.

use super::error::TextError;
use super::literals;
use super::rewrite::{Entry, Frame, Last, Rewriter};
use crate::expr::Slot;
use crate::value::Value;
use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

/// Words that are never names unless they are quoted or part of a path.
pub(super) const RESERVED: [&str; 24] = [
    "and",
    "as",
    "between",
    "by",
    "case",
    "current_timestamp",
    "distinct",
    "else",
    "end",
    "false",
    "from",
    "having",
    "ilike",
    "in",
    "is",
    "like",
    "not",
    "null",
    "or",
    "select",
    "then",
    "true",
    "when",
    "where",
];

/// Words that are no names in some places; the printer quotes them everywhere.
pub(super) const SPECIAL: [&str; 22] = [
    "all",
    "any",
    "array",
    "both",
    "cast",
    "current_date",
    "current_time",
    "exists",
    "extract",
    "groups",
    "interval",
    "leading",
    "localtime",
    "localtimestamp",
    "order",
    "outer",
    "partition",
    "range",
    "rows",
    "substring",
    "trailing",
    "trim",
];

impl Rewriter<'_> {
    /// A word where a value must stand: a name, or the beginning of a value.
    pub(super) fn value_word(&mut self, word: &str, span: Span) -> Result<(), TextError> {
        let next_opens = self.next_token(1) == Some(&Token::LParen);
        if self.last == Last::Dot || self.next_token(1) == Some(&Token::Period) {
            return self.name(word, false, span);
        }
        let lower = word.to_ascii_lowercase();
        if self.special_word(&lower, span)? {
            return Ok(());
        }
        if let Some((entry, length)) = literals::typed(self.source, &self.input[self.at..])? {
            let end = self.input.get(self.at + length - 1).map_or(span, |token| token.span);
            self.entry(entry, Span { start: span.start, end: end.end });
            self.at += length;
            return Ok(());
        }
        match lower.as_str() {
            "null" => self.constant(Value::Null, span),
            "true" => self.constant(Value::Boolean(true), span),
            "false" => self.constant(Value::Boolean(false), span),
            "not" => {
                self.sign(span)?;
                self.keyword("not", span, true);
            }
            "case" => {
                self.nest(Frame::Case, span)?;
                self.keyword("case", span, true);
            }
            "current_timestamp" => {
                self.entry(Entry::Slot(Slot::Now), span);
                self.at += 1;
            }
            "current_date" | "current_time" | "localtime" | "localtimestamp" if !next_opens => {
                return Err(self
                    .source
                    .error(span, format!("`{lower}` depends on a time zone that it does not name"))
                    .hint("write now(), date(now()) or time(now())"));
            }
            "cast" if next_opens => {
                self.keyword("cast", span, true);
                self.pending = Some(Frame::Cast);
            }
            "exists" if next_opens => {
                if !self.next_is(2, "select") {
                    let error = self
                        .source
                        .error(span, "`exists` is of a sub-query: exists(select 1 from Post where …)");
                    return Err(error.hint("of related rows write some(posts, …)"));
                }
                self.keyword("exists", span, true);
                self.pending = Some(Frame::Group);
            }
            "any" if next_opens && self.last == Last::Comparison => {
                self.keyword("any", span, true);
                self.pending = Some(Frame::Group);
            }
            "all" if next_opens && self.last == Last::Comparison => {
                return Err(self
                    .source
                    .error(span, "`all` has no meaning here")
                    .hint("of related rows write every(posts, …), of a list `not (x in …)`"));
            }
            "array" if self.next_token(1) == Some(&Token::LBracket) => self.keyword("array", span, true),
            "extract" | "substring" | "substr" | "position" | "trim" if next_opens => {
                let frame = match lower.as_str() {
                    "extract" => Frame::Extract,
                    "position" => Frame::Position,
                    "trim" => Frame::Trim(self.output.len()),
                    _ => Frame::Substring,
                };
                self.name(word, false, span)?;
                self.pending = Some(frame);
            }
            reserved if RESERVED.contains(&reserved) => {
                return Err(self
                    .source
                    .error(span, format!("a value is missing before `{word}`"))
                    .hint(format!("a field of this name is written \"{word}\"")));
            }
            _ => self.name(word, false, span)?,
        }
        Ok(())
    }

    /// Words that have a meaning right after an opening parenthesis or another word. Says whether this is one.
    fn special_word(&mut self, lower: &str, span: Span) -> Result<bool, TextError> {
        let opened = self.last == Last::Open;
        match (lower, self.frame()) {
            ("when", Some(Frame::Case)) if self.last == Last::Word("case") => {
                self.keyword("when", span, true)
            }
            ("distinct", Some(Frame::Call)) if opened => self.keyword("distinct", span, true),
            ("distinct", Some(Frame::Select)) if self.last == Last::Word("select") => {
                self.keyword("distinct", span, true);
            }
            ("select", frame) => {
                if !opened || !matches!(frame, Some(Frame::Group | Frame::In)) {
                    return Err(self
                        .source
                        .error(span, "a sub-query stands in parentheses of its own")
                        .hint("(select max(views) from Post where author = outer.id)"));
                }
                if let Some(open) = self.frames.last_mut() {
                    open.frame = Frame::Select;
                }
                self.keyword("select", span, true);
            }
            ("where", Some(Frame::Filter)) if opened => self.keyword("where", span, true),
            ("partition", Some(Frame::Over)) if opened && self.next_is(1, "by") => {
                self.keyword("partition", span, true);
                self.next_keyword("by");
            }
            ("order", Some(Frame::Over)) if opened && self.next_is(1, "by") => self.order_by(span),
            ("rows" | "range" | "groups", Some(Frame::Over)) if opened && self.begins_frame() => {
                self.window_frame(lower, span)?;
            }
            ("both" | "leading" | "trailing", Some(Frame::Trim(name))) if opened && self.is_trim_side() => {
                let function = match lower {
                    "both" => "trim",
                    "leading" => "ltrim",
                    _ => "rtrim",
                };
                if let Some(token) = self.output.get_mut(name) {
                    token.token = Token::make_word(function, Some(super::rewrite::UNQUOTED));
                }
                self.at += 1;
                if self.next_is(0, "from") {
                    self.at += 1;
                }
            }
            ("from", Some(Frame::Select)) if self.last == Last::Word("select") => {
                return Err(self
                    .source
                    .error(span, "a sub-query needs a value before `from`")
                    .hint("write the value, or exists(select 1 from …)"));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A word where an operator must stand.
    pub(super) fn operator_word(&mut self, word: &str, span: Span) -> Result<(), TextError> {
        let lower = word.to_ascii_lowercase();
        if self.clause_word(&lower, span)? {
            return Ok(());
        }
        match lower.as_str() {
            "and" => self.keyword("and", span, true),
            "or" => self.keyword("or", span, true),
            "between" => self.keyword("between", span, true),
            "like" => self.keyword("like", span, true),
            "ilike" => self.keyword("ilike", span, true),
            "is" => self.is(span)?,
            "in" => self.in_list(span)?,
            "not" => {
                if !["in", "like", "ilike", "between"].iter().any(|word| self.next_is(1, word)) {
                    return Err(self
                        .source
                        .error(span, "an operator is missing before `not`")
                        .hint("after a value stand `not in`, `not like` or `not between`"));
                }
                self.keyword("not", span, false);
            }
            "at" if self.next_is(1, "time") && self.next_is(2, "zone") => {
                self.keyword("at", span, true);
                self.next_keyword("time");
                self.next_keyword("zone");
            }
            "isnull" | "notnull" => {
                return Err(self
                    .source
                    .error(span, format!("`{word}` is no operator"))
                    .hint("write `is null` or `is not null`"));
            }
            "similar" | "escape" | "regexp" | "rlike" | "glob" => {
                return Err(self
                    .source
                    .error(span, format!("`{word}` has no meaning here"))
                    .hint("write a regular expression: title ~ '^a.*z$'"));
            }
            "collate" => {
                return Err(self
                    .source
                    .error(span, "`collate` is no operator")
                    .hint("write it as a function: collate(title, 'C')"));
            }
            "as" => {
                return Err(self
                    .source
                    .error(span, "a name with `as` has no place here")
                    .hint("take it away"));
            }
            "within" => {
                return Err(self.source.error(span, "`within group` has no meaning here").hint(
                    "an aggregate's order stands in its parentheses: string_agg(name, ',' order by name)",
                ));
            }
            _ => {
                return Err(self.source.error(span, format!("an operator is missing before `{word}`")));
            }
        }
        Ok(())
    }

    /// Words of the surrounding form: of a sub-query, a case, a window, a call. Says whether this is one.
    fn clause_word(&mut self, lower: &str, span: Span) -> Result<bool, TextError> {
        let open = self.frames.last().copied();
        let frame = open.map(|open| open.frame);
        let seen = open.is_some_and(|open| open.seen);
        match (lower, frame) {
            ("when", Some(Frame::Case)) => self.keyword("when", span, true),
            ("then", Some(Frame::Case)) => self.keyword("then", span, true),
            ("else", Some(Frame::Case)) => self.keyword("else", span, true),
            ("end", Some(Frame::Case)) => {
                self.keyword("end", span, false);
                self.frames.pop();
                self.last = Last::Close;
            }
            ("when" | "then" | "else" | "end", _) => {
                return Err(self.source.error(span, format!("there is no open `case` for this `{lower}`")));
            }
            ("as", Some(Frame::Cast)) if !seen => {
                self.keyword("as", span, false);
                self.mark_seen();
                self.type_name(span)?;
            }
            ("from", Some(Frame::Extract | Frame::Substring | Frame::Trim(_))) if !seen => {
                self.mark_seen();
                if let Some(Frame::Trim(name)) = frame
                    && let Some(TokenWithSpan { token: Token::Word(word), .. }) = self.output.get_mut(name)
                {
                    // The characters stand before the text: the reader turns them round.
                    word.value.push_str(" from");
                }
                self.replace_by_comma(span);
            }
            ("for", Some(Frame::Substring)) => {
                if !seen {
                    self.emit(Token::Comma, span);
                    self.entry(Entry::Number("1".to_owned()), span);
                }
                self.replace_by_comma(span);
            }
            ("in", Some(Frame::Position)) if !seen => {
                self.mark_seen();
                self.replace_by_comma(span);
            }
            ("from", Some(Frame::Select)) if !seen => {
                self.mark_seen();
                self.model_name(span)?;
            }
            ("where", Some(Frame::Select)) if seen => self.keyword("where", span, true),
            ("having", Some(Frame::Select)) if seen => self.keyword("having", span, true),
            ("group", Some(Frame::Select)) if seen && self.next_is(1, "by") => {
                self.keyword("group", span, true);
                self.next_keyword("by");
            }
            ("limit", Some(Frame::Select)) if seen => self.keyword("limit", span, true),
            ("offset", Some(Frame::Select)) if seen => self.keyword("offset", span, true),
            ("order", Some(Frame::Select | Frame::Call | Frame::Over)) if self.next_is(1, "by") => {
                self.order_by(span)
            }
            ("rows" | "range" | "groups", Some(Frame::Over)) if self.begins_frame() => {
                self.window_frame(lower, span)?;
            }
            ("asc", _) if self.allows_order() => self.keyword("asc", span, false),
            ("desc", _) if self.allows_order() => self.keyword("desc", span, false),
            ("nulls", _) if self.allows_order() && (self.next_is(1, "first") || self.next_is(1, "last")) => {
                let which = if self.next_is(1, "first") { "first" } else { "last" };
                self.keyword("nulls", span, false);
                self.next_keyword(which);
                self.wants_value = false;
            }
            ("filter", _) if self.last == Last::Close && self.next_token(1) == Some(&Token::LParen) => {
                if !self.next_is(2, "where") {
                    return Err(self.source.error(span, "`where` is missing after `filter (`"));
                }
                self.keyword("filter", span, true);
                self.pending = Some(Frame::Filter);
            }
            ("over", _) if self.last == Last::Close => {
                if self.next_token(1) != Some(&Token::LParen) {
                    return Err(self
                        .source
                        .error(span, "a window stands in parentheses")
                        .hint("over (partition by author order by views desc)"));
                }
                self.keyword("over", span, true);
                self.pending = Some(Frame::Over);
            }
            ("join" | "inner" | "left" | "right" | "full" | "cross" | "natural", Some(Frame::Select)) => {
                return Err(self
                    .source
                    .error(span, "a sub-query reads one model")
                    .hint("paths take the place of joins: author.name"));
            }
            ("union" | "intersect" | "except", Some(Frame::Select)) => {
                return Err(self
                    .source
                    .error(span, format!("`{lower}` has no text form"))
                    .hint("write `or` and `and`"));
            }
            ("asc" | "desc" | "nulls", _) => {
                return Err(self.source.error(span, format!("`{lower}` stands in an ordering only")));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// `is [not] null`, and the other words after `is`.
    fn is(&mut self, span: Span) -> Result<(), TextError> {
        let negated = self.next_is(1, "not");
        let after = if negated { 2 } else { 1 };
        let known = ["null", "true", "false", "unknown"].into_iter().find(|word| self.next_is(after, word));
        let distinct = self.next_is(after, "distinct") && self.next_is(after + 1, "from");
        if known.is_none() && !distinct {
            return Err(self
                .source
                .error(span, "`is` stands before null, true, false and distinct from only")
                .hint("write `=` for equality"));
        }
        self.keyword("is", span, false);
        if negated {
            self.next_keyword("not");
        }
        match known {
            Some(word) => {
                self.next_keyword(word);
                (self.wants_value, self.last) = (false, Last::Close);
            }
            None => {
                self.next_keyword("distinct");
                self.next_keyword("from");
                (self.wants_value, self.last) = (true, Last::Word("from"));
            }
        }
        Ok(())
    }

    fn in_list(&mut self, span: Span) -> Result<(), TextError> {
        match self.next_token(1) {
            Some(Token::LParen) => {
                self.keyword("in", span, true);
                self.pending = Some(Frame::In);
                Ok(())
            }
            Some(Token::Colon | Token::AtSign) => {
                self.keyword("in", span, true);
                let sign = self.input.get(self.at).map_or(span, |token| token.span);
                let (slot, span) = self.read_slot(sign)?;
                self.emit(Token::LParen, span);
                self.entry(Entry::List(slot), span);
                self.emit(Token::RParen, span);
                self.last = Last::Close;
                Ok(())
            }
            _ => Err(self
                .source
                .error(span, "after `in` a list is missing")
                .hint("in ('a', 'b'), in :names, or in (select …)")),
        }
    }

    /// A model's name after `from`, and a manager's.
    fn model_name(&mut self, span: Span) -> Result<(), TextError> {
        self.keyword("from", span, true);
        for part in 0..2 {
            match self.input.get(self.at).cloned() {
                Some(TokenWithSpan { token: Token::Word(word), span }) => {
                    self.name(&word.value, true, span)?
                }
                Some(token) => {
                    return Err(self.source.error(token.span, "the name of a model is missing after `from`"));
                }
                None => return Err(self.source.at_end("the name of a model is missing after `from`")),
            }
            let more =
                self.input.get(self.at).filter(|next| part == 0 && next.token == Token::Period).cloned();
            let Some(period) = more else { break };
            self.emit(Token::Period, period.span);
            self.at += 1;
        }
        self.last = Last::Close;
        match self.input.get(self.at) {
            Some(TokenWithSpan { token: Token::Comma, span }) => Err(self
                .source
                .error(*span, "a sub-query reads one model")
                .hint("paths take the place of joins: author.name")),
            _ => Ok(()),
        }
    }

    fn order_by(&mut self, span: Span) {
        self.keyword("order", span, true);
        self.next_keyword("by");
        if let Some(open) = self.frames.last_mut() {
            open.ordering = true;
        }
    }

    /// Whether a bound follows after the unit of a frame.
    fn begins_frame(&self) -> bool {
        ["between", "unbounded", "current"].iter().any(|word| self.next_is(1, word))
            || matches!(self.next_token(1), Some(Token::Number(..)))
                && (self.next_is(2, "preceding") || self.next_is(2, "following"))
    }

    /// `rows between 1 preceding and current row`.
    fn window_frame(&mut self, unit: &str, span: Span) -> Result<(), TextError> {
        self.emit(Token::make_word(unit, None), span);
        self.at += 1;
        let between = self.next_is(0, "between");
        if between {
            self.next_keyword("between");
        }
        self.frame_bound()?;
        if between {
            if !self.next_is(0, "and") {
                return Err(self.frame_problem());
            }
            self.next_keyword("and");
            self.frame_bound()?;
        }
        (self.wants_value, self.last) = (false, Last::Close);
        Ok(())
    }

    fn frame_bound(&mut self) -> Result<(), TextError> {
        if self.next_is(0, "current") && self.next_is(1, "row") {
            self.next_keyword("current");
            self.next_keyword("row");
            return Ok(());
        }
        match self.input.get(self.at).cloned() {
            Some(TokenWithSpan { token: Token::Number(digits, false), span }) => {
                self.entry(Entry::Number(digits), span);
                self.at += 1;
            }
            _ if self.next_is(0, "unbounded") => self.next_keyword("unbounded"),
            _ => return Err(self.frame_problem()),
        }
        for side in ["preceding", "following"] {
            if self.next_is(0, side) {
                self.next_keyword(side);
                return Ok(());
            }
        }
        Err(self.frame_problem())
    }

    fn frame_problem(&self) -> TextError {
        let message = "the frame of the window cannot be read";
        let error = self
            .input
            .get(self.at)
            .map_or_else(|| self.source.at_end(message), |token| self.source.error(token.span, message));
        error.hint("rows between 1 preceding and current row")
    }

    /// Whether `both`, `leading` or `trailing` is the word of `trim`, and no field.
    fn is_trim_side(&self) -> bool {
        matches!(
            self.next_token(1),
            Some(
                Token::Word(_) | Token::SingleQuotedString(_) | Token::LParen | Token::Colon | Token::AtSign
            )
        )
    }

    fn constant(&mut self, value: Value, span: Span) {
        self.entry(Entry::Value(value), span);
        self.at += 1;
    }

    fn replace_by_comma(&mut self, span: Span) {
        self.emit(Token::Comma, span);
        (self.wants_value, self.last) = (true, Last::Comma);
        self.at += 1;
    }

    fn mark_seen(&mut self) {
        if let Some(open) = self.frames.last_mut() {
            open.seen = true;
        }
    }

    /// A keyword of the parser.
    fn keyword(&mut self, word: &'static str, span: Span, wants_value: bool) {
        self.emit(Token::make_word(word, None), span);
        (self.wants_value, self.last) = (wants_value, Last::Word(word));
        self.at += 1;
    }

    /// The next token, a keyword that was looked at already.
    fn next_keyword(&mut self, word: &'static str) {
        let span = self.input.get(self.at).map_or_else(Span::empty, |token| token.span);
        let wants_value = self.wants_value;
        self.keyword(word, span, wants_value);
    }
}
