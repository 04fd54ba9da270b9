import { z } from 'zod';
import type { OperationOutcome } from '../../domain/releaseCommands.ts';

/** What became of an operation; null while nothing has. */
export const outcomeSchema = z.custom<OperationOutcome>().nullable();
