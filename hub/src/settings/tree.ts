/** Names with values or further names below them: a configuration file, once it is read. */
export type Tree = { readonly [key: string]: unknown };

/** Tells a group of names from a value. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands at a name with dots; `undefined` where nothing does. */
export function at(tree: unknown, name: string): unknown {
  return name.split('.').reduce<unknown>((place, key) => (isTree(place) && Object.hasOwn(place, key) ? place[key] : undefined), tree);
}

/** The tree with a value at a name with dots. */
export function put(tree: Tree, name: string, value: unknown): Tree {
  const [key = '', ...rest] = name.split('.');
  const below = tree[key];
  return { ...tree, [key]: rest.length === 0 ? value : put(isTree(below) ? below : {}, rest.join('.'), value) };
}
