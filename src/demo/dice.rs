//! Sample keys are the same in every run: whatever looks random in them comes from here.
//! Secrets do not: those come from [`super::vault`].

/// A small generator (splitmix64): equal seeds give equal numbers.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// Starts at a seed.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x6b65_7972_6163_6b21)
    }

    /// The next 64 bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, `end`; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.bits().checked_rem(end).unwrap_or(0)
    }

    /// Whether one of `in_how_many` chances came true.
    pub(super) fn one(&mut self, in_how_many: u64) -> bool {
        self.below(in_how_many) == 0
    }

    /// A number from 0.0 up to, not including, 1.0.
    pub(super) fn share(&mut self) -> f64 {
        let high = u32::try_from(self.bits() >> 32).unwrap_or(0);
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }

    /// One of `choices`, or its default when there are none.
    pub(super) fn pick<T: Copy + Default>(&mut self, choices: &[T]) -> T {
        let at = usize::try_from(self.below(choices.len() as u64)).unwrap_or(0);
        choices.get(at).copied().unwrap_or_default()
    }

    /// A UUID of version 4, in text.
    pub(super) fn uuid(&mut self) -> String {
        super::vault::uuid_text((u128::from(self.bits()) << 64) | u128::from(self.bits()))
    }
}
