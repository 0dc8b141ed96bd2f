//! Text to tree, refusing what the engines do not share.

use super::syntax::{Boundary, Class, Node, Pattern, digits, posix_class, set, spaces, words};
use super::{Case, MAX_DEPTH, MAX_LENGTH, MAX_REPETITION, MAX_SIZE, PatternError};
use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// Reads a pattern.
pub(super) fn parse(pattern: &str, case: Case) -> Result<Pattern, PatternError> {
    let characters: Vec<char> = pattern.chars().take(MAX_LENGTH + 1).collect();
    if characters.len() > MAX_LENGTH {
        return Err(PatternError::TooLong);
    }
    if let Some(at) = characters.iter().position(|character| *character == '\0') {
        return Err(PatternError::Syntax { position: at + 1, problem: "U+0000 cannot be matched" });
    }
    let mut parser = Parser { characters, at: 0, case, groups: Vec::new(), has_back_references: false };
    let root = parser.alternation(0)?;
    if parser.at < parser.characters.len() {
        return Err(parser.error("this \")\" closes no group; write \"\\)\" for the character"));
    }
    if size(&root) > MAX_SIZE {
        return Err(PatternError::TooLarge);
    }
    Ok(Pattern { root, has_back_references: parser.has_back_references })
}

/// How many times its size a counted repetition of what may be empty weighs: PostgreSQL takes 23 seconds to
/// compile `((a?){31}){31}`, and milliseconds for as many characters that are not optional.
const EMPTY_WEIGHT: u64 = 16;

/// How many characters and classes a node stands for once its repetitions are written out. What is repeated
/// counts as one at least, so that repetitions of nothing are bounded too.
fn size(node: &Node) -> u64 {
    match node {
        Node::Empty => 0,
        Node::Literal(_) | Node::Class(_) | Node::Boundary(_) | Node::BackReference(_) => 1,
        Node::Capture(inner) | Node::Group(inner) => size(inner),
        Node::Concatenation(nodes) | Node::Alternation(nodes) => {
            nodes.iter().fold(0, |total: u64, node| total.saturating_add(size(node)))
        }
        Node::Repetition { node, min, max } => {
            let copies = u64::from(max.unwrap_or(min + 1).max(1));
            let weight = if copies > 1 && may_be_empty(node) { EMPTY_WEIGHT } else { 1 };
            size(node).max(1).saturating_mul(copies).saturating_mul(weight)
        }
    }
}

/// Whether a node may match the empty text.
fn may_be_empty(node: &Node) -> bool {
    match node {
        Node::Empty | Node::Boundary(_) | Node::BackReference(_) => true,
        Node::Literal(_) | Node::Class(_) => false,
        Node::Capture(inner) | Node::Group(inner) => may_be_empty(inner),
        Node::Concatenation(nodes) => nodes.iter().all(may_be_empty),
        Node::Alternation(nodes) => nodes.iter().any(may_be_empty),
        Node::Repetition { node, min, .. } => *min == 0 || may_be_empty(node),
    }
}

struct Parser {
    characters: Vec<char>,
    at: usize,
    case: Case,
    /// By number less one: how far the group is.
    groups: Vec<Progress>,
    has_back_references: bool,
}

/// What a back-reference may know of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Open,
    Closed,
    /// A quantifier has followed it, or a group around it. Which repetition the reference means differs between
    /// engines.
    Repeated,
}

/// An element of a bracket expression.
enum Item {
    Character(char),
    Set(ClassUnicode),
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn take(&mut self, character: char) -> bool {
        let next = self.peek() == Some(character);
        self.at += usize::from(next);
        next
    }

    fn starts_with(&self, text: &str) -> bool {
        text.chars()
            .enumerate()
            .all(|(index, character)| self.characters.get(self.at + index) == Some(&character))
    }

    fn error(&self, problem: &'static str) -> PatternError {
        self.error_at(self.at, problem)
    }

    fn error_at(&self, at: usize, problem: &'static str) -> PatternError {
        PatternError::Syntax { position: at + 1, problem }
    }

    fn alternation(&mut self, depth: usize) -> Result<Node, PatternError> {
        if depth > MAX_DEPTH {
            return Err(PatternError::TooDeep);
        }
        let mut branches = vec![self.concatenation(depth)?];
        while self.take('|') {
            branches.push(self.concatenation(depth)?);
        }
        Ok(if branches.len() == 1 { branches.remove(0) } else { Node::Alternation(branches) })
    }

    fn concatenation(&mut self, depth: usize) -> Result<Node, PatternError> {
        let mut nodes = Vec::new();
        while let Some(character) = self.peek() {
            if matches!(character, '|' | ')') {
                break;
            }
            let groups_before = self.groups.len();
            let node = self.atom(depth)?;
            nodes.push(self.quantified(node, groups_before)?);
        }
        Ok(match nodes.len() {
            0 => Node::Empty,
            1 => nodes.remove(0),
            _ => Node::Concatenation(nodes),
        })
    }

    fn atom(&mut self, depth: usize) -> Result<Node, PatternError> {
        let Some(character) = self.peek() else { return Ok(Node::Empty) };
        match character {
            '(' => self.group(depth),
            '[' => self.bracket().map(Node::Class),
            '\\' => self.escape(),
            '*' | '+' | '?' | '{' => {
                Err(self
                    .error("there is nothing to repeat here; put \"\\\" before the character to match it"))
            }
            '.' => {
                self.at += 1;
                Ok(Node::Class(Class { set: set(&[('\n', '\n')]), negated: true }))
            }
            '^' => {
                self.at += 1;
                Ok(Node::Boundary(Boundary::TextStart))
            }
            '$' => {
                self.at += 1;
                Ok(Node::Boundary(Boundary::TextEnd))
            }
            _ => {
                self.at += 1;
                Ok(self.literal(character))
            }
        }
    }

    fn literal(&self, character: char) -> Node {
        let set = self.folded(set(&[(character, character)]));
        if set.ranges().len() == 1 && set.ranges().iter().all(|range| range.start() == range.end()) {
            return Node::Literal(character);
        }
        Node::Class(Class { set, negated: false })
    }

    /// The set with the other cases of its characters, when case does not matter.
    fn folded(&self, mut set: ClassUnicode) -> ClassUnicode {
        // The tables are compiled in; an error would say that they are not, and then letters keep their case.
        if self.case == Case::Ignored && set.try_case_fold_simple().is_err() {
            tracing::error!("the tables of Unicode's case folding are missing");
        }
        set
    }

    fn group(&mut self, depth: usize) -> Result<Node, PatternError> {
        let start = self.at;
        self.at += 1;
        if self.starts_with("?:") {
            self.at += 2;
            let inner = self.alternation(depth + 1)?;
            self.close(start)?;
            return Ok(Node::Group(Box::new(inner)));
        }
        if self.peek() == Some('?') {
            return Err(self.error_at(start, self.refused_group()));
        }
        if self.peek() == Some('*') {
            return Err(
                self.error("there is nothing to repeat here; put \"\\\" before the character to match it")
            );
        }
        let number = self.groups.len();
        self.groups.push(Progress::Open);
        let inner = self.alternation(depth + 1)?;
        self.close(start)?;
        if let Some(progress @ Progress::Open) = self.groups.get_mut(number) {
            *progress = Progress::Closed;
        }
        Ok(Node::Capture(Box::new(inner)))
    }

    fn refused_group(&self) -> &'static str {
        if ["?=", "?!", "?<=", "?<!"].iter().any(|start| self.starts_with(start)) {
            "look-around is not supported; combine two filters instead"
        } else if ["?P<", "?<", "?'"].iter().any(|start| self.starts_with(start)) {
            "groups have no names; write \"(\" and refer to them by number"
        } else if ["?>", "?|", "?#", "?("].iter().any(|start| self.starts_with(start)) {
            "atomic, conditional and comment groups are not supported; write \"(?:\""
        } else {
            "flags inside of the pattern are not supported; use the case-insensitive lookup"
        }
    }

    fn close(&mut self, start: usize) -> Result<(), PatternError> {
        if self.take(')') { Ok(()) } else { Err(self.error_at(start, "this group is not closed; add \")\"")) }
    }

    fn quantified(&mut self, node: Node, groups_before: usize) -> Result<Node, PatternError> {
        let start = self.at;
        let (min, max) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => self.bounds()?,
            _ => return Ok(node),
        };
        self.at += 1;
        if matches!(node, Node::Boundary(_)) {
            return Err(self.error_at(start, "a place like \"^\" or \"\\b\" cannot be repeated"));
        }
        // The lazy form asks for another match, not for another answer.
        self.take('?');
        if self.peek() == Some('+') {
            return Err(self.error("possessive quantifiers are not supported"));
        }
        if matches!(self.peek(), Some('*' | '?' | '{')) {
            return Err(
                self.error("a quantifier cannot follow another one; write \"(?:…)\" around the first")
            );
        }
        for progress in self.groups.iter_mut().skip(groups_before) {
            *progress = Progress::Repeated;
        }
        Ok(Node::Repetition { node: Box::new(node), min, max })
    }

    /// Reads `{m}`, `{m,}` or `{m,n}` up to its brace.
    fn bounds(&mut self) -> Result<(u32, Option<u32>), PatternError> {
        let start = self.at;
        let malformed = "write \"{2}\", \"{2,}\" or \"{2,5}\", or \"\\{\" for the character";
        self.at += 1;
        let min = self.count(start)?.ok_or_else(|| self.error_at(start, malformed))?;
        let max = if self.take(',') { self.count(start)? } else { Some(min) };
        if self.peek() != Some('}') {
            return Err(self.error_at(start, malformed));
        }
        if max.is_some_and(|max| max < min) {
            return Err(self.error_at(start, "the second count must not be below the first"));
        }
        Ok((min, max))
    }

    fn count(&mut self, start: usize) -> Result<Option<u32>, PatternError> {
        let mut count: Option<u32> = None;
        while let Some(digit) = self.peek().and_then(|character| character.to_digit(10)) {
            count = Some(count.unwrap_or(0) * 10 + digit);
            if count > Some(MAX_REPETITION) {
                return Err(self.error_at(start, "a count is at most 255"));
            }
            self.at += 1;
        }
        Ok(count)
    }

    fn escape(&mut self) -> Result<Node, PatternError> {
        let start = self.at;
        let Some(letter) = self.characters.get(self.at + 1).copied() else {
            return Err(self.error("the pattern ends after \"\\\"; write \"\\\\\" for the character"));
        };
        let boundary = match letter {
            'A' => Some(Boundary::TextStart),
            'z' | 'Z' => Some(Boundary::TextEnd),
            'b' | 'y' => Some(Boundary::Word),
            'B' | 'Y' => Some(Boundary::NotWord),
            'm' => Some(Boundary::WordStart),
            'M' => Some(Boundary::WordEnd),
            _ => None,
        };
        if let Some(boundary) = boundary {
            self.at += 2;
            return Ok(Node::Boundary(boundary));
        }
        if let Some(number @ 1..) = letter.to_digit(10) {
            self.at += 2;
            return self.back_reference(number, start);
        }
        if let Some((set, negated)) = shorthand(letter) {
            self.at += 2;
            return Ok(Node::Class(Class { set, negated }));
        }
        let character = self.character_escape()?;
        Ok(self.literal(character))
    }

    fn back_reference(&mut self, number: u32, start: usize) -> Result<Node, PatternError> {
        if self.peek().is_some_and(|character| character.is_ascii_digit()) {
            return Err(
                self.error_at(start, "back-references are \\1 to \\9; write \"(?:\\1)0\" before a digit")
            );
        }
        match self.groups.get(number as usize - 1) {
            Some(Progress::Closed) => {}
            Some(Progress::Open) => return Err(self.error_at(start, "a group cannot refer to itself")),
            Some(Progress::Repeated) => {
                let problem =
                    "the group is repeated; databases differ in which repetition the reference means";
                return Err(self.error_at(start, problem));
            }
            None => return Err(self.error_at(start, "there is no such group before this back-reference")),
        }
        self.has_back_references = true;
        Ok(Node::BackReference(number))
    }

    /// Reads an escape that stands for one character, in or out of brackets.
    fn character_escape(&mut self) -> Result<char, PatternError> {
        let start = self.at;
        let Some(letter) = self.characters.get(self.at + 1).copied() else {
            return Err(self.error("the pattern ends after \"\\\"; write \"\\\\\" for the character"));
        };
        self.at += 2;
        Ok(match letter {
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'f' => '\u{c}',
            'v' => '\u{b}',
            'a' => '\u{7}',
            'e' => '\u{1b}',
            'x' => self.code(start, 2)?,
            'u' => self.code(start, 4)?,
            'p' | 'P' => {
                return Err(self.error_at(
                    start,
                    "Unicode properties are not supported; list the characters in \"[…]\"",
                ));
            }
            _ if letter.is_ascii_alphanumeric() => {
                return Err(self.error_at(start, "there is no such escape"));
            }
            // Before anything that is no letter or digit, the backslash means the character itself.
            _ => letter,
        })
    }

    /// The character of `width` hexadecimal digits, or of any number of them in braces.
    fn code(&mut self, start: usize, width: usize) -> Result<char, PatternError> {
        let in_braces = self.take('{');
        let mut code: u32 = 0;
        let mut count = 0;
        while (in_braces && count < 8) || count < width {
            let Some(digit) = self.peek().and_then(|character| character.to_digit(16)) else { break };
            code = code << 4 | digit;
            count += 1;
            self.at += 1;
        }
        let complete = if in_braces { count > 0 && self.take('}') } else { count == width };
        match char::from_u32(code) {
            Some(character) if complete && code > 0 => Ok(character),
            _ => Err(self
                .error_at(start, "write \"\\xHH\", \"\\uHHHH\" or \"\\u{H…}\" with the code of a character")),
        }
    }

    fn bracket(&mut self) -> Result<Class, PatternError> {
        let start = self.at;
        let unclosed = "this \"[\" is not closed; add \"]\", or write \"\\[\" for the character";
        self.at += 1;
        let negated = self.take('^');
        let mut class = ClassUnicode::empty();
        let mut first = true;
        loop {
            match self.peek() {
                None => return Err(self.error_at(start, unclosed)),
                Some(']') if !first => {
                    self.at += 1;
                    return Ok(Class { set: class, negated });
                }
                Some(_) => {}
            }
            first = false;
            let item_start = self.at;
            let item = self.bracket_item()?;
            let is_range = self.peek() == Some('-')
                && self.characters.get(self.at + 1).is_some_and(|character| *character != ']');
            match item {
                Item::Set(_) if is_range => {
                    return Err(
                        self.error_at(item_start, "a class cannot be the end of a range; put the \"-\" last")
                    );
                }
                Item::Set(set) => class.union(&set),
                Item::Character(from) if is_range => {
                    self.at += 1;
                    let Item::Character(to) = self.bracket_item()? else {
                        return Err(self.error_at(
                            item_start,
                            "a class cannot be the end of a range; put the \"-\" last",
                        ));
                    };
                    if to < from {
                        return Err(self.error_at(item_start, "the range is in the wrong order"));
                    }
                    class.union(&self.folded(set(&[(from, to)])));
                }
                Item::Character(character) => class.union(&self.folded(set(&[(character, character)]))),
            }
        }
    }

    fn bracket_item(&mut self) -> Result<Item, PatternError> {
        let Some(character) = self.peek() else {
            return Err(self.error("the pattern ends inside of \"[…]\""));
        };
        match character {
            '[' if self.starts_with("[:") => self.posix_class(),
            '[' => Err(self.error("write \"\\[\" for the character inside of \"[…]\"")),
            '\\' => {
                let letter = self.characters.get(self.at + 1).copied().unwrap_or_default();
                match shorthand(letter) {
                    Some((mut set, negated)) => {
                        self.at += 2;
                        if negated {
                            set.negate();
                        }
                        Ok(Item::Set(set))
                    }
                    // Elsewhere `\b` in brackets is a backspace for some engines and an error for others.
                    None if letter.is_ascii_digit() => {
                        Err(self.error("back-references cannot stand in \"[…]\""))
                    }
                    None => self.character_escape().map(Item::Character),
                }
            }
            _ => {
                self.at += 1;
                Ok(Item::Character(character))
            }
        }
    }

    fn posix_class(&mut self) -> Result<Item, PatternError> {
        let start = self.at;
        self.at += 2;
        let name: String =
            self.characters.iter().skip(self.at).take_while(|c| c.is_ascii_lowercase()).collect();
        self.at += name.len();
        let class = posix_class(&name).filter(|_| self.starts_with(":]"));
        let Some(class) = class else {
            return Err(self.error_at(start, "there is no such class; write one like \"[[:alpha:]]\""));
        };
        self.at += 2;
        // Only the two classes that are about case change when case does not matter.
        Ok(Item::Set(match (self.case, name.as_str()) {
            (Case::Ignored, "lower" | "upper") => {
                let mut both = class;
                both.union(&ClassUnicode::new([
                    ClassUnicodeRange::new('A', 'Z'),
                    ClassUnicodeRange::new('a', 'z'),
                ]));
                both
            }
            _ => class,
        }))
    }
}

/// `\d`, `\w`, `\s` and their complements.
fn shorthand(letter: char) -> Option<(ClassUnicode, bool)> {
    Some(match letter {
        'd' => (digits(), false),
        'D' => (digits(), true),
        'w' => (words(), false),
        'W' => (words(), true),
        's' => (spaces(), false),
        'S' => (spaces(), true),
        _ => return None,
    })
}
