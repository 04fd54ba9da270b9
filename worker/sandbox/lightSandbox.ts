import { fileURLToPath } from 'node:url';
import threads, { setEnvironmentData, type WorkerOptions } from 'node:worker_threads';
import { createPulses, PULSES_KEY, type Pulses } from './pulses.ts';

const WORKFLOW_THREAD = fileURLToPath(new URL('workflowThread.ts', import.meta.url));
const SDK_THREAD = /[\\/]workflow-worker-thread\.js$/;

/** As long as the SDK lets one call run; between a sample and the next a thread makes thousands. */
export const SANDBOX_LIMIT_MS = 5_000;
const SAMPLES = 5;

/**
 * Makes workflow tasks cheap (ADR 0013). The SDK guards every call into the sandbox with a timeout of its own, for which
 * Node starts and joins a thread, and records a stack trace for every promise: together more than two thirds of what a
 * small command cost its workflow thread. Here one timer in the main thread watches all sandboxes of the process instead.
 *
 * Must run before the first worker is created; threads of anything else than workflows are left alone.
 *
 * @param onStuck called once when a call into a sandbox has not returned for `limitMs`. The thread cannot be helped
 * then: the process has to end.
 * @returns stops watching.
 */
export function installLightSandbox(onStuck: () => void, limitMs = SANDBOX_LIMIT_MS): () => void {
  const pulses = createPulses();
  setEnvironmentData(PULSES_KEY, pulses);
  threads.Worker = withPreload(threads.Worker);
  return watch(pulses, onStuck, limitMs);
}

function withPreload(Thread: typeof threads.Worker): typeof threads.Worker {
  return class WorkflowThread extends Thread {
    constructor(file: string | URL, options: WorkerOptions = {}) {
      const isSandbox = SDK_THREAD.test(String(file));
      super(file, isSandbox ? { ...options, execArgv: ['--import', WORKFLOW_THREAD] } : options);
    }
  };
}

/** Samples instead of clocks: a machine that slept, or a main thread that was busy, does not make a thread look stuck. */
function watch(pulses: Pulses, onStuck: () => void, limitMs: number): () => void {
  const seen = pulses.map(() => 0);
  const unchanged = pulses.map(() => 0);
  const timer = setInterval(() => {
    for (let slot = 1; slot < pulses.length; slot += 1) {
      const pulse = Atomics.load(pulses, slot);
      const isInside = pulse % 2 !== 0;
      unchanged[slot] = isInside && pulse === seen[slot] ? (unchanged[slot] ?? 0) + 1 : 0;
      seen[slot] = pulse;
      if (unchanged[slot] !== SAMPLES) continue;
      clearInterval(timer);
      onStuck();
      return;
    }
  }, limitMs / SAMPLES);
  timer.unref();
  return () => clearInterval(timer);
}
