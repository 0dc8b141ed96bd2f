//! Model files as data, and their text.

/// A model as it is to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Draft {
    pub(super) app: String,
    pub(super) name: String,
    pub(super) table: String,
    /// What is said above it.
    pub(super) notes: Vec<String>,
    pub(super) doc: Option<String>,
    /// Whether migrations may own the table.
    pub(super) managed: bool,
    /// Whether clients may only read it: a view.
    pub(super) read_only: bool,
    pub(super) primary_key: Vec<String>,
    pub(super) fields: Vec<FieldDraft>,
    /// Indexes and constraints.
    pub(super) blocks: Vec<Block>,
    /// What has no place in a model file, said below it.
    pub(super) remarks: Vec<String>,
    /// Why it can be no model, and stands as a comment.
    pub(super) refused: Option<String>,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct FieldDraft {
    pub(super) name: String,
    /// Its columns; none of a many-to-many.
    pub(super) columns: Vec<String>,
    /// Options with their values in TOML, `type` first.
    pub(super) options: Vec<(&'static str, String)>,
    pub(super) note: Option<String>,
    /// Why it stands as a comment.
    pub(super) refused: Option<String>,
}

impl FieldDraft {
    /// Adds to what is said of it.
    pub(super) fn add_note(&mut self, note: impl Into<String>) {
        let note = note.into();
        self.note = Some(match self.note.take() {
            Some(before) => format!("{before}; {note}"),
            None => note,
        });
    }

    pub(super) fn has(&self, option: &str) -> bool {
        self.options.iter().any(|(name, _)| *name == option)
    }
}

/// An index or a constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// `indexes` or `constraints`.
    pub(super) list: &'static str,
    /// Its name in the database.
    pub(super) name: String,
    /// Keys with their values in TOML.
    pub(super) entries: Vec<(&'static str, String)>,
    pub(super) note: Option<String>,
    /// The database's own words, for when it cannot stand.
    pub(super) sql: String,
}

/// What a line of a file belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The head of a file.
    File,
    /// A model as a whole.
    Model,
    /// The field at this place.
    Field(usize),
    /// The index or constraint at this place.
    Block(usize),
}

/// A file's text, and what each line of it belongs to: a model by its place, and the part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) lines: Vec<(usize, Part)>,
}

/// The longest line of a comment.
const WIDTH: usize = 120;

impl Text {
    pub(super) fn line(&mut self, owner: (usize, Part), line: &str) {
        // A name or comment of the database may have line ends of its own.
        for line in line.split(['\n', '\r']) {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
            self.lines.push(owner);
        }
    }

    pub(super) fn comment(&mut self, owner: (usize, Part), text: &str) {
        let mut line = String::from("#");
        for word in text.split_whitespace() {
            if line.len() + word.len() >= WIDTH && line.len() > 1 {
                self.line(owner, &line);
                line = String::from("#  ");
            }
            line.push(' ');
            line.push_str(word);
        }
        self.line(owner, &line);
    }

    /// Writes a model.
    pub(super) fn model(&mut self, at: usize, draft: &Draft) {
        let owner = (at, Part::Model);
        self.line(owner, "");
        for note in &draft.notes {
            self.comment(owner, note);
        }
        if let Some(reason) = &draft.refused {
            self.comment(owner, &format!("{} ({}) is no model: {reason}", draft.name, draft.table));
            for field in &draft.fields {
                let note = field.refused.as_ref().or(field.note.as_ref()).map(|note| format!("   {note}"));
                self.line(
                    owner,
                    &format!(
                        "# {} = {}{}",
                        key(&field.name),
                        inline(&field.options),
                        note.unwrap_or_default()
                    ),
                );
            }
            for block in &draft.blocks {
                self.comment(owner, &format!("{}: {}", block.name, block.sql));
            }
            self.remarks(owner, draft);
            return;
        }
        self.line(owner, &format!("[{}]", draft.name));
        let mut keys: Vec<(&str, String)> = Vec::new();
        keys.extend(draft.doc.as_ref().map(|doc| ("doc", toml_text(doc))));
        if draft.table != format!("{}_{}", draft.app, draft.name.to_lowercase()) {
            keys.push(("table", toml_text(&draft.table)));
        }
        if !draft.managed {
            keys.push(("managed", "false".to_owned()));
        }
        if draft.read_only {
            keys.push(("graphql", "{ mutations = false }".to_owned()));
        }
        if !draft.primary_key.is_empty() {
            keys.push(("primary_key", names(&draft.primary_key)));
        }
        self.aligned(owner, &keys);
        // A model without fields has its implicit key only.
        self.line(owner, &format!("[{}.fields]", draft.name));
        let width =
            draft.fields.iter().filter(|field| field.refused.is_none()).map(|field| field.name.len()).max();
        for (position, field) in draft.fields.iter().enumerate() {
            let owner = (at, Part::Field(position));
            if let Some(reason) = &field.refused {
                self.comment(owner, &format!("{} = {}: {reason}", key(&field.name), inline(&field.options)));
                continue;
            }
            if let Some(note) = &field.note {
                self.comment(owner, note);
            }
            let width = width.unwrap_or(0);
            // Nobody makes the indexes of a table that is not managed.
            let shown = |(name, value): &&(&str, String)| {
                draft.managed || (*name, value.as_str()) != ("index", "false")
            };
            let options: Vec<_> = field.options.iter().filter(shown).cloned().collect();
            self.line(owner, &format!("{:width$} = {}", field.name, inline(&options)));
        }
        for (position, block) in draft.blocks.iter().enumerate() {
            let owner = (at, Part::Block(position));
            if let Some(note) = &block.note {
                self.comment(owner, note);
            }
            self.line(owner, &format!("[[{}.{}]]", draft.name, block.list));
            self.aligned(owner, &block.entries);
        }
        self.remarks(owner, draft);
    }

    fn remarks(&mut self, owner: (usize, Part), draft: &Draft) {
        for remark in &draft.remarks {
            self.comment(owner, remark);
        }
    }

    fn aligned(&mut self, owner: (usize, Part), entries: &[(&str, String)]) {
        let width = entries.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
        for (key, value) in entries {
            self.line(owner, &format!("{key:width$} = {value}"));
        }
    }
}

fn inline(options: &[(&'static str, String)]) -> String {
    let options: Vec<String> = options.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    if options.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", options.join(", ")) }
}

/// A key, quoted where TOML asks for it.
fn key(name: &str) -> String {
    let bare = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if bare { name.to_owned() } else { toml_text(name) }
}

/// A list of names.
pub(super) fn names(names: &[String]) -> String {
    format!("[{}]", names.iter().map(|name| toml_text(name)).collect::<Vec<_>>().join(", "))
}

/// A text of TOML, on one line.
pub(super) fn toml_text(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
