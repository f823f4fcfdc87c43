//! The strategies that ship with the crate, by the names that scenarios use.

use crate::engine::strategy::Strategies;

impl Strategies {
    /// The strategies that ship with the crate.
    #[must_use]
    pub fn standard() -> Self {
        Self::none()
            .with::<super::conservative::Conservative>()
            .with::<super::aggressive::Aggressive>()
            .with::<super::sidebet::SidebetOnce>()
            .with::<super::foundational::Foundational>()
            .with::<super::hold_to_target::HoldToTarget>()
            .with::<super::momentum::Momentum>()
            .with::<super::flat_sidebets::FlatSidebets>()
            .with::<super::martingale_sidebets::MartingaleSidebets>()
            .with::<super::kelly_sidebets::KellySidebets>()
            .with::<super::always_wait::AlwaysWait>()
            .with::<super::random::Random>()
    }
}
