import { z } from 'zod';
import { fieldMessages } from './fields.ts';

type ListOptions = Readonly<{ allowNull?: boolean; allowEmpty?: boolean }>;
type OrNull<T, O extends ListOptions> = O['allowNull'] extends true ? T | null : T;

/** The key for the errors of an object as a whole. */
export const NON_FIELD_ERRORS = 'non_field_errors';

/** An object whose unknown keys are dropped in silence. */
export function objectSchema<S extends z.core.$ZodLooseShape>(shape: S): z.ZodObject<S> {
  return z.object(shape, {
    error: (issue) =>
      issue.code === 'invalid_type' ? fieldMessages.notObject(issue.input) : undefined,
  });
}

/**
 * A list of items of one kind. It stops at the first bad item: only that one is reported (releases-api 2.6), and a
 * body of a million bad items costs no more than one.
 */
export function listField<T, const O extends ListOptions = object>(
  item: z.ZodType<T>,
  options: O = {} as O,
): z.ZodType<OrNull<T[], O>> {
  const schema = z.unknown().transform((value, payload) => {
    const fail = (message: string): null => {
      payload.issues.push({ code: 'custom', message, input: value });
      return null;
    };
    if (value === undefined) return fail(fieldMessages.required);
    if (value === null) return options.allowNull === true ? null : fail(fieldMessages.null);
    if (!Array.isArray(value)) return fail(fieldMessages.notList(value));
    if (value.length === 0 && options.allowEmpty === false) return fail(fieldMessages.emptyList);
    const items: T[] = [];
    for (const [index, element] of value.entries()) {
      const parsed = item.safeParse(element);
      if (!parsed.success) {
        for (const { message, path, code } of parsed.error.issues) {
          const place = code === 'invalid_type' ? [...path, NON_FIELD_ERRORS] : path;
          payload.issues.push({ code: 'custom', message, path: [index, ...place], input: element });
        }
        return null;
      }
      items.push(parsed.data);
    }
    return items;
  });
  const { $schema: _, ...items } = z.toJSONSchema(item, { io: 'input' });
  return schema.meta({ type: 'array', items }) as unknown as z.ZodType<OrNull<T[], O>>;
}
