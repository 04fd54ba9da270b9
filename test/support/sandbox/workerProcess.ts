import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createLogger } from '../../../infra/logger.ts';
import { prepareSandbox } from '../../../worker/sandbox/prepareSandbox.ts';

/** Usage: workerProcess.ts <address> <namespace> <task queue> <state folder> <limit in ms> */
const [address = '', namespace = '', taskQueue = '', stateDir = '', limit = ''] =
  process.argv.slice(2);

prepareSandbox({
  sandbox: 'light',
  stateDir,
  logger: createLogger('worker', 'info'),
  exit: () => process.exit(1),
  limitMs: Number(limit),
});
Runtime.install({ telemetryOptions: { logging: { filter: 'ERROR' } } });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  namespace,
  taskQueue,
  workflowsPath: new URL('workflows.ts', import.meta.url).pathname,
});
await worker.run();
