//! Checkpoints: the whole state of a world between two ticks, to go back to.
//!
//! The owner of a piece of state registers it here beside its system; a checkpoint clones every
//! registered piece. Going back to any tick is a checkpoint and re-execution
//! (docs/determinism.md#how-it-is-achieved), so trading state rewinds with the market.

use std::any::Any;
use std::fmt;

use bevy_app::App;
use bevy_ecs::component::Mutable;
use bevy_ecs::prelude::*;

/// A saved piece of state, of a type that only its column knows.
type Saved = Box<dyn Any + Send + Sync>;

/// How to save and restore one registered type.
#[derive(Debug, Clone, Copy)]
struct Column {
    save: fn(&mut World) -> Saved,
    restore: fn(&mut World, &Saved),
}

/// Every type registered for checkpoints.
#[derive(Resource, Debug, Default)]
struct Columns(Vec<Column>);

/// The whole registered state of a world, between two ticks.
pub struct Checkpoint(Vec<Saved>);

impl Checkpoint {
    /// Saves the registered state of a world.
    #[must_use]
    pub fn of(world: &mut World) -> Self {
        Self(columns(world).iter().map(|column| (column.save)(world)).collect())
    }

    /// Brings the world that it was taken of back to what it was.
    pub fn restore(&self, world: &mut World) {
        for (column, saved) in columns(world).iter().zip(&self.0) {
            (column.restore)(world, saved);
        }
    }
}

impl fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Checkpoint").field(&self.0.len()).finish()
    }
}

/// Registering state with an app.
pub trait Checkpointed {
    /// Every entity's `T` is part of a checkpoint.
    fn checkpoint_component<T: Component<Mutability = Mutable> + Clone>(&mut self) -> &mut Self;

    /// The resource `T` is part of a checkpoint.
    fn checkpoint_resource<T: Resource<Mutability = Mutable> + Clone>(&mut self) -> &mut Self;
}

impl Checkpointed for App {
    fn checkpoint_component<T: Component<Mutability = Mutable> + Clone>(&mut self) -> &mut Self {
        register(self, Column { save: save_component::<T>, restore: restore_component::<T> })
    }

    fn checkpoint_resource<T: Resource<Mutability = Mutable> + Clone>(&mut self) -> &mut Self {
        register(self, Column { save: save_resource::<T>, restore: restore_resource::<T> })
    }
}

fn register(app: &mut App, column: Column) -> &mut App {
    app.init_resource::<Columns>();
    app.world_mut().resource_mut::<Columns>().0.push(column);
    app
}

fn columns(world: &World) -> Vec<Column> {
    world.get_resource::<Columns>().map(|columns| columns.0.clone()).unwrap_or_default()
}

fn save_component<T: Component + Clone>(world: &mut World) -> Saved {
    let mut query = world.query::<(Entity, &T)>();
    let rows: Vec<(Entity, T)> =
        query.iter(world).map(|(entity, value)| (entity, value.clone())).collect();
    Box::new(rows)
}

fn restore_component<T: Component<Mutability = Mutable> + Clone>(world: &mut World, saved: &Saved) {
    let rows = saved.downcast_ref::<Vec<(Entity, T)>>().expect("the column's own type");
    for (entity, value) in rows {
        if let Some(mut present) = world.get_mut::<T>(*entity) {
            present.clone_from(value);
        }
    }
}

fn save_resource<T: Resource + Clone>(world: &mut World) -> Saved {
    Box::new(world.get_resource::<T>().cloned())
}

fn restore_resource<T: Resource<Mutability = Mutable> + Clone>(world: &mut World, saved: &Saved) {
    let value = saved.downcast_ref::<Option<T>>().expect("the column's own type");
    if let (Some(mut present), Some(value)) = (world.get_resource_mut::<T>(), value) {
        present.clone_from(value);
    }
}
