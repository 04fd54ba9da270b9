import { organizationOptions, type OrganizationOption } from './organizationOptions.ts';

/** The settings of an organization as they are stored. */
export type StoredSettings = Readonly<{
  openMembership: boolean;
  defaultRole: string;
  flags: readonly string[];
  options: Readonly<Record<string, unknown>>;
}>;

export type SettingChanges = Readonly<{
  /** What to store; null leaves a column as it is. */
  openMembership: boolean | null;
  defaultRole: string | null;
  flags: readonly string[];
  options: ReadonlyMap<string, unknown>;
  /** For the audit log, in the words of groups-projects-orgs 4.4. */
  changes: Readonly<Record<string, string>>;
}>;

/** The name of the flag that open membership is upstream, under which the audit log knows it. */
const OPEN_MEMBERSHIP_FLAG = 'allow_joinleave';

/** What holds: the stored value, else the default. */
export function settingValue(definition: OrganizationOption, stored: StoredSettings): unknown {
  const { storage } = definition;
  if ('column' in storage) return stored[storage.column];
  if ('flag' in storage) return stored.flags.includes(storage.flag) !== storage.isInverted;
  return Object.hasOwn(stored.options, storage.option)
    ? stored.options[storage.option]
    : definition.default;
}

/** What storing the given settings changes. The same value again, or a first one equal to the default, is no change. */
export function planSettings(
  stored: StoredSettings,
  given: ReadonlyMap<string, unknown>,
): SettingChanges {
  const flags = new Set(stored.flags);
  const options = new Map<string, unknown>();
  const changes: Record<string, string> = {};
  let openMembership: boolean | null = null;
  let defaultRole: string | null = null;

  for (const [name, value] of given) {
    const definition = organizationOptions[name];
    if (definition === undefined) throw new TypeError(`There is no setting ${name}`);
    const { storage } = definition;
    const before = settingValue(definition, stored);
    const isChanged = !isSame(before, value);
    if ('flag' in storage) {
      const isSet = (value === true) !== storage.isInverted;
      if (isSet) flags.add(storage.flag);
      else flags.delete(storage.flag);
      if (isChanged) changes[storage.flag] = `to ${asText(isSet)}`;
    } else if ('option' in storage) {
      options.set(storage.option, value);
      const isFirst = !Object.hasOwn(stored.options, storage.option);
      if (isChanged) {
        changes[name] = isFirst
          ? `to ${asText(value)}`
          : `from ${asText(before)} to ${asText(value)}`;
      }
    } else if (storage.column === 'openMembership') {
      openMembership = value === true;
      if (isChanged) changes[OPEN_MEMBERSHIP_FLAG] = `to ${asText(value)}`;
    } else {
      defaultRole = String(value);
      if (isChanged) changes['default_role'] = `from ${asText(before)} to ${asText(value)}`;
    }
  }
  return { openMembership, defaultRole, flags: [...flags].sort(), options, changes };
}

/** A value the way the audit log of upstream writes it. */
export function asText(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map((item) => `'${String(item)}'`).join(', ')}]`;
  return typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : JSON.stringify(value);
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
