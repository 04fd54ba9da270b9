import { expect, test } from 'vitest';
import { classifyDatabaseError } from '../db/pgErrors.ts';

const failure = (code: string): Error => Object.assign(new Error('no'), { code });

/** Taking a lost connection for a verdict on the operation would end an accepted write with an error. */
test.each([
  ['ECONNREFUSED', 'connection'],
  ['ECONNRESET', 'connection'],
  ['EPIPE', 'connection'],
  ['EAI_AGAIN', 'connection'],
  ['ERR_STREAM_DESTROYED', 'connection'],
  ['08006', 'connection'],
  ['57P01', 'connection'],
  ['57P03', 'connection'],
  ['25006', 'connection'],
  ['25P03', 'connection'],
  ['40001', 'transient'],
  ['40P01', 'transient'],
  ['53100', 'transient'],
  ['53300', 'transient'],
  ['57014', 'transient'],
  ['42703', 'transient'],
  ['0A000', 'transient'],
  ['22P02', 'permanent'],
  ['23503', 'permanent'],
  ['23505', 'permanent'],
  ['P0001', 'permanent'],
  ['ERR_INVALID_ARG_TYPE', null],
])('%s is %s', (code, kind) => {
  expect(classifyDatabaseError(failure(code))).toBe(kind);
});

test.each([
  ['Connection terminated unexpectedly', 'connection'],
  ['Client was closed and is not queryable', 'connection'],
  ['timeout exceeded when trying to connect', 'connection'],
  ['Operation has no command for its step', null],
])('the error without a code "%s" is %s', (message, kind) => {
  expect(classifyDatabaseError(new Error(message))).toBe(kind);
});
