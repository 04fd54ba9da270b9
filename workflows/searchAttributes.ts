import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const slipwayOrg = defineSearchAttributeKey('SlipwayOrg', SearchAttributeType.KEYWORD);
export const slipwayProject = defineSearchAttributeKey(
  'SlipwayProject',
  SearchAttributeType.KEYWORD_LIST,
);
export const slipwayRelease = defineSearchAttributeKey(
  'SlipwayRelease',
  SearchAttributeType.KEYWORD,
);
export const slipwayState = defineSearchAttributeKey('SlipwayState', SearchAttributeType.KEYWORD);

/** Registered at start-up, before the first workflow starts. */
export const searchAttributes = [slipwayOrg, slipwayProject, slipwayRelease, slipwayState] as const;
