import { pino, type Logger } from 'pino';

export type { Logger };

/** JSON lines on stdout; `component` says which process wrote them. */
export function createLogger(component: string, level: string): Logger {
  return pino({
    level,
    base: { component, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: ['*.authorization', '*.token'], censor: '[redacted]' },
  });
}
