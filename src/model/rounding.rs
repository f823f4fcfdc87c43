//! Every rounding of money and quantity, in one place, in integers.
//!
//! The server floors both ways (docs/spec/game.md#rounding): a buy's quantity is
//! `floor9(stake / price)`, a sale pays `floor9(quantity x price)`. A price enters as the exact
//! decimal of its shortest text, so quotients and products are ratios of integers and the floor
//! is the true one, not the floor of something already rounded.

use rust_decimal::Decimal;

use super::order::Portion;
use super::price::Price;
use super::quantity::Quantity;
use super::sol::{AmountError, Sol};

/// The quantity that a stake buys, in billionths: `floor9(stake / price)`.
///
/// # Errors
/// [`AmountError::OutOfRange`] for a negative stake or a quantity beyond what a decimal holds.
pub fn quantity_bought(stake: Sol, price: Price) -> Result<Quantity, AmountError> {
    let price = price.to_decimal();
    let stake = u128::try_from(stake.lamports()).map_err(|_| AmountError::OutOfRange)?;
    // stake / price = (S / 10^9) / (M / 10^s), so billionths of quantity are S * 10^s / M.
    let billionths = 10_u128
        .checked_pow(price.scale())
        .and_then(|scale| stake.checked_mul(scale))
        .and_then(|scaled| scaled.checked_div(price.mantissa().unsigned_abs()))
        .ok_or(AmountError::OutOfRange)?;
    Quantity::from_billionths(billionths)
}

/// What a sale pays, in SOL: `floor9(quantity x price)`.
///
/// # Errors
/// [`AmountError::OutOfRange`] beyond 10^15 SOL.
pub fn proceeds(quantity: Quantity, price: Price) -> Result<Sol, AmountError> {
    let price = price.to_decimal();
    let lamports = quantity
        .billionths()
        .checked_mul(price.mantissa().unsigned_abs())
        .zip(10_u128.checked_pow(price.scale()))
        .map(|(product, scale)| product / scale)
        .and_then(|lamports| i128::try_from(lamports).ok())
        .ok_or(AmountError::OutOfRange)?;
    Sol::from_lamports(lamports)
}

/// The part of a quantity that a sale of a portion sells, floored to a billionth.
#[must_use]
pub fn part_of(quantity: Quantity, portion: Portion) -> Quantity {
    let share = quantity.billionths() * u128::from(portion.basis_points()) / 10_000;
    Quantity::from_billionths(share).unwrap_or(Quantity::ZERO)
}

/// The cost of a part of a position, by average cost, floored to a lamport.
///
/// # Errors
/// [`AmountError::OutOfRange`] when the product is beyond 128 bits.
pub fn cost_of_part(cost: Sol, part: Quantity, whole: Quantity) -> Result<Sol, AmountError> {
    if part == whole {
        return Ok(cost);
    }
    let share = i128::try_from(part.billionths())
        .ok()
        .and_then(|part| cost.lamports().checked_mul(part))
        .zip(i128::try_from(whole.billionths()).ok())
        .and_then(|(product, whole)| product.checked_div(whole))
        .ok_or(AmountError::OutOfRange)?;
    Sol::from_lamports(share)
}

/// The average cost after a further buy: `sum(quantity x price) / sum(quantity)`, as the server
/// weights it (docs/spec/game.md#buying), to 28 digits.
#[must_use]
pub fn average_cost(
    held: Quantity,
    average: Decimal,
    bought: Quantity,
    price: Price,
) -> Option<Decimal> {
    let price = price.to_decimal();
    if held.is_zero() {
        return Some(price);
    }
    let before = held.to_decimal().checked_mul(average)?;
    let added = bought.to_decimal().checked_mul(price)?;
    let quantity = held.to_decimal().checked_add(bought.to_decimal())?;
    before.checked_add(added)?.checked_div(quantity)
}

/// A share of an amount, floored to 0.001 SOL, the finest amount that the site's buttons can enter.
/// For sizing a stake, never for booking one.
///
/// Zero for a share that is not finite or not positive.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a size, floored to a thousandth right here; `as` saturates"
)]
pub fn share_in_thousandths(amount: Sol, share: f64) -> Sol {
    let thousandths = (amount.lamports() as f64 * share / 1e6).max(0.0) as i128;
    Sol::from_lamports(thousandths.saturating_mul(1_000_000)).unwrap_or(Sol::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn price(text: &str) -> Price {
        text.parse().unwrap()
    }

    fn sol(text: &str) -> Sol {
        text.parse().unwrap()
    }

    #[test]
    fn a_buy_floors_its_quantity_as_the_server_does() {
        // docs/spec/provably-fair.md#rounding-of-real-trades.
        let bought = quantity_bought(sol("0.002"), price("1.4444769765026393")).unwrap();
        assert_eq!(bought.to_string(), "0.001384584");
        let bought = quantity_bought(sol("0.01"), price("1.5")).unwrap();
        assert_eq!(bought.to_string(), "0.006666666");
        assert_eq!(proceeds(bought, price("2")).unwrap(), sol("0.013333332"));
    }

    #[test]
    fn a_liquidation_pays_what_the_server_paid() {
        // docs/spec/game.md#liquidation and row 27 of docs/spec/acceptance.md.
        let quantity = Quantity::from_billionths(2_273_142).unwrap();
        assert_eq!(proceeds(quantity, price("0.009250309566210552")).unwrap(), sol("0.000021027"));
    }

    #[test]
    fn absurd_amounts_are_errors_not_panics() {
        assert!(quantity_bought(sol("-1"), Price::ONE).is_err());
        assert!(quantity_bought(sol("1000000000"), Price::new(1e-300).unwrap()).is_err());
        let most = Quantity::from_billionths(u128::from(u64::MAX) << 24).unwrap();
        assert!(proceeds(most, Price::new(1e25).unwrap()).is_err());
    }

    proptest! {
        #[test]
        fn the_floor_is_the_true_floor(lamports in 1_i128..10_000_000_000, raw in 1e-6_f64..1e3) {
            let stake = Sol::from_lamports(lamports).unwrap();
            let price = Price::new(raw).unwrap();
            let (mantissa, scale) =
                (price.to_decimal().mantissa().unsigned_abs(), price.to_decimal().scale());
            let quantity = quantity_bought(stake, price).unwrap().billionths();
            let scaled = lamports.unsigned_abs() * 10_u128.pow(scale);
            prop_assert!(quantity * mantissa <= scaled);
            prop_assert!((quantity + 1) * mantissa > scaled);
        }

        #[test]
        fn buying_and_selling_at_one_price_never_gains(
            lamports in 1_i128..10_000_000_000,
            raw in 1e-4_f64..1e3,
        ) {
            let stake = Sol::from_lamports(lamports).unwrap();
            let price = Price::new(raw).unwrap();
            let back = proceeds(quantity_bought(stake, price).unwrap(), price).unwrap();
            prop_assert!(back <= stake);
        }
    }
}
