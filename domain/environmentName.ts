/** Longer names are refused where they are validated, and cut where they come with events. */
const LENGTH_MAX = 64;

/** What a name means where it is looked up (groups-projects-orgs 5.2): events with a longer one are found by it too. */
export function cutEnvironmentName(name: string): string {
  return name.length <= LENGTH_MAX ? name : Array.from(name).slice(0, LENGTH_MAX).join('');
}
