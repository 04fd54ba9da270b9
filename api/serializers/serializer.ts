import type { AppContext } from '../context.ts';

/** Plain data for an answer. */
export type Json = Record<string, unknown>;

export type SerializerContext = Pick<AppContext, 'pool' | 'config'>;

/** How models of one kind become JSON, a batch at a time. */
export type Serializer<Model, Options> = (
  models: readonly Model[],
  context: SerializerContext,
  options: Options,
) => Promise<Json[]>;

/** For kinds that look the same to everybody. */
type NoOptions = object;

/**
 * A serializer in two steps: what the models show beyond their rows is read once for all of them, in a number of
 * statements that does not depend on how many they are; then each is written without waiting for anything.
 */
export function serializer<Model, Attributes, Options = NoOptions>(
  definition: Readonly<{
    getAttributes: (
      models: readonly Model[],
      context: SerializerContext,
      options: Options,
    ) => Promise<Attributes>;
    toJson: (model: Model, attributes: Attributes, options: Options) => Json;
  }>,
): Serializer<Model, Options> {
  return async (models, context, options) => {
    if (models.length === 0) return [];
    const attributes = await definition.getAttributes(models, context, options);
    return models.map((model) => definition.toJson(model, attributes, options));
  };
}

/** A serializer of models whose rows have all that they show. */
export function rowSerializer<Model, Options = NoOptions>(
  toJson: (model: Model, options: Options, context: SerializerContext) => Json,
): Serializer<Model, Options> {
  return (models, context, options) =>
    Promise.resolve(models.map((model) => toJson(model, options, context)));
}
