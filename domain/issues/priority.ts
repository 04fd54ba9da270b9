export const priorities = ['low', 'medium', 'high'] as const;
export type Priority = (typeof priorities)[number];

/** What an issue starts with, by the level of its first event. */
export function initialPriority(level: string): Priority {
  if (level === 'error' || level === 'fatal') return 'high';
  return level === 'warning' ? 'medium' : 'low';
}
