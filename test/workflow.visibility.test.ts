import { expect, test } from 'vitest';
import {
  slipwayOrg,
  slipwayProject,
  slipwayRelease,
  slipwayState,
} from '../workflows/searchAttributes.ts';
import { eventually, useActorBench } from './support/actor.ts';

/**
 * What an operator sees in the Temporal Web UI:
 *   1. search attributes, static summary and details of a release; its projects as they are linked
 *   2. current details: what it does and how many wait
 *   3. the longest and strangest versions can be shown too
 */
const bench = useActorBench();
const releases = '/api/0/organizations/acme/releases/';
const create = (version: string, projects: string[]) =>
  bench.slipway.call('POST', releases, { body: { version, projects } });

type Metadata = Readonly<{ currentDetails: string }>;
const currentDetails = async (version: string): Promise<string> =>
  (await bench.handle(version).query<Metadata>('__temporal_workflow_metadata')).currentDetails;

test('a release carries its organization, version, state and projects, and is found by them', async () => {
  await bench.startWorker();
  await create('shop@1.0', ['web']);
  const before = await bench.handle('shop@1.0').describe();
  expect(before.typedSearchAttributes.get(slipwayOrg)).toBe('acme');
  expect(before.typedSearchAttributes.get(slipwayRelease)).toBe('shop@1.0');
  expect(before.typedSearchAttributes.get(slipwayState)).toBe('active');
  expect(await before.staticSummary()).toBe('acme shop@1.0');
  expect(await before.staticDetails()).toContain('shop@1.0');

  await create('shop@1.0', ['web', 'api']);
  await create('shop@1.0', ['web', 'api']);
  const after = await bench.handle('shop@1.0').describe();
  expect(after.typedSearchAttributes.get(slipwayProject)).toEqual(['api', 'web']);
  const { client } = bench.slipway.temporal;
  const query = `SlipwayProject = "api" and SlipwayRelease = "shop@1.0" and WorkflowId = "${after.workflowId}"`;
  await eventually(async () => {
    for await (const { workflowId } of client.workflow.list({ query })) return workflowId;
    return undefined;
  });
});

test('current details say what the release does and how many operations wait', async () => {
  const { gate, reached } = await bench.startGatedWorker();
  await bench.startActor('busy', { bulkSize: 0 });
  const mailbox = bench.mailbox();
  await mailbox.submit(bench.operation('busy', 'create'), 'acme');
  expect(await currentDetails('busy')).toBe('**Waiting for commands**\n\n0 waiting, 1 applied.');
  await bench.store(bench.operation('busy', 'commits'));
  const last = mailbox.submit(bench.operation('busy', 'deploy'), 'acme');
  await reached;
  expect(await currentDetails('busy')).toBe('**setCommits × 1**\n\n2 waiting, 1 applied.');
  gate.resolve(null);
  await last;
  expect(await currentDetails('busy')).toBe('**Waiting for commands**\n\n0 waiting, 3 applied.');
});

test.each([
  ['of 200 characters of three bytes', '版'.repeat(200)],
  ['of 200 emoji', '🚀'.repeat(100)],
  ['with markup, quotes and blanks', `**a** "b" 'c' <d> & e %`],
])('a version %s is written like any other', async (_, version) => {
  await bench.startWorker();
  const created = await create(version, ['web']);
  expect(created.status, created.text).toBe(201);
  expect(await bench.handle(version).query('state')).toMatchObject({ revision: 1 });
});
