/** Returns the current time. */
export type Clock = () => Date;

/** Injection token of the wall clock. */
export const CLOCK = Symbol('Clock');

/** Returns milliseconds since an arbitrary moment. Never goes backwards, so it is the clock for durations. */
export type MonotonicClock = () => number;

/** Injection token of the monotonic clock. */
export const MONOTONIC_CLOCK = Symbol('MonotonicClock');
