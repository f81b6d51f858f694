/** A short chime, made on the spot: rising when somebody is asked, falling when something went wrong. */
import type { Kind } from './preferences';

const TONES: Record<Kind, [number, number]> = {
  needs_input: [660, 880],
  finished: [523, 784],
  over_budget: [587, 440],
  failed: [440, 330],
  rate_limited: [494, 440],
};
const EACH_S = 0.14;
const APART_MS = 1500;

let context: AudioContext | null = null;
let last = 0;

/** At most one in a while: ten agents that end together ring once. */
export function chime(kind: Kind): void {
  if (!('AudioContext' in window) || performance.now() - last < APART_MS) return;
  last = performance.now();
  context ??= new AudioContext();
  void context.resume().catch(() => {}); // a page that nobody has clicked yet stays silent
  const start = context.currentTime + 0.02;
  TONES[kind].forEach((hertz, index) => {
    const [oscillator, gain] = [context!.createOscillator(), context!.createGain()];
    const from = start + index * EACH_S;
    oscillator.frequency.value = hertz;
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(0.12, from + 0.015);
    gain.gain.exponentialRampToValueAtTime(0.0005, from + EACH_S * 1.8);
    oscillator.connect(gain).connect(context!.destination);
    oscillator.start(from);
    oscillator.stop(from + EACH_S * 2);
  });
}
