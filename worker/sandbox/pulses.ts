/** The key under which threads find the memory they share with the main thread. */
export const PULSES_KEY = 'slipway.sandboxPulses';

/** One slot for each workflow thread of a process; the SDK starts one or two for each of the three workers. */
const THREADS_MAX = 64;

/**
 * What the main thread sees of the sandboxes: slot 0 counts the threads, every other slot belongs to one of them and
 * counts its steps into and out of the sandbox. Odd means inside.
 */
export type Pulses = Int32Array<SharedArrayBuffer>;

export function createPulses(): Pulses {
  return new Int32Array(new SharedArrayBuffer((THREADS_MAX + 1) * Int32Array.BYTES_PER_ELEMENT));
}
