import v8 from 'node:v8';
import vm from 'node:vm';
import { getEnvironmentData, isMainThread } from 'node:worker_threads';
import { PULSES_KEY, type Pulses } from './pulses.ts';

/*
 * Loaded into every workflow thread before the SDK's own code; see lightSandbox.ts for the reasons.
 */

const pulses = isMainThread ? undefined : (getEnvironmentData(PULSES_KEY) as Pulses | undefined);
if (pulses !== undefined) {
  const slot = Atomics.add(pulses, 0, 1) + 1;
  // A thread without a slot is not watched, so it keeps the guard of the SDK.
  if (slot < pulses.length) {
    replaceTimeouts(pulses, slot);
    refusePromiseHooks();
  }
}

/** A call that names a timeout is counted in and out instead; the main thread sees one that does not return. */
function replaceTimeouts(shared: Pulses, slot: number): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its receiver below
  const runInContext = vm.Script.prototype.runInContext as (
    this: vm.Script,
    ...given: Parameters<vm.Script['runInContext']>
  ) => unknown;
  vm.Script.prototype.runInContext = function (context, options) {
    if (options?.timeout === undefined) return runInContext.call(this, context, options);
    Atomics.add(shared, slot, 1);
    try {
      return runInContext.call(this, context, { displayErrors: options.displayErrors });
    } finally {
      Atomics.add(shared, slot, 1);
    }
  };
}

/** The SDK takes the refusal for a runtime without hooks: it says so once, and refuses `__stack_trace` queries. */
function refusePromiseHooks(): void {
  v8.promiseHooks.createHook = () => {
    throw new Error('Stack traces of workflows are off in the light sandbox');
  };
  // The sentence that the SDK then prints, about a feature that its runtime lacks, would be wrong.
  const printer = globalThis.console;
  const warn = printer.warn.bind(printer);
  Object.assign(printer, {
    warn: (...values: unknown[]) => {
      if (!String(values[0]).startsWith('v8.promiseHooks.createHook is not available')) {
        warn(...values);
      }
    },
  });
}
