import { findOrganizationSettings } from '../../../db/organizationSettings.ts';
import { fieldError } from '../../../domain/errors.ts';
import { organizationOptions } from '../../../domain/organizationOptions.ts';
import { consolePlatforms } from '../../../domain/platforms.ts';
import { settingValue } from '../../../domain/settingChanges.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import type { AppContext } from '../../context.ts';

/**
 * Platforms of consoles are for organizations for which the operator has enabled them (groups-projects-orgs 3.7).
 * @throws AppError 400 for one that is not.
 */
export async function requirePlatform(
  context: AppContext,
  { organization }: OrganizationAccess,
  platform: string | null | undefined,
): Promise<void> {
  const console = consolePlatforms.find((known) => known === platform);
  const setting = organizationOptions['enabledConsolePlatforms'];
  if (console === undefined || setting === undefined) return;
  const settings = await findOrganizationSettings(context.pool, organization.id);
  const enabled = settingValue(setting, settings);
  if (Array.isArray(enabled) && enabled.includes(console)) return;
  throw fieldError(
    'platform',
    `Console platform "${console}" is not enabled for this organization`,
  );
}
