import { DefaultLogger, Runtime } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { replayHistory } from './support/replay.ts';

/**
 * Recorded histories of workflows against the workflows as they are now. One that fails says that running ones
 * would stop at their next task: guard the change with patched(), or record again when none can be running.
 */
const FOLDER = new URL('histories/', import.meta.url);
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

const read = (file: string) =>
  JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as { events: Record<string, any>[] };

beforeAll(() => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { forward: {}, filter: 'OFF' } },
  });
});

describe('recorded histories', () => {
  test('there are some', () => {
    expect(files).toContain('pipeline.json');
  });

  test.each(files)('%s replays', async (file) => {
    await replayHistory(read(file));
  });
});

test('a history that the workflow would not write is told apart', async () => {
  const history = read('pipeline.json');
  for (const event of history.events) {
    const marker = event['markerRecordedEventAttributes'];
    if (marker?.details.data === undefined) continue;
    const [payload] = marker.details.data.payloads;
    const data = JSON.parse(Buffer.from(payload.data, 'base64').toString()) as Record<string, any>;
    if (data['activity_type'] !== 'recordDeploys') continue;
    const other = { ...data, activity_type: 'deleteRelease' };
    payload.data = Buffer.from(JSON.stringify(other)).toString('base64');
  }
  await expect(replayHistory(history)).rejects.toThrow(DeterminismViolationError);
});
