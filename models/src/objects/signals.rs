//! Signals: code of a program's own that runs when rows are saved, deleted and linked, in the same transaction.
//!
//! | what | signals |
//! |---|---|
//! | `create`, `save`, `get_or_create`, `update_or_create`, mutations of the GraphQL API (all of them, nested rows included) | `pre_save`, `post_save` of each row |
//! | `delete`, and every row that goes with it | `pre_delete`, `post_delete` of each row |
//! | `add`, `remove`, `set`, `clear` of related rows, and links in mutations | `m2m_changed` |
//! | `bulk_create`, `bulk_update`, `update` | none, as in Django |
//!
//! A model without receivers costs nothing: its rows are not read for their sake.

use super::{Orm, Row, Values};
use crate::value::Value;
use crate::write::WriteError;
use futures::future::BoxFuture;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// What a receiver gives: it may refuse with [`WriteError::Refused`], or fail; nothing is written then.
pub type Received<'a> = BoxFuture<'a, Result<(), WriteError>>;

type Receiver<T> = Arc<dyn for<'a> Fn(&'a Orm, &'a mut T) -> Received<'a> + Send + Sync>;

/// A row is about to be saved.
#[derive(Debug, Clone, PartialEq)]
pub struct PreSave {
    /// The row as it is; none for a new one.
    pub row: Option<Row>,
    /// What is to be written: all fields of a new row but those that the database makes, of another the changed ones. A
    /// receiver may set more, or others.
    pub values: Values,
}

/// A row has been saved.
#[derive(Debug, Clone, PartialEq)]
pub struct PostSave {
    /// The row with all its fields.
    pub row: Row,
    /// Whether it is new.
    pub created: bool,
}

/// A row is about to be deleted, or has been.
#[derive(Debug, Clone, PartialEq)]
pub struct Deletion {
    /// The row with all its fields, as it was.
    pub row: Row,
}

/// Links of a many-to-many relation are about to change, or have changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Links {
    /// The relation, as it is called at the row.
    pub relation: String,
    /// The values by which the row is linked: of a usual relation its primary key.
    pub key: Vec<Value>,
    /// What happens to the links.
    pub action: LinkAction,
    /// The rows at the other end, each by the values by which it is linked.
    pub others: Vec<Vec<Value>>,
}

/// What happens to links: Django's actions of `m2m_changed`. Clearing removes all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkAction {
    /// They are about to be made.
    PreAdd,
    /// They have been made.
    PostAdd,
    /// They are about to be removed.
    PreRemove,
    /// They have been removed.
    PostRemove,
}

/// Receivers of signals by model. Made once, when a program starts, and given to [`Orm::signals`].
///
/// ```
/// use nuages_models::objects::Signals;
///
/// let signals = Signals::new()
///     .pre_save("Post", |_, post| {
///         Box::pin(async move {
///             if !post.values.names().any(|name| name == "slug") {
///                 post.values = std::mem::take(&mut post.values).set("slug", "untitled");
///             }
///             Ok(())
///         })
///     })
///     .post_save("Post", |orm, post| {
///         Box::pin(async move {
///             if post.created {
///                 orm.on_commit(|| println!("there is a new post"));
///             }
///             Ok(())
///         })
///     });
/// # let _ = signals;
/// ```
#[derive(Clone, Default)]
pub struct Signals {
    pre_save: HashMap<String, Vec<Receiver<PreSave>>>,
    post_save: HashMap<String, Vec<Receiver<PostSave>>>,
    pre_delete: HashMap<String, Vec<Receiver<Deletion>>>,
    post_delete: HashMap<String, Vec<Receiver<Deletion>>>,
    m2m_changed: HashMap<String, Vec<Receiver<Links>>>,
}

impl fmt::Debug for Signals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signals")
            .field("pre_save", &self.pre_save.keys())
            .field("post_save", &self.post_save.keys())
            .field("pre_delete", &self.pre_delete.keys())
            .field("post_delete", &self.post_delete.keys())
            .field("m2m_changed", &self.m2m_changed.keys())
            .finish()
    }
}

macro_rules! registrations {
    ($($(#[$doc:meta])* $name:ident: $event:ty;)+) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(
                mut self,
                model: &str,
                receiver: impl for<'a> Fn(&'a Orm, &'a mut $event) -> Received<'a> + Send + Sync + 'static,
            ) -> Self {
                self.$name.entry(model.to_owned()).or_default().push(Arc::new(receiver));
                self
            }
        )+
    };
}

impl Signals {
    /// No receivers yet.
    pub fn new() -> Self {
        Self::default()
    }

    registrations! {
        /// Before a row of the model is written; the receiver may change what is written.
        pre_save: PreSave;
        /// After a row of the model was written.
        post_save: PostSave;
        /// Before a row of the model is deleted, whatever it goes with.
        pre_delete: Deletion;
        /// After a row of the model was deleted.
        post_delete: Deletion;
        /// Before and after links of rows of the model change; the model is the one whose row the change is of.
        m2m_changed: Links;
    }

    pub(crate) fn hears_saves(&self, model: &str) -> bool {
        self.pre_save.contains_key(model) || self.post_save.contains_key(model)
    }

    pub(crate) fn hears_deletions(&self, model: &str) -> bool {
        self.pre_delete.contains_key(model) || self.post_delete.contains_key(model)
    }

    pub(crate) fn hears_links(&self, model: &str) -> bool {
        self.m2m_changed.contains_key(model)
    }

    pub(crate) async fn send_pre_save(
        &self,
        orm: &Orm,
        model: &str,
        event: &mut PreSave,
    ) -> Result<(), WriteError> {
        send(self.pre_save.get(model), orm, event).await
    }

    pub(crate) async fn send_post_save(
        &self,
        orm: &Orm,
        model: &str,
        event: &mut PostSave,
    ) -> Result<(), WriteError> {
        send(self.post_save.get(model), orm, event).await
    }

    pub(crate) async fn send_pre_delete(
        &self,
        orm: &Orm,
        model: &str,
        event: &mut Deletion,
    ) -> Result<(), WriteError> {
        send(self.pre_delete.get(model), orm, event).await
    }

    pub(crate) async fn send_post_delete(
        &self,
        orm: &Orm,
        model: &str,
        event: &mut Deletion,
    ) -> Result<(), WriteError> {
        send(self.post_delete.get(model), orm, event).await
    }

    pub(crate) async fn send_links(
        &self,
        orm: &Orm,
        model: &str,
        event: &mut Links,
    ) -> Result<(), WriteError> {
        send(self.m2m_changed.get(model), orm, event).await
    }
}

async fn send<T>(receivers: Option<&Vec<Receiver<T>>>, orm: &Orm, event: &mut T) -> Result<(), WriteError> {
    for receiver in receivers.into_iter().flatten() {
        receiver(orm, event).await?;
    }
    Ok(())
}

impl Orm {
    /// The same with receivers of signals.
    #[must_use]
    pub fn signals(mut self, signals: Arc<Signals>) -> Self {
        self.signals = Some(signals);
        self
    }

    /// The same without any: for tests, and for loading data that is complete.
    #[must_use]
    pub fn without_signals(mut self) -> Self {
        self.signals = None;
        self
    }
}
