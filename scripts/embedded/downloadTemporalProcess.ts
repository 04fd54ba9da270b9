import { TestWorkflowEnvironment } from '@temporalio/testing';

// The SDK downloads only on the way to starting a server, so it is started and stopped again.
const [downloadDir, version] = process.argv.slice(2);
if (downloadDir === undefined || version === undefined) process.exit(64);
const environment = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', downloadDir, version: `v${version}` } },
});
await environment.teardown();
