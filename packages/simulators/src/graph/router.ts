import type { Route } from './call.ts';

interface Node {
  readonly literals: Map<string, Node>;
  parameter?: { readonly name: string; readonly node: Node };
  readonly routes: Map<string, Route>;
}

/** Where a path leads: its routes by method, its template, and the values of its parameters. */
export interface Found {
  readonly routes: ReadonlyMap<string, Route>;
  readonly template: string;
  readonly params: Readonly<Record<string, string>>;
}

/** A tree over the templates. Literal segments match in any case, and in the long forms `microsoft.graph.delta()`. */
export function createRouter(routes: readonly Route[]): (segments: readonly string[]) => Found | undefined {
  const root: Node = { literals: new Map(), routes: new Map() };
  for (const route of routes) {
    let node = root;
    for (const segment of route.template.split('/').slice(1)) node = childOf(node, segment);
    node.routes.set(route.method, route);
  }
  return (segments) => {
    let node = root;
    const params: Record<string, string> = {};
    for (const segment of segments) {
      const literal = node.literals.get(segment.toLowerCase()) ?? node.literals.get(shortName(segment));
      if (literal) node = literal;
      else if (node.parameter) {
        params[node.parameter.name] = segment;
        ({ node } = node.parameter);
      } else return undefined;
    }
    const first = node.routes.values().next().value;
    return first === undefined ? undefined : { routes: node.routes, template: first.template, params };
  };
}

function childOf(node: Node, segment: string): Node {
  if (segment.startsWith('{')) {
    const name = segment.slice(1, -1);
    node.parameter ??= { name, node: { literals: new Map(), routes: new Map() } };
    if (node.parameter.name !== name) throw new Error(`two names for one place: ${name}`);
    return node.parameter.node;
  }
  const key = segment.toLowerCase();
  let child = node.literals.get(key);
  if (!child) {
    child = { literals: new Map(), routes: new Map() };
    node.literals.set(key, child);
  }
  return child;
}

function shortName(segment: string): string {
  return segment.toLowerCase().replace(/^microsoft\.graph\./, '').replace(/\(.*\)$/, '');
}
