import { z } from 'zod';
import { choosePort } from '../process/ports.ts';
import { readJsonFile, writeJsonFile } from './jsonFile.ts';

/** Where people look for these servers; the HTTP API of Temporal has no such place (0: any). */
const USUAL = {
  postgres: 5432,
  redis: 6379,
  temporal: 7233,
  temporalHttp: 0,
  temporalUi: 8233,
} as const;

export type PortName = keyof typeof USUAL;

const portNames = Object.keys(USUAL) as PortName[];
const portsSchema = z.partialRecord(z.enum(portNames), z.number());

/**
 * Ports for the named servers: those of the last start, so that addresses stay what they were; else the usual ones;
 * else, where another program has them, any that are free.
 */
export async function choosePorts<Name extends PortName>(
  file: string,
  names: readonly Name[],
): Promise<Record<Name, number>> {
  const remembered = readJsonFile(file, portsSchema);
  const chosen: Partial<Record<PortName, number>> = {};
  for (const name of names) {
    const wishes = [remembered?.[name], USUAL[name]].filter((port) => port !== undefined);
    chosen[name] = await choosePort(wishes, new Set(Object.values(chosen)));
  }
  // Read again: the ports of another server may have been written meanwhile.
  writeJsonFile(file, { ...readJsonFile(file, portsSchema), ...chosen });
  return chosen as Record<Name, number>;
}
