import { environmentName, settings, type Json, type Setting } from '@syncline/core';
import { at, isTree, put, type Tree } from './tree.ts';

/** What was set while the hub ran, by name; nothing else is known of it. */
export type SetValues = { readonly [name: string]: Json };

/** What was set while the hub ran: for everybody, and for each user. */
export interface SetAtRunTime {
  readonly everybody: SetValues;
  readonly users: { readonly [user: string]: SetValues };
}

/** One place where settings are said. */
export interface Layer {
  /** One person's own, not everybody's. */
  readonly own: boolean;
  /** What it says of a setting; `undefined` for nothing. */
  readonly says: (setting: Setting) => unknown;
  /** Where that stands, for a person: a file's name, a name in the environment. */
  readonly from: (setting: Setting) => string;
  /** What a sentence about it begins with. */
  readonly label: (setting: Setting) => string;
  /** What it says of connections. */
  readonly connections: Tree;
}

/** What {@link layersOf} stacks. */
export interface Sources {
  readonly tree: Tree;
  readonly file: string;
  readonly env: { readonly [name: string]: string | undefined };
  readonly runtime: SetAtRunTime;
}

/** Where a value stands that was set while the hub ran. */
export const atRunTime = 'set at run time';

/**
 * Where settings are said, the nearest first: a person's own before everybody's, and among these what was set at run time
 * before the environment (everybody only) and the file. Without `user` everybody's alone.
 */
export function layersOf({ tree, file, env, runtime }: Sources, user?: string, own?: Tree): readonly Layer[] {
  const prefix = user === undefined ? '' : `users.${user}.`;
  const nearer = [
    ...(user === undefined ? [] : [setLayer(runtime.users[user] ?? {}, true, prefix), fileLayer(own ?? {}, file, true, prefix)]),
    setLayer(runtime.everybody, false, ''),
  ];
  const stack = (environment: Layer): readonly Layer[] => [...nearer, environment, fileLayer(tree, file, false, '')];
  const whole = connectionsOf(stack(environmentLayer(env)));
  // A secret of the environment alone is no way of signing in: the sentence is that the connection is missing.
  const loose = waysToSignIn.filter(([group, way]) => at(whole, `${group}.${way}`) === undefined).map(([group]) => `${group}.`);
  return stack(environmentLayer(env, loose));
}

/** Both connections as the layers have them together. */
export function connectionsOf(layers: readonly Layer[]): Tree {
  return [...layers].reverse().reduce<Tree>((below, { connections }) => over(below, connections), {});
}

function setLayer(values: SetValues, own: boolean, prefix: string): Layer {
  return {
    own,
    says: ({ name }) => (Object.hasOwn(values, name) ? values[name] : undefined),
    from: () => atRunTime,
    label: ({ name }) => `${prefix}${name}`,
    connections: Object.entries(values).filter(([name]) => isConnection(name)).reduce<Tree>((tree, [name, value]) => put(tree, name, value), {}),
  };
}

function fileLayer(tree: Tree, file: string, own: boolean, prefix: string): Layer {
  return {
    own,
    says: ({ name }) => at(tree, name),
    from: () => file,
    label: ({ name }) => `${prefix}${name}`,
    connections: Object.fromEntries(sides.flatMap((side) => (tree[side] === undefined ? [] : [[side, tree[side]]]))),
  };
}

function environmentLayer(env: Sources['env'], loose: readonly string[] = []): Layer {
  const given = settings.filter(({ name, scope }) => scope === 'connection' && !loose.some((group) => name.startsWith(group))).flatMap((setting) => {
    const value = env[environmentName(setting)];
    return value === undefined ? [] : [[setting.name, value] as const];
  });
  return {
    own: false,
    says: (setting) => env[environmentName(setting)],
    from: environmentName,
    label: environmentName,
    connections: given.reduce<Tree>((tree, [name, value]) => put(tree, name, value), {}),
  };
}

/** The names under which the two connections stand. */
export const sides = ['orocrm', 'outlook'] as const;

/** Whether a name is a part of a connection. */
export function isConnection(name: string): boolean {
  return sides.some((side) => name.startsWith(`${side}.`));
}

/** Where a connection says how to sign in, and the member that says in which of several ways. */
const waysToSignIn: readonly (readonly [group: string, way: string])[] = [['orocrm.auth', 'signIn'], ['outlook.signIn', 'method']];

/** The second tree over the first, group by group. Whoever names another way of signing in begins anew: the members of the one before would be mistakes. */
function over(below: Tree, above: Tree): Tree {
  const kept = waysToSignIn.reduce<Tree>((tree, [group, way]) => {
    const [was, is] = [at(below, `${group}.${way}`), at(above, `${group}.${way}`)];
    return was !== undefined && is !== undefined && was !== is ? put(tree, group, {}) : tree;
  }, below);
  return mergeTrees(kept, above);
}

function mergeTrees(common: Tree, own: Tree): Tree {
  return Object.entries(own).reduce<Tree>((merged, [key, value]) => {
    const below = merged[key];
    return { ...merged, [key]: isTree(value) && isTree(below) ? mergeTrees(below, value) : value };
  }, common);
}
