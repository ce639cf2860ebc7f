import type { SideName } from '@syncline/engine';

/** A side as people and the API call it; inside it is left or right by configuration. */
export type Place = 'orocrm' | 'outlook';

/** Under which name a side is known outside. */
export const placeOf: { readonly [S in SideName]: Place } = { left: 'orocrm', right: 'outlook' };

/** In sentences. */
export const titleOf: { readonly [S in SideName]: string } = { left: 'OroCRM', right: 'Outlook' };

/** A value per side under the names people use. */
export function byPlace<T>(values: { readonly [S in SideName]: T }): { readonly [P in Place]: T } {
  return { orocrm: values.left, outlook: values.right };
}
