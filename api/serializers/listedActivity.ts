import { formatShortId } from '../../domain/shortId.ts';
import { activityAvatars, serializeActivity } from './activity.ts';
import { serializer } from './serializer.ts';

/** An activity among those of a project or an organization (decisions 12). */
export const listedActivity = serializer({
  getAttributes: activityAvatars,
  toJson: (activity, avatars) => {
    const { issue, project } = activity;
    return {
      ...serializeActivity(activity, avatars),
      issue:
        issue === null
          ? null
          : {
              id: issue.id,
              shortId: formatShortId({ slug: project.slug, number: issue.number }),
              title: issue.title,
            },
      project,
    };
  },
});
