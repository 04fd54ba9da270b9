import { ReplyTooLargeError } from '../outboundHttp.ts';
import { UnsafeUrlError } from '../outboundUrl.ts';
import { ScmError, type ScmErrorSubject } from './errors.ts';

/**
 * The failures that all hosts have in common, as ScmError. What is no failure of the host, a bug or the reason of
 * an aborted signal, comes back as it is.
 */
export function toScmError(error: unknown, subject: ScmErrorSubject): unknown {
  if (error instanceof ScmError || !(error instanceof Error)) return error;
  const as = (code: 'refused' | 'invalid' | 'transient', detail: string): ScmError =>
    new ScmError(code, { ...subject, detail }, { cause: error });
  if (error instanceof UnsafeUrlError) return as('refused', error.message);
  if (error instanceof ReplyTooLargeError)
    return as('invalid', 'a reply is larger than any real one');
  if (error.name === 'TimeoutError') return as('transient', 'no answer in time');
  // Errors of the network, of the resolver and of the HTTP parser carry codes; errors of ours do not.
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) && !code.startsWith('ERR_')
    ? as('transient', code)
    : error;
}
